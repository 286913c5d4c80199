"""What in the block `backup` of a stack contradicts itself, or would be a copy that only looks like one. Pure."""

import posixpath
import re
from collections.abc import Iterator

from provisioner.errors import Finding
from provisioner.i18n import _
from provisioner.load import Document
from provisioner.models.backup import Backups, Destination
from provisioner.models.stack import Stack

OURS = ("/srv/provisioner", "/var/lib/provisioner", "/usr", "/etc", "/proc", "/sys", "/dev", "/run", "/tmp", "/boot")  # noqa: S108
HOST = re.compile(r"^(?:sftp:[^@]+@|rest:https?://|s3:https?://)(\[[^\]]+\]|[^:/]+)")
PEM = re.compile(r"\s*-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*")


def check_backup(stack: Stack, document: Document) -> list[Finding]:
    """Return the findings of a stack's backup: none where there is no such block."""
    if not stack.backup:
        return []
    found = [*_as_a_whole(stack, stack.backup)]
    for number, each in enumerate(stack.backup.destinations):
        place = ("destinations", number)
        found += [((*place, field), text) for field, text in _destination(stack, each)]
        found += [
            ((*place, "url"), _("'{one}' and '{other}' are the same place").format(one=other.name, other=each.name))
            for other in stack.backup.destinations[:number]
            if other.url.rstrip("/") == each.url.rstrip("/")
        ]
    return [document.finding(("backup", *path), text) for path, text in found]


def _as_a_whole(stack: Stack, backup: Backups) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if backup.late_hours <= backup.every_hours:
        text = _("must be more than every_hours ({hours}): else each copy is late before the next is due")
        yield ("late_hours",), text.format(hours=backup.every_hours)
    if backup.mail and not stack.mail:
        yield ("mail",), _("alerts by e-mail need the mail relay: write the block `mail`")
    start, _dash, end = backup.window.partition("-")
    if start and start == end:
        yield ("window",), _("begins and ends at the same time; empty means: at any time")


def _destination(stack: Stack, each: Destination) -> Iterator[tuple[str, str]]:
    if each.kind == "path":
        yield from _path(each)
    match = HOST.match(each.url)
    if match and each.offsite and match[1].lower() == stack.host.address.lower():
        yield "url", _("this is the host itself: write offsite: false, and add a destination at another place")
    if each.host_key and each.kind != "sftp":
        yield "host_key", _("only a destination by sftp has an SSH host key")
    if each.certificate and each.kind not in ("rest", "s3"):
        yield "certificate", _("only a destination by rest or s3 has a certificate")
    elif each.certificate and not PEM.fullmatch(each.certificate):
        yield "certificate", _("write the text of the file: -----BEGIN CERTIFICATE----- and all that follows")


def _path(each: Destination) -> Iterator[tuple[str, str]]:
    if "offsite" not in each.model_fields_set:
        yield "url", _("say whether this folder is at another place than the host: write offsite: true or false")
    plain = posixpath.normpath(each.url)
    if plain != each.url.rstrip("/") or plain == "/":
        yield "url", _("write the folder's plain path, without . or .. and not / itself")
    elif any(plain == top or plain.startswith(f"{top}/") for top in OURS):
        yield (
            "url",
            _("this folder belongs to the system or to the provisioner: take one of your own, as /mnt/backup/NAME"),
        )
