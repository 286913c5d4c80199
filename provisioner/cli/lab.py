"""provisioner lab: rehearsal hosts on this machine."""

import dataclasses
import shlex

import click

from provisioner.cli import print_json
from provisioner.cli.common import yes_or_no
from provisioner.errors import InputError
from provisioner.i18n import _


@click.group()
def command() -> None:
    """Rehearsal hosts on this machine: containers that look like a freshly rented Debian server.

    \b
    Example:
      provisioner lab up
      provisioner lab ssh lab1
      provisioner lab down --yes
    """


@command.command()
@click.option("--host", "name", default="lab1", show_default=True, help="Name of the host.")
@click.option("--debian", type=click.Choice(["13", "12"]), default="13", show_default=True, help="Debian release.")
@click.option("--memory", default="", metavar="SIZE", help="Most memory it may use, such as 4g (default: no limit).")
def up(name: str, debian: str, memory: str) -> None:
    """Start a host, or do nothing when it runs already.

    \b
    Example: provisioner lab up --host lab2 --debian 12
    """
    from provisioner import lab

    host = lab.up(name, debian, memory, lambda message: click.echo(message, err=True))
    click.echo(_("{name} runs Debian {debian} at {address}.").format(**dataclasses.asdict(host)))
    click.echo(_("Look around in it: provisioner lab ssh {name}").format(name=name))
    click.echo(_("Next, put a stack on it: provisioner match PROFILE --save plan.json"))
    click.echo(_("Remove it: provisioner lab down --host {name}").format(name=name))


@command.command()
@click.option("--host", "name", help="Only this host (default: everything the lab made).")
@click.option("--yes", is_flag=True, help="Do not ask.")
def down(name: str | None, yes: bool) -> None:
    """Remove hosts with all that is on them. Images stay, so that the next start is quick.

    \b
    Example: provisioner lab down --host lab2 --yes
    """
    from provisioner import lab

    if not yes:
        what = name or ", ".join(host.name for host in lab.hosts()) or _("what is left of the lab")
        if not yes_or_no(_("Remove {what} and all data on it?").format(what=what), default=False):
            raise InputError(_("not confirmed; nothing was changed"))
    removed = lab.down(name)
    click.echo(_("Removed: {names}").format(names=", ".join(removed)) if removed else _("There was nothing to remove."))


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_(as_json: bool) -> None:
    """List the hosts.

    \b
    Example: provisioner lab list --json
    """
    from provisioner import lab

    found = lab.hosts()
    if as_json:
        print_json([dataclasses.asdict(host) for host in found])
        return
    if not found:
        click.echo(_("No lab host. Make one: provisioner lab up"))
    for host in found:
        state = _("running") if host.running else _("stopped")
        click.echo(f"{host.name:<20} Debian {host.debian}  {host.address:<15} {state}")


@command.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("name")
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[COMMAND]...")
def ssh(name: str, words: tuple[str, ...]) -> None:
    """Enter a host, or run a command on it.

    \b
    Example: provisioner lab ssh lab1 sudo docker ps
    """
    from provisioner import lab, runner

    # One word is a command line, as with ssh itself; several are taken as they are.
    line = [words[0]] if len(words) == 1 else [shlex.join(words)] if words else []
    runner.hand_over(lab.ssh_command(lab.find(name), line))
