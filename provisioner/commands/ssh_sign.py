"""ssh-keygen's commands to verify what a host signed with its own key."""

from pathlib import Path


def verify(signers: Path, signature: Path, who: str, namespace: str) -> list[str]:
    """Return the command that reads a text on standard input and ends well when `who` signed it."""
    return [
        "ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", who, "-n", namespace, "-s", str(signature),
    ]  # fmt: skip
