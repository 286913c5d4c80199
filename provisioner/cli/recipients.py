"""provisioner recipients"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, json_option, load_all, print_table
from provisioner.errors import InputError
from provisioner.i18n import _

if TYPE_CHECKING:
    from provisioner.recipients import Known, Person

stack_option = click.option("--stack", type=click.Path(path_type=Path), default=Path("stack.yaml"), show_default=True)


@click.group(short_help="Show, add and remove the people who can open the secrets.")
def command() -> None:
    """The people who can open secrets.age. At least three should, one of them with an identity in a safe.

    \b
    Example:
      provisioner recipients list
    """


@command.command("list")
@stack_option
@json_option
@catalog_option
def list_(stack: Path, as_json: bool, catalog_dir: Path | None) -> None:
    """Show who can open the secrets, and what is wrong with that.

    \b
    Example:
      provisioner recipients list
    """
    from provisioner.recipients import escrow_warnings, people

    [bundle], _catalog = load_all((stack,), catalog_dir)
    found, warnings = people(bundle.stack), escrow_warnings(bundle.stack)
    if as_json:
        print_json({"recipients": [person._asdict() for person in found], "enough": not warnings})
        return
    _print_people(found)
    warn(warnings)
    click.echo(_("Next: provisioner recipients add KEY --name NAME"), err=True)


@command.command("add")
@click.argument("key")
@click.option("--name", required=True, help="Who holds its identity.")
@click.option("--offline", is_flag=True, help="Its identity lies in a safe and on no computer.")
@stack_option
@catalog_option
def add(key: str, name: str, offline: bool, stack: Path, catalog_dir: Path | None) -> None:
    """Let a person open the secrets: KEY is their age public key. stack.yaml and secrets.age change at once.

    \b
    Example:
      provisioner recipients add age1... --name Ada
    """
    from provisioner.recipients import add_recipient, escrow_warnings

    [bundle], _catalog = load_all((stack,), catalog_dir)
    add_recipient(bundle, key.strip(), name.strip(), offline)
    click.echo(_("{name} can open the secrets from now on.").format(name=name.strip()))
    [bundle], _catalog = load_all((stack,), catalog_dir)
    warn(escrow_warnings(bundle.stack))
    click.echo(
        _("Next: hand them {files}, and print a new sheet: provisioner recovery-sheet").format(files=_files(stack))
    )


@command.command("remove")
@click.argument("who", metavar="KEY|NAME")
@click.option("--yes", is_flag=True, help="Also when it is you.")
@stack_option
@json_option
@catalog_option
def remove(who: str, yes: bool, stack: Path, as_json: bool, catalog_dir: Path | None) -> None:
    """Take a person out, and list the secrets they could read: what was known stays known until it is changed.

    \b
    Example:
      provisioner recipients remove Ada
    """
    from provisioner.recipients import escrow_warnings, find_recipient, people, readable, remove_recipient

    [bundle], catalog = load_all((stack,), catalog_dir)
    number = find_recipient(bundle.stack, who)
    person = people(bundle.stack)[number]
    if person.own and not yes and len(bundle.stack.recipients) > 1:
        text = _("this is you: you could not open the secrets any more")
        raise InputError(text, hint=_("If somebody else can, and you mean it: --yes"))
    known = readable(bundle, catalog)
    comment = remove_recipient(bundle, number)
    if as_json:
        print_json({"removed": person.key, "name": person.name, "rotate": [each._asdict() for each in known]})
        return
    name = person.name or person.key
    click.echo(_("{name} cannot open what is written from now on.").format(name=name))
    if comment:
        click.echo(
            _("A comment in line {line} of {path} stays: does it speak of them?").format(line=comment, path=stack)
        )
    _print_known(name, known)
    if known:
        click.echo("")
        line = f'provisioner secrets rotate --seen-by "{name}"'
        click.echo(_("Next: {command}").format(command=line))
    [bundle], _catalog = load_all((stack,), catalog_dir)
    warn(escrow_warnings(bundle.stack))


@command.command("new-offline")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def new_offline_(file: Path) -> None:
    """Make an identity for the safe and write it to FILE, on a USB stick for example.

    \b
    Example:
      provisioner recipients new-offline /media/usb/safe.txt
    """
    from provisioner.recipients import new_offline

    public = new_offline(file)
    click.echo(_("Written: {path}").format(path=file))
    click.echo(
        _("Whoever has this file opens every secret: put it in the safe, printed too, and keep it on no computer.")
    )
    name = _("the safe")
    line = f'provisioner recipients add {public} --name "{name}" --offline'
    click.echo(_("Next: {command}").format(command=line))


def warn(texts: list[str]) -> None:
    """Tell warnings on standard error."""
    for text in texts:
        click.echo(_("Warning: {text}").format(text=text), err=True)


def _files(stack: Path) -> str:
    return f"{stack}, {stack.parent / 'secrets.age'}"


def _print_people(found: "list[Person]") -> None:
    from rich.table import Table

    table = Table(_("Name"), _("Key"), _("Where"), box=None, pad_edge=False)
    for person in found:
        where = _("in a safe") if person.offline else _("you") if person.own else ""
        table.add_row(person.name or "-", person.key, where)
    print_table(table)


def _print_known(name: str, known: "list[Known]") -> None:
    """Print what a person could read, in groups, each with what to do about it."""
    if known:
        click.echo(
            _("But {name} could read these secrets, and an old copy of secrets.age tells them still:").format(name=name)
        )
    for kind, advice in _advice().items():
        mine = [each for each in known if each.kind == kind]
        if mine:
            click.echo("")
            click.echo(advice)
        for each in mine:
            click.echo(f"  {each.instance}  {each.name}  ({each.purpose})")


def _advice() -> dict[str, str]:
    return {
        "shown": _("People sign in with these: change them first. provisioner secrets rotate SERVICE NAME"),
        "given": _("Change these where they were made, then: provisioner secrets set NAME"),
        "ssh": _(
            "SSH keys of destinations: provisioner secrets rotate backup NAME tells what to change in authorized_keys."
        ),
        "repository": _(
            "Repository keys: provisioner secrets rotate backup NAME. But in restic all keys wrap one master key: who "
            "had a key and has the copies reads those for ever. Where that matters, begin a new repository: a "
            "destination with a new name and a new folder in stack.yaml. Delete the old one when its copies are no "
            "longer needed."
        ),
        "inner": _(
            "Programs on the host use these among themselves: provisioner secrets rotate SERVICE --all. They matter "
            "most when this person can also sign in on the host, so take away their SSH key there."
        ),
        "fixed": _("These cannot be changed without losing what was written with them."),
    }
