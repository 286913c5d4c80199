"""provisioner people"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import print_json
from provisioner.cli.backup import stack_option
from provisioner.cli.common import catalog_option, json_option, load_all, print_table
from provisioner.errors import InputError, ProvisionerError
from provisioner.i18n import _

if TYPE_CHECKING:
    from provisioner.gdpr.people import Found, Ways


@click.group(short_help="Review who has a way in; close every way to somebody who leaves.")
def command() -> None:
    """People's ways in: accounts in every service, SSH keys and users of the host, recipients of the secrets.

    \b
    Example:
      provisioner people list
      provisioner people remove ada@example.org --also ada
    """


@command.command("list")
@stack_option
@json_option
@catalog_option
def list_(stack: Path, as_json: bool, catalog_dir: Path | None) -> None:
    """List every way in, for the yearly review: who is on it and has left the association?

    Exit 1 when something could not be asked: the list is not whole then.

    \b
    Example:
      provisioner people list --json > review-2026.json
    """
    from provisioner.gdpr.people import ways

    [bundle], _catalog = load_all((stack,), catalog_dir)
    there = ways(bundle)
    if as_json:
        recipients = [each._asdict() for each in there.recipients]
        print_json({**there._asdict(), "recipients": recipients})
    else:
        _print_ways(there)
        click.echo(_("Next, for each who has left: provisioner people remove NAME --also E-MAIL --dry-run"), err=True)
    sys.exit(1 if there.trouble else 0)


def _print_ways(there: "Ways") -> None:
    from rich.table import Table

    table = Table(_("Where"), _("Who"), _("Remarks"), box=None, pad_edge=False, header_style="bold")
    for instance, each in there.instances.items():
        remarks = each["message"] or ("" if each["listed"] else _("no list of people"))
        table.add_row(instance, ", ".join(each["subjects"]) or "-", remarks)
    for user in there.users:
        remarks = _("closed") if user["closed"] else ", ".join(user["groups"])
        table.add_row(_("user of the host"), user["name"], remarks)
    for key in there.keys:
        where = _("SSH key of {user}").format(user=key["user"])
        table.add_row(where, key["comment"] or "-", key["fingerprint"])
    for person in there.recipients:
        table.add_row(_("recipient of the secrets"), person.name or "-", _("you") if person.own else person.key)
    print_table(table)
    for line in there.trouble:
        click.echo(_("Warning: {what}").format(what=line), err=True)


@command.command("remove")
@click.argument("who", metavar="NAME|E-MAIL")
@click.option("--also", multiple=True, metavar="NAME|E-MAIL", help="Another name of the same person; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Show what would be closed, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@stack_option
@json_option
@catalog_option
def remove(
    who: str, also: tuple[str, ...], dry_run: bool, yes: bool, stack: Path, as_json: bool, catalog_dir: Path | None
) -> None:  # fmt: skip
    """Close every way in to somebody who leaves: accounts, sessions, SSH keys, secrets. What they wrote stays.

    Neither the key this machine comes in with nor the last one of an account goes. A dated report is written.

    \b
    Example:
      provisioner people remove ada@example.org --also ada --dry-run
      provisioner people remove ada@example.org --also ada
    """
    from provisioner.gdpr.people import find, refuse_own, ways

    [bundle], catalog = load_all((stack,), catalog_dir)
    names = _names([who, *also])
    refuse_own([bundle], catalog, names)
    there = ways(bundle)
    found = find(bundle, catalog, names, there)
    if there.trouble and not (found.tried or found.users or found.keys or found.recipients):
        hint = _("Run this again when the host answers. Until then the person still has every way in.")
        raise ProvisionerError(_("{what}; nothing was changed").format(what="; ".join(there.trouble)), hint)
    if dry_run:
        if as_json:
            print_json({**found._asdict(), "trouble": there.trouble})
        else:
            _print_found(found, there)
            click.echo(_("Nothing was changed. Do it: the same without --dry-run"))
        sys.exit(1 if there.trouble else 0)
    if not yes:
        _print_found(found, there)
        text = _("All of this is closed at once. To confirm, type {name}").format(name=names[0])
        if click.prompt(text, default="", show_default=False, err=True) != names[0]:
            raise InputError(_("not confirmed; nothing was changed"))
    sys.exit(_removed(bundle, catalog, found, there, as_json))


def _names(given: list[str]) -> list[str]:
    names = list(dict.fromkeys(each.strip() for each in given))
    for name in names:
        if len(name) < 2 or name.startswith("-") or any(ord(letter) < 32 for letter in name):
            raise InputError(_("'{name}' is neither a name nor an e-mail address").format(name=name))
    return names


def _print_found(found: "Found", there: "Ways") -> None:
    for instance in found.tried:
        accounts = ", ".join(found.accounts.get(instance, [])) or _("not in its list; tried all the same")
        click.echo(_("{label}: {value}").format(label=instance, value=accounts))
    for instance in found.without_accounts:
        click.echo(_("{instance}: no accounts, or none that can be closed from here").format(instance=instance))
    for name in found.users:
        click.echo(_("user of the host: {name}").format(name=name))
    for key in found.keys:
        click.echo(
            _("SSH key of {user}: {comment}").format(user=key["user"], comment=f"{key['comment']} {key['fingerprint']}")
        )
    for number in found.recipients:
        click.echo(_("recipient of the secrets: {name}").format(name=there.recipients[number].name))
    for instance, alike in found.possible.items():
        text = _("{instance}: is this the same person? {names}; then add --also")
        click.echo(text.format(instance=instance, names=", ".join(alike)), err=True)
    for line in there.trouble:
        click.echo(_("Warning: {what}").format(what=line), err=True)


def _removed(bundle: Any, catalog: Any, found: "Found", there: "Ways", as_json: bool) -> int:
    """Do it, write the report, tell. Return the exit code: 1 when something was not done."""
    from provisioner.gdpr.departures import write_report
    from provisioner.gdpr.people import commands, remove

    report = remove(bundle, catalog, found)
    report["trouble"] = list(dict.fromkeys([*there.trouble, *report["trouble"]]))
    report |= {"person": found.names, "possible": found.possible, "without_accounts": found.without_accounts}
    files = []
    if report["changed"] or report["trouble"]:
        try:
            files = [str(path) for path in write_report(bundle, report, datetime.now(UTC))]
        except ProvisionerError as error:  # what was closed is told all the same
            report["trouble"].append(error.message)
    if as_json:
        print_json({**report, "files": files, "commands": commands(report)})
        return 1 if report["trouble"] else 0
    for instance, each in report["services"].items():
        click.echo(_("{label}: {value}").format(label=instance, value=_said(each["message"])))
    for key in report["host"]["removed"]:
        click.echo(_("SSH key removed: {key}").format(key=f"{key['user']} {key['comment']}"))
    for name in report["host"]["closed"]:
        click.echo(_("user of the host closed: {name}").format(name=name))
    for name in report["recipients"]:
        click.echo(_("{name} cannot open what is written from now on.").format(name=name))
    for line in report["trouble"]:
        click.echo(_("Not done: {what}").format(what=line), err=True)
    for line in commands(report):
        click.echo(_("Next: {command}").format(command=line))
    if files:
        click.echo(_("Report: {path}").format(path=files[-1]))
    elif not report["changed"] and not report["trouble"]:
        click.echo(_("Nothing was left to close."))
    return 1 if report["trouble"] else 0


def _said(message: str) -> str:
    words = {"changed": _("closed"), "unchanged": _("was closed already"), "unknown": _("no account of that name")}
    return words.get(message, _("FAILED: {message}").format(message=message))
