"""Check the signatures of locked images with cosign. What could not be checked is never told as checked."""

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, TypedDict

from provisioner import runner
from provisioner.catalog import Catalog
from provisioner.commands import cosign
from provisioner.errors import ProvisionerError
from provisioner.i18n import _
from provisioner.models.compose import repository
from provisioner.models.stack import Lock, LockedImage
from provisioner.models.upstream import Signature
from provisioner.registry import parse_reference

# verified: cosign said so. refused: the signature is missing or another's. unchecked: it could not be asked.
# unsigned: its makers sign nothing. unknown: nobody looked up whether they sign. ours: built here.
State = Literal["verified", "refused", "unchecked", "unsigned", "unknown", "ours"]
UNREACHABLE = ("dial tcp", "no such host", "connection refused", "i/o timeout", "context deadline", "TLS handshake",
               "x509:", "proxyconnect", "toomanyrequests", "UNAUTHORIZED")  # fmt: skip


class Verified(TypedDict):
    """What is known of one locked image's signature."""

    reference: str
    image: str
    state: State
    told: str


def verify_lock(lock: Lock, catalog: Catalog, wanted: Iterable[str] = ()) -> list[Verified]:
    """Given a lock, return for each of its images whether its makers' signature holds, or why that is not known.

    An image that the stack wants and the lock does not name is unchecked.
    """
    signatures = signatures_of(catalog)
    missing: list[Verified] = [
        {"reference": reference, "image": "", "state": "unchecked", "told": _("not locked: provisioner images lock")}
        for reference in wanted
        if reference not in lock.images
    ]
    return [
        *(_verify(reference, image, signatures.get(repository(reference))) for reference, image in lock.images.items()),
        *missing,
    ]


def signatures_of(catalog: Catalog) -> dict[str, Signature]:
    """Return image repository -> how it is signed, for those that were looked up."""
    known = (item for entry in catalog.services.values() for item in entry.service.upstream.items())
    return {name: upstream.signature for name, upstream in known if upstream.signature}


def failed(found: Iterable[Verified]) -> bool:
    """Say whether a signature that should be there does not hold, or could not be checked."""
    return any(each["state"] in ("refused", "unchecked") for each in found)


def _verify(reference: str, image: LockedImage, signature: Signature | None) -> Verified:
    def state(word: State, told: str) -> Verified:
        return {"reference": reference, "image": image.image, "state": word, "told": told}

    if image.source != "upstream":
        return state("ours", _("built here from packages; apt checks Debian's signatures, pip and npm only checksums"))
    if signature is None:
        return state("unknown", _("nobody looked up whether its makers sign it"))
    if signature.kind == "none":
        return state("unsigned", _("its makers do not sign it: {evidence}").format(evidence=signature.evidence))
    if not shutil.which("cosign"):
        return state("unchecked", _("cosign is not installed here"))
    return state(*_ask_cosign(reference, image, signature))


def _ask_cosign(reference: str, image: LockedImage, signature: Signature) -> tuple[State, str]:
    """Ask for the locked bytes under the name their makers gave them: a mirror's copy has the same digest."""
    parts = parse_reference(reference)
    wanted = f"{parts.registry}/{parts.repository}@{image.image.rpartition('@')[2]}"
    try:
        with tempfile.TemporaryDirectory() as folder:
            key = Path(folder) / "cosign.pub"
            key.write_text(signature.key)
            done = runner.run(cosign.verify(wanted, parts.tag, signature, str(key)), timeout=120, check=False)
    except ProvisionerError as error:
        return "unchecked", error.message
    if done.code == 0:
        return "verified", signature.identity.replace("{tag}", parts.tag) or _("by the key of its makers")
    said = " ".join(line for line in done.stderr.splitlines() if line.strip())[-300:] or f"exit code {done.code}"
    unreachable = any(word.lower() in said.lower() for word in UNREACHABLE)
    return ("unchecked" if unreachable else "refused"), said
