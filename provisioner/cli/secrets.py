"""provisioner secrets"""

from pathlib import Path

import click

from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, instance_of, json_option, load_all
from provisioner.i18n import _, language
from provisioner.secrets import read_secrets


@click.group(short_help="Show the passwords people sign in with.")
def command() -> None:
    """The secrets of a stack. They are made once and kept in secrets.age."""


@command.command("show")
@click.argument("service")
@click.option("--stack", type=click.Path(path_type=Path), default=Path("stack.yaml"), show_default=True)
@json_option
@catalog_option
def show(service: str, stack: Path, as_json: bool, catalog_dir: Path | None) -> None:
    """Show how the first administrator of a service signs in. Change the password after the first visit.

    \b
    Example:
      provisioner secrets show wordpress
    """
    bundles, catalog = load_all((stack,), catalog_dir)
    name = instance_of(bundles[0], catalog, service)
    about = catalog.entry(service).service
    values = read_secrets(bundles[0].secrets_path).get(name, {})
    shown = {key: values.get(key, "") for key, secret in about.secrets.items() if secret.shown}
    if as_json:
        print_json({"user": about.admin_user, **shown})
        return
    click.echo(_("User: {user}").format(user=about.admin_user or "-"))
    for key, value in shown.items():
        purpose = about.secrets[key].purpose.in_language(language())
        click.echo(f"{purpose}: {value or _('not made yet: run apply first')}")
