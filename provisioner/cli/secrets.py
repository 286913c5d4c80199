"""provisioner secrets"""

import sys
from pathlib import Path

import click

from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, instance_of, json_option, load_all
from provisioner.cli.secrets_rotate import rotate_
from provisioner.errors import InputError
from provisioner.i18n import _, language
from provisioner.secrets import read_secrets, set_secret, stored
from provisioner.secrets_backup import ALERT_URLS, backup_instance, known_name, sftp_destination
from provisioner.ssh_keys import ssh_public


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
@click.argument("name")
@click.option("--stack", type=click.Path(path_type=Path), default=Path("stack.yaml"), show_default=True)
@catalog_option
def set_(name: str, stack: Path, catalog_dir: Path | None) -> None:
    """Give a secret that only you know: asked for, or read from standard input. Never an argument.

    \b
    NAME is one of:
      mail_password               the password of the mail relay
      alert_urls                  where alerts go: addresses as in Apprise, on lines or with blanks between
      backup_user_DESTINATION     the login at a backup destination (rest, s3), and
      backup_password_DESTINATION its password

    \b
    Example:
      provisioner secrets set mail_password
      provisioner secrets set backup_password_offsite
    """
    bundles, _catalog = load_all((stack,), catalog_dir)
    known_name(bundles[0].stack, name)
    value = _typed(name)
    if not value.strip():
        raise InputError(_("no password was given"), hint=_("Type it when asked, or pipe it in."))
    set_secret(bundles[0].secrets_path, bundles[0].stack, name, value)
    click.echo(_("Kept in {path}. Next: provisioner apply").format(path=bundles[0].secrets_path))


@command.command("backup-key")
@click.argument("destination")
@click.option("--stack", type=click.Path(path_type=Path), default=Path("stack.yaml"), show_default=True)
@catalog_option
def backup_key(destination: str, stack: Path, catalog_dir: Path | None) -> None:
    """Print the public SSH key to authorise at a backup destination (sftp). It is made when asked for first.

    \b
    Example:
      provisioner secrets backup-key offsite
    """
    bundles, catalog = load_all((stack,), catalog_dir)
    about = sftp_destination(bundles[0].stack, destination)
    name = backup_instance(bundles[0].stack)
    private = stored(bundles[0].secrets_path, bundles[0].stack, catalog)[name][f"ssh_{destination}"]
    click.echo(ssh_public(private, f"{name}-{destination}"))
    user, _at, host = about.url.removeprefix("sftp:").partition(":")[0].partition("@")
    text = _("Add this line to ~/.ssh/authorized_keys of {user} on {host}.")
    click.echo(text.format(user=user, host=host), err=True)
    click.echo(_('To let it do nothing but copy files, put before it: restrict,command="internal-sftp"'), err=True)


command.add_command(rotate_)


def _typed(name: str) -> str:
    """Return what a person types, or pipes in: one line, of addresses any number."""
    if sys.stdin.isatty():
        prompt = _("User name") if name.startswith("backup_user_") else _("Password")
        prompt = _("Addresses, with blanks between") if name == ALERT_URLS else prompt
        return str(click.prompt(prompt, hide_input=not name.startswith("backup_user_")))
    return sys.stdin.read() if name == ALERT_URLS else sys.stdin.readline().rstrip("\r\n")
