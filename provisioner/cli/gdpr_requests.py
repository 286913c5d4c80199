"""provisioner gdpr requests"""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import get_args

import click

from provisioner.cli import print_json
from provisioner.cli.common import json_option, print_table
from provisioner.cli.gdpr_person import (
    KINDS,
    cases_of,
    day_of,
    due_line,
    identity_option,
    names_option,
    person_option,
    received_option,
    who,
)  # fmt: skip
from provisioner.errors import Finding, InputError
from provisioner.gdpr import cases as rules
from provisioner.gdpr.casefiles import Cases
from provisioner.gdpr.deadlines import due_of
from provisioner.gdpr.dossier_write import ARCHIVE, NAME
from provisioner.i18n import _
from provisioner.models.request import Kind, Request
from provisioner.sentences import harmless

group_stack_option = click.option(
    "--stack", type=click.Path(path_type=Path), default=Path("stack.yaml"), show_default=True,
    help="The stack beside which the cases lie.",
)  # fmt: skip


stack_option = click.option(
    "--stack", type=click.Path(path_type=Path), help="The stack beside which the cases lie; default: stack.yaml."
)


def _cases(stack: Path | None) -> Cases:
    """Return the cases of the stack named after the sub-command, else of the one before it."""
    above = click.get_current_context().parent
    return cases_of((stack or (above.params["stack"] if above else Path("stack.yaml")),))


@click.group(invoke_without_command=True, short_help="List people's requests and when they must be answered.")
@group_stack_option
@click.option("--check", is_flag=True, help="Exit code 1 when a request is overdue.")
@json_option
@click.pass_context
def command(context: click.Context, stack: Path, check: bool, as_json: bool) -> None:
    """List people's requests, and until when each must be answered; or open, extend, note and close one.

    One month from the day a request came; two further months where it is complex, if the person is told inside the
    first month (art. 12(3)). They lie in gdpr/requests beside stack.yaml, readable by you alone; keep them out of git.
    Not legal advice.

    \b
    Example:
      provisioner gdpr requests
      provisioner gdpr requests --check
      provisioner gdpr requests open --kind rectification --person ana@example.org --received 2026-11-20
    """
    if context.invoked_subcommand:
        return
    today, (found, torn) = date.today(), cases_of((stack,)).readable()
    late = [case for case in found if rules.is_overdue(case, today)]
    if as_json:
        data = [case.model_dump(mode="json") | {"overdue": case in late} for case in found]
        print_json({"requests": data, "overdue": len(late), "unreadable": sorted({each.file for each in torn})})
    elif found:
        _table(found, today)
    elif not torn:
        click.echo(_("No request. Next, when one comes: provisioner gdpr requests open --help"))
    for case in late:
        click.echo(_("Overdue: {line}").format(line=due_line(case)), err=True)
    if torn:
        text = _("Some cases cannot be read; their month runs all the same.")
        raise InputError(text, torn, hint=_("Bring the files back from a copy."))
    sys.exit(1 if check and late else 0)


def _table(found: list[Request], today: date) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in (_("Case"), _("Kind"), _("Person"), _("Received"), _("Due"), _("State")):
        table.add_column(title, overflow="fold")
    for case in found:
        late = rules.is_overdue(case, today)
        state = _("closed {day}").format(day=case.closed.day) if case.closed else _("overdue") if late else _("open")
        person = case.person[:12] + "…" if case.hashed else case.person
        texts = (case.id, _(KINDS[case.kind]), person, str(case.received), str(case.due), state)
        table.add_row(*(harmless(text) for text in texts), style="red" if late else "")
    print_table(table)


