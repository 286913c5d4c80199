"""provisioner profile redact: a version of a needs profile that can be given away."""

from pathlib import Path

import click

from provisioner.cli.profile_out import force_option, out_option, put
from provisioner.i18n import _, ngettext

LISTED = 12


@click.command(name="redact", short_help="Leave out what is confidential.")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@out_option
@click.option("--anonymous", is_flag=True, help="Leave out the public name too, and give the profile another id.")
@force_option
def command(file: Path, out: Path | None, anonymous: bool, force: bool) -> None:
    """Leave out what is confidential: security, incidents, effects of tools, notes, labels and extensions.

    Extensions (x-...) go because nobody can know what they hold; of the scores, that of security. What remains are
    counts, needs and means: read it before you publish it, for a small place may still be recognised.

    \b
    Example:
      provisioner profile redact profile.yaml -o profile.redacted.yaml
    """
    from provisioner.errors import InputError
    from provisioner.load import Document, load_yaml
    from provisioner.profiles.redact import redact
    from provisioner.profiles.rules import check_profile

    document = load_yaml(file)
    data, left = redact(document.data if isinstance(document.data, dict) else {}, anonymous=anonymous)
    checked = check_profile(Document(document.file, data, document.lines, document.findings))
    if checked.errors:
        raise InputError(_("The needs profile cannot be used."), checked.errors)
    put(data, out, force)
    text = ngettext("{count} value left out: {places}", "{count} values left out: {places}", len(left))
    places = ", ".join(left[:LISTED]) + (", ..." if len(left) > LISTED else "")
    click.echo(text.format(count=len(left), places=places or "-"), err=True)
    click.echo(_("Comments and notes are gone as well. Read the result before you give it away."), err=True)
    if out:
        click.echo(_("Written: {path}").format(path=out), err=True)
        click.echo(_("Next: provisioner profile check {path}").format(path=out), err=True)
