"""Files that hold answers or a profile: readable by their owner only, and never written over without being told."""

from pathlib import Path

from provisioner.cli.profile_out import write_file
from provisioner.errors import InputError
from provisioner.i18n import _


def refuse_existing(path: Path, force: bool) -> None:
    """Raise InputError where a file exists and may not be overwritten."""
    if path.exists() and not force:
        hint = _("Choose another name, or overwrite it with --force.")
        raise InputError(_("{path} exists already").format(path=path), hint=hint)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, atomically. Raise ProvisionerError where that is not possible."""
    write_file(path, text, 0o600)


def write_new(path: Path, text: str, force: bool) -> None:
    """Write a file that must not exist yet, unless forced; only its owner may read it."""
    refuse_existing(path, force)
    write_private(path, text)
