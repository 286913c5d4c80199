"""What `gdpr export`, `gdpr erase` and `gdpr requests` share: who it is about, which case, where the cases lie."""

import sys
from datetime import date, datetime
from pathlib import Path

import click

from provisioner.cli.common import Day
from provisioner.errors import Finding, InputError
from provisioner.gdpr.casefiles import Cases
from provisioner.gdpr.cases import all_names, person_findings, same_person
from provisioner.gdpr.deadlines import due_text
from provisioner.i18n import N_, _, language
from provisioner.models.base import Text
from provisioner.models.request import Kind, Request
from provisioner.protection import OLDEST

person_option = click.option(
    "--person", metavar="EMAIL", help="The person's address; - reads it from standard input, so that no list of "
    "processes shows it: other names on further lines, then an empty line.",
)  # fmt: skip
names_option = click.option(
    "--also-known", multiple=True, metavar="NAME", help="Another name of the person: account, full name (again: more)."
)
stacks_option = click.option(
    "--stack", "stacks", multiple=True, type=click.Path(path_type=Path), metavar="PATH",
    help="A stack (again: more); default: stack.yaml. The cases lie beside the first.",
)  # fmt: skip
case_option = click.option("--case", metavar="ID", help="Go on with this case, instead of the person's open one.")
received_option = click.option("--received", type=Day(), metavar="DATE", help="Day the request came; default: today.")
identity_option = click.option(
    "--identity", default="", metavar="TEXT", help="How it was checked that the person is who they say."
)


KINDS: dict[str, str] = {
    "access": N_("access"), "portability": N_("portability"), "rectification": N_("rectification"),
    "erasure": N_("erasure"), "restriction": N_("restriction"), "objection": N_("objection"),
}  # fmt: skip


def say_text(text: Text) -> str:
    """Return a text in the language in use, for the terminal."""
    return text.in_language(language())


def cases_of(stacks: tuple[Path, ...]) -> Cases:
    """Return the cases beside the first stack. Raise InputError where there is no such stack."""
    path = (stacks or (Path("stack.yaml"),))[0]
    path = path / "stack.yaml" if path.is_dir() else path
    if not path.is_file():
        raise InputError(_("there is no {path}").format(path=path), hint=_("Name the stack: --stack PATH"))
    return Cases(path.parent)


def day_of(received: datetime | None) -> date:
    """Return the day of an option, or today."""
    return received.date() if received else date.today()


def who(person: str | None, names: tuple[str, ...], received: datetime | None) -> tuple[str, list[str]]:
    """Return address and other names, read from standard input where asked for. Raise InputError with every finding."""
    more: list[str] = []
    if person == "-":
        person, *more = _lines() or [""]
    every, findings = [*more, *names], list[Finding]()
    if person is not None or every:
        findings = person_findings(None if person is None else person.strip(), every)
    if received and received.date() > date.today():
        findings.append(Finding(_("a day that is still to come"), path="--received"))
    if received and received.year < OLDEST:
        findings.append(
            Finding(_("'{text}' is too long ago: is the year right?").format(text=received.date()), path="--received")
        )
    if findings:
        raise InputError(_("Nothing was done."), findings)
    return (person or "").strip(), all_names(person or "", every)[1:]


def _lines() -> list[str]:
    found = []
    if sys.stdin.isatty():
        click.echo(_("The person's address, then other names, each on its line; an empty line ends:"), err=True)
    for line in iter(sys.stdin.readline, ""):
        if not line.strip():
            break
        found.append(line.strip())
    return found


def case_for(cases: Cases, case: str | None, person: str, kinds: tuple[Kind, ...]) -> Request | None:
    """Return the case to go on with, or None for a new one. Raise InputError: not theirs, or closed."""
    if not case:
        if not person:
            raise InputError(_("Nothing was done."), [Finding(_("whose data? An address is wanted"), path="--person")])
        running, torn = cases.running(person, kinds)
        for each in torn:
            text = _("Warning: a case cannot be read, and it might be this person's: {finding}")
            click.echo(text.format(finding=each), err=True)
        return running
    found, findings = cases.read(case), list[Finding]()
    if found.closed:
        findings.append(Finding(_("it was closed on {day}").format(day=found.closed.day.isoformat()), path="--case"))
    if found.kind not in kinds:
        findings.append(
            Finding(_("it is a request of another kind: {kind}").format(kind=_(KINDS[found.kind])), path="--case")
        )
    if person and not same_person(found, person):
        findings.append(Finding(_("it is about another person"), path="--case"))
    if findings:
        raise InputError(_("case {case} cannot be used here").format(case=case), findings)
    return found


def with_names(case: Request, names: list[str]) -> Request:
    """Return a case that also knows further names."""
    return case.model_copy(update={"names": all_names(case.person, [*case.names, *names])[1:]})


def due_line(case: Request) -> str:
    """Return until when a case must be answered, with the rule on weekends."""
    return _("Case {case}: to be answered by the end of {due}").format(case=case.id, due=say_text(due_text(case.due)))
