"""provisioner trust"""

from pathlib import Path

import click

from provisioner.cli.common import catalog_option, load_all, yes_or_no
from provisioner.errors import InputError
from provisioner.i18n import _


@click.command(short_help="Show, save and trust the certificate of a lab or local network.")
@click.argument("stack", type=click.Path(path_type=Path), default=Path("stack.yaml"))
@click.option("--save", type=click.Path(path_type=Path), help="Write the certificate to this file or folder.")
@click.option("--install", is_flag=True, help="Make this Debian or Ubuntu trust it (root).")
@click.option("--remove", is_flag=True, help="Make this Debian or Ubuntu no longer trust it (root).")
@click.option("--yes", is_flag=True, help="Do not ask.")
@catalog_option
def command(stack: Path, save: Path | None, install: bool, remove: bool, yes: bool, catalog_dir: Path | None) -> None:
    """Fetch the root certificate of a host with an authority of its own, and say how each system trusts it.

    Whoever trusts it believes every page that this host signs: trust only your own. Compare the fingerprint.

    \b
    Example:
      provisioner trust stack.yaml --save foyer.crt
      sudo provisioner trust stack.yaml --install
    """
    from provisioner import trust

    if install and remove:
        raise click.UsageError(_("--install and --remove are opposites"))
    bundle = load_all((stack,), catalog_dir)[0][0]
    if remove:
        gone = trust.uninstall(f"{bundle.stack.association.id}.crt")
        click.echo(_("This machine no longer trusts it.") if gone else _("This machine did not trust it."))
        return
    found = trust.authority_of(bundle)
    click.echo(_("Root certificate of host {host}, SHA-256:").format(host=bundle.stack.host.name))
    click.echo(f"  {found.fingerprint}")
    if save:
        click.echo(_("Written: {path}").format(path=trust.save(found, save)))
    if install:
        _install(found, yes)
    else:
        _explain(str(save) if save and not save.is_dir() else found.file, bundle.stack.host.name, save is not None)


def _install(found: object, yes: bool) -> None:
    from provisioner import trust

    assert isinstance(found, trust.Authority)
    if not yes and not yes_or_no(_("Trust every page signed with it, on this whole machine?"), default=False):
        raise InputError(_("not confirmed; nothing was changed"))
    new = trust.install(found)
    click.echo(_("This machine trusts it now.") if new else _("This machine trusted it already."))
    click.echo(_("Firefox and Chromium keep lists of their own: provisioner trust says how to add it there."))


def _explain(file: str, host: str, saved: bool) -> None:
    from provisioner import trust

    click.echo()
    for system, text in trust.SYSTEMS:
        click.echo(f"{system}\n  {_(text).format(file=file)}")
    click.echo()
    click.echo(_("Tell people the fingerprint by another way than this network: on paper, by telephone."))
    if not saved:
        click.echo(_("Next: provisioner trust --save {file}").format(file=file))
