"""provisioner profile migrate: bring an older needs profile to the version this program reads."""

import difflib
from itertools import count
from pathlib import Path

import click

from provisioner.cli.profile_out import write_file
from provisioner.i18n import _


@click.command(name="migrate", short_help="Bring an older profile to version 1.0.")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--write", "write_", is_flag=True, help="Change the file; the old one is kept beside it as .bak.")
def command(file: Path, write_: bool) -> None:
    """Show as a diff what changes in a profile so that it is of version 1.0; with --write, change it.

    Only certain changes are made: the version and dates get their quotes, and yes and no become true and false where
    only these are right. Comments and order stay. A version newer than this program is refused.

    \b
    Example:
      provisioner profile migrate profile.yaml
      provisioner profile migrate profile.yaml --write
    """
    from provisioner.load import load_yaml
    from provisioner.profiles.migrate import migrate

    document = load_yaml(file)
    new = migrate(document)
    if new == document.text:
        click.echo(_("{file}: nothing to migrate").format(file=file))
        click.echo(_("Next: provisioner profile check {path}").format(path=file))
        return
    old_lines, new_lines = (text.splitlines(keepends=True) for text in (document.text, new))
    for line in difflib.unified_diff(old_lines, new_lines, str(file), str(file), n=1):
        click.echo(line, nl=not line.endswith("\n"))
    if not write_:
        click.echo(
            _("Nothing was written. Next: provisioner profile migrate {path} --write").format(path=file), err=True
        )
        return
    kept = _write(file, document.text, new)
    click.echo(_("Written: {path}; the old one is {kept}").format(path=file, kept=kept), err=True)
    click.echo(_("Next: provisioner profile check {path}").format(path=file), err=True)


def _write(file: Path, old: str, new: str) -> Path:
    """Keep the old text under a free name, then replace the file, keeping its mode; a link stays a link."""
    target = file.resolve()
    mode = target.stat().st_mode & 0o777
    names = (target.with_name(f"{target.name}.bak{number or ''}") for number in count())
    kept = next(name for name in names if not name.exists())
    write_file(kept, old, mode)
    write_file(target, new, mode)
    return kept
