"""Evidence of a breach: fetched from the host, encrypted on its way, opened again and its seal verified."""

import hashlib
import io
import json
import os
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

from provisioner.bundle import Bundle
from provisioner.drills import signed
from provisioner.errors import ProvisionerError
from provisioner.gdpr.breaches import private
from provisioner.i18n import _
from provisioner.models.breach import Evidence
from provisioner.playbook import private_folder
from provisioner.remote import PROGRAM, ask, opened
from provisioner.secrets import age_keys, own_identity

NAMESPACE = "provisioner-breach"
MANIFEST = "manifest.json"
TOP = "evidence/"
LONG = 7200  # seconds that no collection takes


class Seal(NamedTuple):
    """What opening a file of evidence showed: the host's manifest, who signed it, which pieces are not as listed."""

    manifest: dict[str, Any]
    signed: str
    wrong: list[str]
    digest: str

    @property
    def whole(self) -> bool:
        """Tell whether every piece is as the host listed it and nobody else signed the list."""
        return self.signed != "wrong" and not self.wrong


def collect(bundle: Bundle, folder: Path, breach: str, window: tuple[datetime, datetime], by: str) -> Evidence:
    """Fetch evidence of a window into a breach's folder and return what is to be noted of it.

    It is encrypted for the stack's recipients before it touches this disk. Raise ProvisionerError, and leave nothing
    behind, when the host gives none or what came cannot be read back.
    """
    taken = datetime.now(UTC).replace(microsecond=0)
    target = private(folder) / f"evidence-{taken:%Y%m%dT%H%M%SZ}-{os.getpid()}.tar.gz.age"
    partial = target.with_suffix(".partial")
    for left in folder.glob("*.partial"):  # by a run that was killed; another may be at it
        if left.stat().st_mtime < time.time() - LONG:
            left.unlink(missing_ok=True)
    request = {
        "associations": [bundle.stack.association.id], "breach": breach, "by": by,
        "since": int(window[0].timestamp()), "until": int(window[1].timestamp()),
    }  # fmt: skip
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            _fetch(bundle, request, stream)
            os.fsync(stream.fileno())
        seal = _seal(bundle, partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return Evidence(
        file=target.name, sha256=digest_of(target), taken=taken, by=by, since=window[0], until=window[1],
        host=bundle.stack.host.name, signed=seal.signed if seal else "unread",
        manifest=seal.digest if seal else "", missing=seal.manifest.get("missing", {}) if seal else {},
    )  # fmt: skip


def _fetch(bundle: Bundle, request: dict[str, Any], stream: IO[bytes]) -> None:
    import pyrage
    from paramiko import SSHException

    keys = age_keys(bundle.stack.recipient_keys)
    try:
        with opened(bundle, f"python3 {PROGRAM} evidence", json.dumps(request)) as (output, outcome):
            pyrage.encrypt_io(output, stream, keys)
            error, code = outcome()
    except (OSError, EOFError, SSHException) as failure:  # it answered, and went away in the middle
        raise ProvisionerError(_("the host gave no evidence: {reason}").format(reason=failure)) from failure
    if code:
        reason = (error.strip().splitlines() or [f"exit code {code}"])[-1]
        raise ProvisionerError(_("the host gave no evidence: {reason}").format(reason=reason))


def _seal(bundle: Bundle, path: Path) -> Seal | None:
    """Return what opening showed, None where nobody here can open it. Raise ProvisionerError when it is not whole."""
    try:
        own_identity()
    except ProvisionerError:
        return None
    with unsealed(bundle, path) as (seal, _folder):
        if not seal.whole:
            raise ProvisionerError(_broken(path, seal))
        return seal


def verify(bundle: Bundle, path: Path, noted: Evidence) -> Seal:
    """Open a file of evidence and compare all of it with what was noted. Raise ProvisionerError when it was changed."""
    with unsealed(bundle, path, noted) as (seal, _folder):
        return seal


@contextmanager
def unsealed(bundle: Bundle, path: Path, noted: Evidence | None = None) -> Iterator[tuple[Seal, Path]]:
    """Give the seal of a file of evidence, and its pieces in a folder of memory that goes at the end.

    With what was noted of it, raise ProvisionerError unless everything is as it was.
    """
    if noted and (not path.is_file() or digest_of(path) != noted.sha256):
        text = _("{path} is not the file that was sealed: its SHA-256 differs, or it is gone")
        raise ProvisionerError(text.format(path=path), _("Keep it as it is, and note it in the timeline."))
    with private_folder() as folder:
        _unpack(path, folder)
        seal = _read(bundle, folder)
        if noted and not (seal.whole and _same(seal, noted)):
            raise ProvisionerError(_broken(path, seal))
        yield seal, folder / TOP


def _same(seal: Seal, noted: Evidence) -> bool:
    """Tell whether list and signature are those of the day it was taken, as far as they could be read then."""
    return noted.signed == "unread" or (seal.digest == noted.manifest and seal.signed == noted.signed)


def _broken(path: Path, seal: Seal) -> str:
    text = _("the seal of {path} does not hold: {reason}")
    pieces = ", ".join(seal.wrong) or _("its list is another one")
    return text.format(
        path=path, reason=_("another key than the host's signed it") if seal.signed == "wrong" else pieces
    )


def _unpack(path: Path, folder: Path) -> None:
    import pyrage

    try:
        plain = io.BytesIO(pyrage.decrypt(path.read_bytes(), [own_identity()]))
        with tarfile.open(fileobj=plain, mode="r:gz") as tar:
            tar.extractall(folder, filter="data")
    except (pyrage.DecryptError, tarfile.TarError, OSError, EOFError) as error:
        raise ProvisionerError(_("{path} cannot be opened: {reason}").format(path=path, reason=error)) from error


def _read(bundle: Bundle, folder: Path) -> Seal:
    """Compare every piece with the host's list, both ways, and the list with its signature."""
    base = folder / TOP
    try:
        text = (base / MANIFEST).read_text("utf-8")
        manifest: dict[str, Any] = json.loads(text)
        listed = {name: each["sha256"] for name, each in manifest["files"].items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ProvisionerError(_("the evidence has no list of its pieces: {reason}").format(reason=error)) from error
    signature = base / f"{MANIFEST}.sig"
    apart = {MANIFEST, signature.name}
    real = {str(each.relative_to(base)): each for each in base.rglob("*") if each.is_file()}
    there = {name: digest_of(each) for name, each in real.items() if name not in apart}
    wrong = sorted(name for name in {*listed, *there} if listed.get(name) != there.get(name))
    told = signed(bundle, text, signature.read_text("ascii") if signature.is_file() else "", NAMESPACE)
    return Seal(manifest, told, wrong, hashlib.sha256(text.encode()).hexdigest())


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def counted(bundle: Bundle) -> dict[str, dict[str, int]]:
    """Ask the host what each service counts of itself: service -> what -> number. Raise when it does not answer."""
    found = ask(bundle, "accounts", {"associations": [bundle.stack.association.id]}, timeout=300)["instances"]
    counts: dict[str, dict[str, int]] = {}
    for name, each in found.items():
        counts[name.partition("_")[2]] = each["counts"] or ({"people": len(each["subjects"])} if each["listed"] else {})
    return {name: each for name, each in counts.items() if each}
