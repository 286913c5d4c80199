"""Cosign's command lines, as lists."""

from provisioner.models.upstream import Signature


def verify(reference: str, tag: str, signature: Signature, key_file: str = "") -> list[str]:
    """Given an image by digest, its tag and how its makers sign, return the command that checks the signature."""
    if signature.kind == "cosign-key":
        return ["cosign", "verify", "--key", key_file, reference]
    identity = signature.identity.replace("{tag}", tag)
    return [
        "cosign", "verify", "--certificate-identity", identity,
        "--certificate-oidc-issuer", signature.issuer, reference,
    ]  # fmt: skip
