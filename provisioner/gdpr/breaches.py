"""The register of breaches beside stack.yaml: gdpr/breaches/<id>/breach.json, for its owner's eyes only."""

import fcntl
import getpass
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from provisioner.bundle import Bundle
from provisioner.errors import Finding, InputError
from provisioner.host.layout import write
from provisioner.i18n import _
from provisioner.load import MAX_BYTES, load_model
from provisioner.load_scan import MAX_NODES
from provisioner.models.breach import Breach
from provisioner.unwritten import empty_not_left, listed, told

FILE = "breach.json"


def folder_of(bundle: Bundle) -> Path:
    """Return the folder of all breaches of a stack."""
    return bundle.folder / "gdpr" / "breaches"


def private(folder: Path) -> Path:
    """Make a folder that nobody else may enter, and those of data protection above it."""
    folder.mkdir(parents=True, exist_ok=True)
    for each in (folder, folder.parent):
        if each.name != "gdpr":
            each.chmod(0o700)
    return folder


def new_id(bundle: Bundle, now: datetime) -> str:
    """Return the next free id of today, as the association counts its days."""
    day = f"{now.astimezone(ZoneInfo(bundle.stack.association.timezone)):%Y-%m-%d}"
    taken = [path.name for path in folder_of(bundle).glob(f"{day}-*")]
    last = max((int(name[-2:]) for name in taken if name[-2:].isdigit()), default=0)
    return f"{day}-{last + 1:02d}"


@contextmanager
def alone(bundle: Bundle) -> Iterator[None]:
    """Read and write the register while no other program does: collecting takes minutes, and people note meanwhile."""
    with told(folder_of(bundle)):
        handle = os.open(private(folder_of(bundle)) / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def keep(bundle: Bundle, breach: Breach) -> Path:
    """Write a breach, atomically and for us alone. Return its folder.

    Raise InputError, with nothing changed, for more than can be read again.
    """
    text = breach.model_dump_json(indent=1) + "\n"
    if len(text.encode()) > MAX_BYTES or text.count(",") + text.count(":") > MAX_NODES:
        hint = _("Open another breach for what comes, and name this one in it.")
        raise InputError(_("the file of breach {id} is full; nothing was changed").format(id=breach.id), hint=hint)
    folder = private(folder_of(bundle) / breach.id)
    with empty_not_left(folder):
        write(folder / FILE, text, 0o600)
    return folder


def read(bundle: Bundle, identifier: str) -> Breach:
    """Return a breach ("last": the newest). Raise InputError naming those there are."""
    known = [path.parent.name for path in sorted(listed(folder_of(bundle)).glob(f"*/{FILE}"))]
    wanted = known[-1] if identifier == "last" and known else identifier
    if wanted not in known:
        hint = _("Known: {names}. Open one: provisioner gdpr breach open").format(names=", ".join(known) or "-")
        raise InputError(_("no breach '{name}'").format(name=identifier), hint=hint)
    return load_model(folder_of(bundle) / wanted / FILE, Breach)


def read_all(bundle: Bundle) -> tuple[list[Breach], list[Finding]]:
    """Return all breaches, oldest first, and what is wrong with those that cannot be read: they hide no other clock."""
    found, torn = [], list[Finding]()
    for path in sorted(listed(folder_of(bundle)).glob(f"*/{FILE}")):
        try:
            found.append(load_model(path, Breach))
        except InputError as error:
            torn += error.findings
    return found, torn


def whoami() -> str:
    """Return who runs this program and where: part of the chain of custody."""
    try:
        name = os.environ.get("SUDO_USER") or getpass.getuser()
    except (OSError, KeyError):
        name = str(os.getuid())
    return f"{name}@{socket.gethostname()}"
