"""provisioner profile apply: an association's own file laid over the base of its federation."""

from pathlib import Path

import click

from provisioner.cli.profile_out import force_option, out_option, put
from provisioner.i18n import _


@click.command(name="apply", short_help="Lay your file over the base of your federation.")
@click.argument("base", metavar="BASE", type=click.Path(path_type=Path))
@click.argument("overlay", metavar="OVERLAY", type=click.Path(path_type=Path))
@out_option
@force_option
def command(base: Path, overlay: Path, out: Path | None, force: bool) -> None:
    """Lay an association's own file over the base of its federation; the result is an ordinary profile.

    Values of OVERLAY win, unless BASE lists their place under x-locked. Needs and existing tools are merged by id,
    sources are added, other lists are replaced. What nobody confirmed stays noted. OVERLAY needs to hold only what
    differs.

    \b
    Example:
      provisioner profile apply base.yaml our-association.yaml -o profile.yaml
    """
    from provisioner.load import load_yaml
    from provisioner.profiles.fields import mapping
    from provisioner.profiles.known import our_known
    from provisioner.profiles.overlay import applied

    below, above = load_yaml(base), load_yaml(overlay)
    data = applied(below, above, our_known())
    put(data, out, force)
    if "id" not in mapping(above.data, "profile"):
        text = _("Note: {overlay} has no profile.id, so the result keeps the id of the base: {id}")
        click.echo(text.format(overlay=overlay, id=data["profile"]["id"]), err=True)
    if out:
        click.echo(_("Written: {path}").format(path=out), err=True)
        click.echo(_("Next: provisioner profile check {path}").format(path=out), err=True)
