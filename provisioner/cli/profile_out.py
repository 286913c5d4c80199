"""What commands that write a profile share: never over another file without being told, readable by its owner only."""

from pathlib import Path
from typing import Any

import click

from provisioner.errors import InputError, ProvisionerError
from provisioner.host.layout import write as write_atomically
from provisioner.i18n import _

out_option = click.option(
    "-o", "--output", "out", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT",
    help="Write this file, readable by you only (default: standard output).",
)  # fmt: skip
force_option = click.option("--force", is_flag=True, help="Overwrite OUT where it exists.")


def put(data: dict[str, Any], out: Path | None, force: bool) -> None:
    """Print a profile's data, or write it as YAML (JSON where OUT ends in .json). Raise where OUT exists already."""
    from provisioner.profiles.text import profile_text

    if out is None:
        click.echo(profile_text(data), nl=False)
        return
    write_new(out, profile_text(data, as_json=out.suffix.lower() == ".json"), force)


def refuse_existing(path: Path, force: bool) -> None:
    """Raise InputError where a file exists and may not be overwritten."""
    if path.exists() and not force:
        hint = _("Choose another name, or overwrite it with --force.")
        raise InputError(_("{path} exists already").format(path=path), hint=hint)


def write_new(path: Path, text: str, force: bool) -> None:
    """Write a file that must not exist yet, unless forced; only its owner may read it."""
    refuse_existing(path, force)
    write_private(path, text)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, atomically. Raise ProvisionerError where that is not possible."""
    write_file(path, text, 0o600)


def write_file(path: Path, text: str, mode: int) -> None:
    """Write a file atomically with a mode. Raise ProvisionerError where that is not possible."""
    try:
        write_atomically(path, text.encode(), mode=mode)
    except OSError as error:
        text = _("{path} cannot be written: {reason}").format(path=path, reason=error.strerror)
        raise ProvisionerError(text, hint=_("Choose another place, or ask who may write there.")) from error
