"""provisioner gdpr erase"""

import sys
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from provisioner.bundle import Bundle
from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, json_option, load_all, say
from provisioner.cli.gdpr_person import (
    case_for,
    case_option,
    cases_of,
    day_of,
    due_line,
    identity_option,
    names_option,
    person_option,
    received_option,
    say_text,
    stacks_option,
    who,
    with_names,
)  # fmt: skip
from provisioner.errors import InputError
from provisioner.gdpr.ask import Search, ask_host, find, service_of
from provisioner.gdpr.casefiles import Cases
from provisioner.gdpr.cases import all_names, noted, same_person
from provisioner.gdpr.dossier_write import ARCHIVE, NAME
from provisioner.gdpr.erasing import Outcome, remember, run
from provisioner.gdpr.erasure import Planned, copies_until, places_text, plan
from provisioner.gdpr.erasure import hold as keep_out
from provisioner.gdpr.people import refuse_own
from provisioner.host.erasures import folded
from provisioner.i18n import _
from provisioner.models.request import Request

LEFT, INCOMPLETE = 1, 3


@click.command(short_help="Erase one person from every service.")
@person_option
@names_option
@stacks_option
@case_option
@received_option
@identity_option
@click.option("--hold", multiple=True, metavar="SERVICE=REASON", help="Leave a service out, as a law demands.")
@click.option("--dry-run", is_flag=True, help="Show what would be erased, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@catalog_option
def command(
    person: str | None, also_known: tuple[str, ...], stacks: tuple[Path, ...], case: str | None,
    received: datetime | None, identity: str, hold: tuple[str, ...], dry_run: bool, yes: bool,
    as_json: bool, catalog_dir: Path | None,
) -> None:  # fmt: skip
    """Erase one person (art. 17) from every service, in a dated case; show first what goes, what stays and why.

    Before it asks for the person's address as a confirmation, it names the accounts and places found, what a law or a
    service keeps, and what is to be done by hand. Killed or cut off, run it again: it finishes. Copies hold the data
    until they are too old; a restore from them erases again. Not legal advice. Exit code 1: something is left; 3: a
    host gave no answer.

    \b
    Example:
      provisioner gdpr erase --person ana@example.org --also-known aberger --dry-run
      provisioner gdpr erase --person - --stack choir/ --stack club/stack.yaml
    """
    address, names = who(person, also_known, received)
    bundles, catalog = load_all(stacks, catalog_dir)
    held, cases = _held(hold, bundles), cases_of(stacks)
    found = case_for(cases, case, address, ("erasure",))
    address, *names = all_names(address or (found.person if found else ""), [*(found.names if found else []), *names])
    refuse_own(bundles, catalog, [address, *names])
    search = find(bundles, [address, *names], ask_host)
    planned = keep_out(plan(search, catalog, found), held)
    _show(planned, search, cases, address, bundles, as_json)

    def opened() -> Request:
        case = found or cases.open("erasure", address, names, day_of(received), date.today(), identity)
        return cases.change(case.id, lambda old: _with_holds(with_names(old, names), held))

    if not dry_run and (search.missing or any(each.todo == "held" and each.here for each in planned)):
        found = opened()  # it was asked for: the month runs, whoever answers and whatever is left out
    if dry_run or all(each.todo in ("nothing", "held") for each in planned):
        _nothing_done(planned, search, found, dry_run, as_json)
    _confirm(address, yes)
    found = opened()
    remember(cases, found.id, search)
    done = run(cases, cases.read(found.id), planned, search, catalog, ask_host, partial(_tell, search))
    _ended(found, done, search, bundles, as_json)


def _tell(search: Search, instance: str, step: str) -> None:
    words = {"begin": _("erasing"), "done": _("erased"), "failed": _("failed")}
    say(search.bundles[instance].stack.host.name, instance, words[step])


def _with_holds(case: Request, held: dict[str, str]) -> Request:
    for service, reason in held.items():
        text = _("{service} is left out: {reason}").format(service=service, reason=reason)
        if text not in [note.text for note in case.notes]:
            case = noted(case, text, date.today())
    return case


def _held(given: tuple[str, ...], bundles: list[Bundle]) -> dict[str, str]:
    """Return service -> reason. Raise InputError with everything that is neither."""
    known = sorted({service for bundle in bundles for service in bundle.stack.services})
    wrong = [word for word in given if word.partition("=")[0] not in known or len(word.partition("=")[2].strip()) < 5]
    if wrong:
        text = _("--hold wants SERVICE=REASON, not '{words}' (services: {known})")
        raise InputError(text.format(words="', '".join(wrong), known=", ".join(known)))
    return {service: reason.strip() for service, _equals, reason in (word.partition("=") for word in given)}


def _confirm(address: str, yes: bool) -> None:
    text = _("All this goes. To confirm, type the person's address")
    if not yes and folded(click.prompt(text, default="", show_default=False, err=True)) != folded(address):
        raise InputError(_("not confirmed; nothing was changed"))


def _show(
    planned: list[Planned], search: Search, cases: Cases, person: str, bundles: list[Bundle], as_json: bool
) -> None:
    """Tell what goes, what stays and why, what is manual. On standard error where --json wants the output clean."""

    def line(text: str) -> None:
        click.echo(text, err=as_json)

    for each in planned:
        if not (each.here or each.allowed or each.todo == "erase"):
            continue
        line(f"{each.instance} ({say_text(each.title)})")
        if each.todo == "erase":
            line("  " + _("goes: {names}").format(names=", ".join(each.subjects) or "-"))
        if each.todo == "erase" and each.restarts:
            line("  " + _("restarts after it: for a minute nobody can use it"))
        if each.todo == "held":
            line("  " + _("left out, as you said"))
        if each.todo == "by-hand":
            line("  " + _("by hand: this service has no command to erase"))
        if each.traces:
            line("  " + _("found in: {places}").format(places=places_text(each.traces)))
        if each.here and each.todo == "erase" and not each.subjects:
            line("  " + _("no account has these names: give the account's name with --also-known"))
        if each.allowed:
            line("  " + _("stays in: {places}").format(places=places_text(each.allowed)))
        for text in each.stays:
            line("  " + _("stays: {what}").format(what=say_text(text)))
        for text in each.manual:
            line("  " + _("by hand: {what}").format(what=say_text(text)))
    for where in _elsewhere(search, cases, person, bundles):
        line(_("by hand: {what}").format(what=where))
    for name, why in search.missing.items():
        click.echo(_("{instance}: not searched: {why}").format(instance=name, why=why), err=True)


def _elsewhere(search: Search, cases: Cases, person: str, bundles: list[Bundle]) -> Iterator[str]:
    """Yield where else a person's data lie, which no service erases: dossiers, what restores kept, paper."""
    readable = {case.id: same_person(case, person) for case in cases.readable()[0]}
    theirs = _("the dossier {path} holds their data; delete it")
    perhaps = _("the dossier {path} may hold their data, its case cannot be read: look, and delete it if so")
    for case in [case for case in cases.ids() if readable.get(case, True)]:
        for path in [path for name in (NAME, ARCHIVE) if (path := cases.path(case) / name).exists()]:
            yield (theirs if case in readable else perhaps).format(path=path)
    for name in sorted(search.kept):
        drop = f"provisioner restore {service_of(name)} --drop"
        yield _("what a restore replaced may hold their data; delete it: {command}").format(command=drop)
    for bundle in bundles:
        yield from (own.name for own in (bundle.protection.own if bundle.protection else []))


def _nothing_done(planned: list[Planned], search: Search, case: Request | None, dry_run: bool, as_json: bool) -> None:
    """Tell that nothing was changed, and leave."""
    there = dry_run and any(each.todo != "nothing" for each in planned)
    if as_json:
        print_json({"plan": [_data(each) for each in planned], "missing": search.missing, "changed": False})
    elif there:
        click.echo(_("Nothing was changed (--dry-run)."))
    elif search.missing:
        if search.found:
            click.echo(_("Nothing was found where it could be searched. Next, when the hosts answer: run this again."))
        else:
            click.echo(
                _("Nothing could be searched, and nothing was erased. Next, when the hosts answer: run this again.")
            )
        if case:
            click.echo(due_line(case))
    elif any(each.todo == "held" and each.here for each in planned):
        click.echo(_("Nothing was erased: what was found is in services you left out."))
    else:
        click.echo(_("Nothing was found: there is nothing to erase."))
        if case:
            text = _('Next: tell the person, then: provisioner gdpr requests close {case} --answer "..."')
            click.echo(text.format(case=case.id))
        else:
            click.echo(_("Next, so that the request is on file: provisioner gdpr requests open --kind erasure"))
    sys.exit(INCOMPLETE if search.missing else 0)


def _data(each: Planned) -> dict[str, Any]:
    return {
        "instance": each.instance, "todo": each.todo, "subjects": each.subjects, "traces": each.traces,
        "allowed": each.allowed, "stays": [text.model_dump() for text in each.stays],
        "manual": [text.model_dump() for text in each.manual],
    }  # fmt: skip


def _ended(case: Request, done: Outcome, search: Search, bundles: list[Bundle], as_json: bool) -> None:
    """Tell what was erased, what is left, until when copies hold it; leave with the code that says so."""
    missing = {**search.missing, **done.failed}
    until = copies_until(bundles, date.today())
    if as_json:
        print_json({
            "case": case.id, "due": case.due, "erased": done.erased, "left": done.left, "missing": missing,
            "unsaved": done.unsaved, "copies_until": until, "changed": True,
        })  # fmt: skip
    else:
        for name, people in done.erased.items():
            click.echo(_("{instance}: erased: {names}").format(instance=name, names=", ".join(people) or "-"))
        for name, day in until.items():
            text = _("Copies at {name} hold the data until {day} at the latest, as long as backups and pruning run.")
            click.echo(text.format(name=name, day=day))
        if until:
            click.echo(_("A restore from such a copy erases the person again: the ledger of erasures stays."))
        click.echo(due_line(case))
    for where in done.unsaved:
        text = _("{where}: the ledger of erasures was not saved there yet; the next backup does it")
        click.echo(text.format(where=where), err=True)
    for name, traces in done.left.items():
        click.echo(_("{instance}: left: {places}").format(instance=name, places=places_text(traces) or "-"), err=True)
    for name, why in done.failed.items():
        click.echo(_("{instance}: failed: {why}").format(instance=name, why=why), err=True)
    if missing or done.left:
        text = _("The case stays open. Next: see to it, then: provisioner gdpr erase --case {case}")
    else:
        text = _('Next: tell the person, then: provisioner gdpr requests close {case} --answer "..."')
    click.echo(text.format(case=case.id), err=as_json or bool(missing or done.left))
    sys.exit(LEFT if done.left else INCOMPLETE if missing else 0)
