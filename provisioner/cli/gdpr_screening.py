"""provisioner gdpr screening"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, json_option, load_all, yes_or_no
from provisioner.errors import Finding, InputError
from provisioner.i18n import _, language, ngettext

if TYPE_CHECKING:
    from provisioner.protection import Answers
    from provisioner.screening import Verdict


@click.command(short_help="Ask whether an impact assessment or an officer is needed, and about minors.")
@click.argument("stack", default=Path("stack.yaml"), type=click.Path(path_type=Path))
@click.option("--answer", "given", multiple=True, metavar="ID=yes|no", help="Answer a question (may be given again).")
@click.option("--by", default="", help="Who answers.")
@click.option("--check", is_flag=True, help="Ask nothing; exit 1 where a question has no answer.")
@json_option
@catalog_option
def command(stack: Path, given: tuple[str, ...], by: str, check: bool, as_json: bool, catalog_dir: Path | None) -> None:
    """Ask the questions that decide on an impact assessment (art. 35), an officer (art. 37) and consent of minors.

    Answers are kept in gdpr.yaml. What the stack makes likely is proposed; a person answers. Not legal advice.

    \b
    Example:
      provisioner gdpr screening
      provisioner gdpr screening --answer sensitive=no --answer op_housing=no --by "Ada Martin"
      provisioner gdpr screening --check
    """
    from provisioner.screening import answered, suggested, verdict

    [bundle], _catalog = load_all((stack,), catalog_dir)
    if bundle.answers is None:
        raise InputError(_("There is no gdpr.yaml beside the stack."), hint=_("Write it: provisioner gdpr init"))
    answers = {**answered(bundle.answers.data.screening), **_given(given)}
    likely = suggested(bundle.stack, bundle.answers.data)
    if given:
        _store(bundle.answers, answers, by)
    elif not check and not as_json and sys.stdin.isatty():
        answers = _asked(bundle.answers, answers, likely, by)
    found = verdict(answers)
    if as_json:
        print_json({**found.model_dump(), "answers": answers, "suggested": likely, "settled": found.settled})
    else:
        _tell(found, likely)
    if check and not found.settled:
        raise click.exceptions.Exit(1)


def _given(given: tuple[str, ...]) -> dict[str, bool]:
    """Return the answers of the options. Raise InputError with all that are none."""
    from provisioner.screening import questions

    found, findings = {}, []
    for each in given:
        name, _equals, value = each.partition("=")
        if name not in questions():
            findings.append(Finding(_("'{name}' is no question").format(name=name), path="--answer"))
        elif value not in ("yes", "no"):
            findings.append(Finding(_("'{name}': say yes or no").format(name=name), path="--answer"))
        found[name] = value == "yes"
    if findings:
        raise InputError(_("Nothing was written."), findings)
    return found


def _asked(old: "Answers", answers: dict[str, bool], likely: dict[str, bool], by: str) -> dict[str, bool]:
    """Ask what has no answer, keep it and return all. Stopped in between, what was answered is kept all the same."""
    from provisioner.screening import questions

    found = dict(answers)
    try:
        for name, each in questions().items():
            if name not in answers:
                click.echo(f"\n{name}: " + each.example.in_language(language()), err=True)
                found[name] = yes_or_no(each.question.in_language(language()), likely.get(name))
    finally:
        if count := len(found) - len(answers):
            click.echo(err=True)
            _store(old, found, by)
            text = ngettext("{count} answer kept; the rest is asked next time.",
                            "{count} answers kept; the rest is asked next time.", count)  # fmt: skip
            if len(found) < len(questions()):
                click.echo(text.format(count=count), err=True)
    return found


def _store(answers: "Answers", found: dict[str, bool], by: str) -> None:
    from provisioner.gdprfile import with_screening
    from provisioner.host.layout import write
    from provisioner.load import model_from, read_text
    from provisioner.models.protection import Protection
    from provisioner.screening import as_stored
    from provisioner.unwritten import told

    old = answers.data.screening
    block = as_stored(found, f"{datetime.now(UTC):%Y-%m-%d}", by or old.by, str(old.dpia_done or ""))
    text = with_screening(answers.path.read_text("utf-8"), block)
    model_from(read_text(text, str(answers.path)), Protection)
    with told(answers.path):
        write(answers.path, text, 0o600)
    click.echo(_("Written: {path}").format(path=answers.path), err=True)


def _tell(found: "Verdict", likely: dict[str, bool]) -> None:
    words = {True: _("needed"), False: _("not needed"), None: _("not settled")}
    click.echo(_("Impact assessment (art. 35): {verdict}").format(verdict=words[found.dpia]))
    for name in found.dpia_because:
        click.echo(f"  {name}")
    if found.exempt:
        click.echo(_("Needs none by itself: {names}").format(names=", ".join(found.exempt)))
    click.echo(_("Data protection officer (art. 37): {verdict}").format(verdict=words[found.dpo]))
    if found.minors_ok is False:
        click.echo(_("People under 15 use the services, and no parent's consent is asked: see to it."))
    if found.unanswered:
        click.echo(_("Not answered: {names}").format(names=", ".join(found.unanswered)))
        hints = [f"{name}={'yes' if value else 'no'}" for name, value in likely.items() if name in found.unanswered]
        if hints:
            click.echo(_("Likely from what is known, for a person to confirm: {names}").format(names=", ".join(hints)))
        click.echo(_("Next: provisioner gdpr screening"), err=True)
    else:
        click.echo(_("Every question is answered. To change one: provisioner gdpr screening --answer ID=yes"), err=True)
