"""provisioner purge"""

from pathlib import Path

import click

from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, json_option, load_all
from provisioner.errors import InputError
from provisioner.i18n import _
from provisioner.render import SEPARATOR


@click.command(short_help="Take a removed instance away for good, with its data.")
@click.argument("service")
@click.option("--stack", type=click.Path(path_type=Path), default=Path("stack.yaml"), show_default=True)
@click.option("--yes", is_flag=True, help="Do not ask. The copy is made all the same.")
@click.option("--without-copy", is_flag=True, help="Make no copy first: the data is lost at once.")
@json_option
@catalog_option
def command(service: str, stack: Path, yes: bool, without_copy: bool, as_json: bool, catalog_dir: Path | None) -> None:
    """Take an instance away for good: volumes, files, secrets, images nobody else uses. It was removed before.

    A copy of it all is made first, beside stack.yaml in purged/, encrypted for the stack's recipients.

    \b
    Example:
      provisioner apply --remove
      provisioner purge etherpad
    """
    from provisioner.purge import copy_first, purge, refusal, removed_instances

    [bundle], _catalog = load_all((stack,), catalog_dir)
    name = f"{bundle.stack.association.id}{SEPARATOR}{service}"
    if service in bundle.stack.services:
        raise refusal(name, "running")
    if name not in removed_instances(bundle):
        raise refusal(name, "unknown")
    if not yes:
        text = _("Everything that was written in {name} goes. To confirm, type {name}").format(name=name)
        if click.prompt(text, default="", show_default=False, err=True) != name:
            raise InputError(_("not confirmed; nothing was changed"))
    copy = "" if without_copy else str(copy_first(bundle, name, bundle.folder / "purged"))
    purge(bundle, name)
    if as_json:
        print_json({"purged": name, "copy": copy})
        return
    click.echo(_("{name} is gone from the host.").format(name=name))
    if copy:
        click.echo(
            _("Its copy: {path}. Delete it when nobody can need it any more: it holds members' data.").format(path=copy)
        )
