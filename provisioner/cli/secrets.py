"""provisioner secrets"""

import sys
from pathlib import Path

import click

from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, instance_of, json_option, load_all
from provisioner.errors import InputError
from provisioner.i18n import _, language
from provisioner.secrets import MAIL_PASSWORD, read_secrets, set_secret


@click.group(short_help="Show the passwords people sign in with.")
def command() -> None:
    """The secrets of a stack. They are made once, or given by you, and kept in secrets.age."""


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
    user = about.admin_user.replace("{contact}", bundles[0].stack.association.contact)
    if as_json:
        print_json({"user": user, **shown})
        return
    click.echo(_("User: {user}").format(user=user or "-"))
    for key, value in shown.items():
        purpose = about.secrets[key].purpose.in_language(language())
        click.echo(f"{purpose}: {value or _('not made yet: run apply first')}")


@command.command("set")
@click.argument("name", type=click.Choice([MAIL_PASSWORD]))
@click.option("--stack", type=click.Path(path_type=Path), default=Path("stack.yaml"), show_default=True)
@catalog_option
def set_(name: str, stack: Path, catalog_dir: Path | None) -> None:
    """Give the password of the mail relay: asked for, or read from standard input. Never an argument.

    \b
    Example:
      provisioner secrets set mail_password
    """
    bundles, _catalog = load_all((stack,), catalog_dir)
    terminal = sys.stdin.isatty()
    value = str(click.prompt(_("Password"), hide_input=True)) if terminal else sys.stdin.readline().rstrip("\r\n")
    if not value:
        raise InputError(_("no password was given"), hint=_("Type it when asked, or pipe it in."))
    set_secret(bundles[0].secrets_path, bundles[0].stack, name, value)
    click.echo(_("Kept in {path}. Next: provisioner apply").format(path=bundles[0].secrets_path))