@command.command("show", short_help="Show one case.")
@click.argument("case")
@stack_option
@json_option
def show_command(case: str, stack: Path | None, as_json: bool) -> None:
    """Show one case: who, when, what was found and done where, notes, answer.

    \b
    Example:
      provisioner gdpr requests show 2026-11-23-01
    """
    found = _cases(stack).read(case)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    click.echo(due_line(found))
    rows = {
        _("Kind"): _(KINDS[found.kind]), _("Person"): found.person, _("Also known as"): ", ".join(found.names),
        _("Received"): found.received, _("Identity"): found.identity or _("not noted how it was checked"),
        _("Extended"): f"{found.extended.day}: {found.extended.why}" if found.extended else "",
        _("Closed"): f"{found.closed.day}: {found.closed.answer}" if found.closed else "",
    }  # fmt: skip
    for label, value in rows.items():
        if value:
            click.echo(_("{label}: {value}").format(label=label, value=harmless(str(value))))
    for name, item in found.services.items():
        done = _("erased") if item.erased else _("exported") if item.exported else item.error or _("searched")
        places = ", ".join(f"{each['place']} ({each['count']})" for each in (item.left if item.erased else item.traces))
        click.echo(harmless(f"  {name}: {done}: {', '.join(item.subjects) or '-'}; {places or '-'}"))
    for note in found.notes:
        click.echo(f"  {note.day}: {harmless(note.text)}")


@command.command("open", short_help="Open a case for a request that came.")
@click.option("--kind", type=click.Choice(get_args(Kind)), required=True, help="What the person asks for.")
@person_option
@names_option
@received_option
@identity_option
@stack_option
@json_option
def open_command(
    kind: Kind, person: str | None, also_known: tuple[str, ...], received: datetime | None, identity: str,
    stack: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Open a case for a request that came by letter, by mail or by word of mouth.

    \b
    Example:
      provisioner gdpr requests open --kind rectification --person ana@example.org --received 2026-11-20
      provisioner gdpr requests open --kind objection --person - --identity "called back"
    """
    address, names = who(person, also_known, received)
    if not address:
        raise InputError(_("Nothing was done."), [Finding(_("whose data? An address is wanted"), path="--person")])
    found = _cases(stack).open(kind, address, names, day_of(received), date.today(), identity)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    click.echo(due_line(found))
    nexts = {"access": "export --case {case}", "portability": "export --case {case}", "erasure": "erase --case {case}"}
    step = nexts.get(kind, 'requests close {case} --answer "..."').format(case=found.id)
    click.echo(_("Next: provisioner gdpr {step}").format(step=step))


@command.command("note", short_help="Write a line into a case.")
@click.argument("case")
@click.argument("text")
@stack_option
def note_command(case: str, text: str, stack: Path | None) -> None:
    """Write a dated line into a case: what was asked, said, done.

    \b
    Example:
      provisioner gdpr requests note 2026-11-23-01 "identity checked: called back"
    """
    found = _cases(stack).change(case, lambda old: rules.noted(old, text, date.today()))
    click.echo(due_line(found))


@command.command("extend", short_help="Take two further months, with a reason.")
@click.argument("case")
@click.option("--why", required=True, metavar="TEXT", help="Why: how complex, or how many requests.")
@stack_option
def extend_command(case: str, why: str, stack: Path | None) -> None:
    """Extend a case to three months from the day it came; only inside the first month, and the person must be told.

    \b
    Example:
      provisioner gdpr requests extend 2026-11-23-01 --why "letters on paper since 2009 are to be read"
    """
    found = _cases(stack).change(case, lambda old: rules.extended(old, why, date.today()))
    click.echo(due_line(found))
    told = due_of(found.received)
    click.echo(_("Next: tell the person that it takes longer, and why, by {day}.").format(day=told))


@command.command("close", short_help="Close a case with its answer.")
@click.argument("case")
@click.option("--answer", required=True, metavar="TEXT", help="What was answered, in a sentence.")
@stack_option
def close_command(case: str, answer: str, stack: Path | None) -> None:
    """Close a case with its answer. A closed erasure keeps keyed hashes instead of the person's names.

    \b
    Example:
      provisioner gdpr requests close 2026-11-23-01 --answer "dossier handed over on paper"
    """
    cases = _cases(stack)
    cases.read(case)
    key = cases.key()
    found = cases.change(case, lambda old: rules.closed(old, answer, date.today(), key))
    click.echo(_("{case} is closed.").format(case=found.id))
    if found.hashed:
        click.echo(_("Its names are replaced by keyed hashes."))
    for path in [path for name in (NAME, ARCHIVE) if (path := cases.path(case) / name).exists()]:
        click.echo(_("Delete the dossier once it was handed over: {path}").format(path=path))
