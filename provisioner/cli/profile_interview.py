"""provisioner profile interview: ask, save after every answer, write the profile."""

import datetime
import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from provisioner.errors import InputError, ProvisionerError
from provisioner.i18n import _, choose_language, language, ngettext

if TYPE_CHECKING:
    from provisioner.profiles.interview import Material, Step

WIDTH = 100
Answers = dict[str, Any]


class GoBack(Exception):
    """The person wants the question before."""


@click.command(name="interview")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default="profile.yaml", required=False)
@click.option("--lang", "spoken", type=click.Choice(["fr", "en"]), help="Language of the questions.")
@click.option("--restart", is_flag=True, help="Forget the answers given so far.")
@click.option("--force", is_flag=True, help="Write over a profile that is there.")
def command(file: Path, spoken: str | None, restart: bool, force: bool) -> None:
    """Fill in a needs profile by answering 25 questions, in French or English.

    Every answer is kept at once in FILE.answers.yaml: stop when you like, run it again and go on. Without a terminal
    the answers are read line by line.

    \b
    Example:
      provisioner profile interview profile.yaml --lang fr
    """
    if spoken:
        choose_language(spoken)
    from provisioner.cli.profile_out import refuse_existing
    from provisioner.profiles.interview import load_material

    refuse_existing(file, force)
    material, kept = load_material(), file.with_name(file.name + ".answers.yaml")
    if restart:
        kept.unlink(missing_ok=True)
    date, given = _kept(kept, material)
    _greet(file, given)
    try:
        text = _converse(material, given, date, kept, file)
    except (KeyboardInterrupt, EOFError):
        _stop(material, given, kept, file)
    _finish(file, kept, text, force)


def _kept(path: Path, material: "Material") -> tuple[str, Answers]:
    """Return date and answers of an interview under way, or those of a new one."""
    from provisioner.load import load_model
    from provisioner.models.interview import Answers as Model
    from provisioner.profiles.interview import readable

    if not path.is_file():
        return datetime.date.today().isoformat(), {}
    try:
        found = load_model(path, Model)
    except InputError as error:
        error.hint = _("Repair the file of answers, or begin again: provisioner profile interview --restart")
        raise
    if found.interview != material.interview.version:
        click.echo(_("The questions have changed since; answers that still fit are kept."), err=True)
    return found.profile_date, readable(material, found.answers)


def _greet(file: Path, given: Answers) -> None:
    if given:
        click.echo(_("Going on with {file}: {count} answers are kept.").format(file=file, count=len(given)))
    else:
        click.echo(_("A needs profile in 25 questions. Nothing you enter may be about one person."))
    click.echo(_("Enter: I don't know (we stay cautious).  ?: help.  <: back.  Ctrl-C: stop and go on later."))


def _converse(material: "Material", given: Answers, date: str, kept: Path, file: Path) -> str:
    """Ask until all is answered and fits together; return the text of the profile."""
    from provisioner.profiles.interview import is_answered, step_before

    while True:
        course = _course(material, given)
        if given:
            _save(kept, material, given, date)
        step = next((each for each in course if not is_answered(each, given)), None)
        try:
            if step is None:
                _line(_("All is answered. Enter writes {file}; < goes back.").format(file=file), last=True)
                text = _checked(material, given, date, file)
                if text is not None:
                    return text
            else:
                given[step.key] = _ask(step, _progress(step, course))
        except GoBack:
            before = step_before(material, given, step)
            if before is None:
                click.echo(_("This is the first question."))
            else:
                given.pop(before.key, None)


def _course(material: "Material", given: Answers) -> list["Step"]:
    """Return the steps of the interview, and forget answers to what is no longer asked."""
    from provisioner.profiles.interview import steps

    course = steps(material, given)
    keys = {each.key for each in course}
    for stale in [key for key in given if key not in keys]:
        del given[stale]
    return course


def _progress(step: "Step", course: list["Step"]) -> str:
    """Return how far a step is within its question, where that has several: "2/15"."""
    keys = [each.key for each in course if each.number == step.number]
    return f" ({keys.index(step.key) + 1}/{len(keys)})" if len(keys) > 1 else ""


def _ask(step: "Step", progress: str = "") -> Any:
    """Put one step until the line is an answer. Raise GoBack for "<"; the second "?" is "I don't know"."""
    from provisioner.profiles.interview_read import Refused, read_answer

    _show(step, progress)
    explained = False
    while True:
        line = _line()
        if line == "?" and not explained:
            explained = True
            _help(step)
            continue
        try:
            return read_answer(step, "" if line == "?" else line)
        except Refused as refusal:
            click.echo("  " + click.style(str(refusal), fg="yellow"))


def _line(text: str = "", *, last: bool = False) -> str:
    """Read one line; at the very end of the interview, no more lines mean Enter. Raise GoBack for "<"."""
    if text:
        click.echo("\n" + text)
    try:
        line = input("> ").strip()
    except EOFError:
        if not last:
            raise
        line = ""
    if not sys.stdin.isatty():
        click.echo(line)
    if line == "<":
        raise GoBack
    return line


def _help(step: "Step") -> None:
    """Print the help of a part, and more about each of its choices where there is more."""
    spoken = language()
    _paragraph(step.part.help.in_language(spoken))
    for number, choice in enumerate(step.choices, start=1):
        if choice.help:
            _paragraph(f"{number:2}  {choice.help.in_language(spoken)}")


def _show(step: "Step", progress: str) -> None:
    spoken, part = language(), step.part
    title = _("Question {number} of 25: {title}").format(
        number=step.number, title=step.question.title.in_language(spoken)
    )
    click.echo("\n" + click.style(title, bold=True) + click.style(progress, dim=True))
    about = step.about.in_language(spoken) if step.about else ""
    _paragraph(part.ask.in_language(spoken).format(each=about))
    for number, choice in enumerate(step.choices, start=1):
        click.echo(f"    {number:2}  {choice.label.in_language(spoken)}")
    several = _("several numbers are possible; ") if part.kind == "choices" else ""
    example = _("example: {text}").format(text=part.example.in_language(spoken))
    click.echo(click.style(f"  ({several}{example})", dim=True))


def _paragraph(text: str) -> None:
    wide = min(WIDTH, shutil.get_terminal_size().columns)
    click.echo(textwrap.fill(text, wide, initial_indent="  ", subsequent_indent="  "))


def _checked(material: "Material", given: Answers, date: str, file: Path) -> str | None:
    """Return the text of the profile; None when answers contradict each other: those are told and asked again."""
    from provisioner.load import read_text
    from provisioner.profiles.interview import steps
    from provisioner.profiles.interview_build import profile_data
    from provisioner.profiles.rules import profile_from
    from provisioner.profiles.write import profile_text

    heading = _("A needs profile from an interview on {date}. Check it: provisioner profile check {file}")
    text = profile_text(profile_data(material, given, date), heading.format(date=date, file=file.name))
    try:
        profile_from(read_text(text, str(file)))
    except InputError as error:
        places = [finding.pointer for finding in error.findings]
        again = [step for step in steps(material, given) if step.pointer and any(
            place == step.pointer or place.startswith(step.pointer + "/") for place in places)]  # fmt: skip
        if not again:
            raise
        for finding in error.findings:
            click.echo("  " + click.style(finding.message, fg="yellow"))
        click.echo(_("These answers do not fit together; we ask again."))
        for step in again:
            given.pop(step.key, None)
        return None
    return text


def _save(path: Path, material: "Material", given: Answers, date: str) -> None:
    import yaml

    from provisioner.cli.profile_out import write_private

    data = {"interview": material.interview.version, "profile_date": date, "answers": given}
    write_private(path, yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True))


def _stop(material: "Material", given: Answers, kept: Path, file: Path) -> NoReturn:
    from provisioner.profiles.interview import open_step

    step = open_step(material, given)
    number = step.number if step else len(material.interview.questions)
    click.echo()
    if not given:
        raise ProvisionerError(_("the interview has not begun: there was no answer"))
    text = _("the interview stopped at question {number}; {count} answers are kept in {path}")
    hint = _("Go on: provisioner profile interview {file}").format(file=file)
    raise ProvisionerError(text.format(number=number, count=len(given), path=kept), hint=hint)


def _finish(file: Path, kept: Path, text: str, force: bool) -> None:
    from provisioner.cli.profile_out import write_new
    from provisioner.load import read_text

    write_new(file, text, force)
    kept.unlink(missing_ok=True)
    count = len(read_text(text, str(file)).data["profile"]["assumed"])
    click.echo(_("Written: {file} (only you can read it)").format(file=file))
    if count:
        text = ngettext(
            "{count} value nobody confirmed is noted there under profile.assumed; better ask, and correct it.",
            "{count} values nobody confirmed are noted there under profile.assumed; better ask, and correct them.",
            count,
        )
        _paragraph(text.format(count=count))
    click.echo(_("Next: provisioner profile check {file}").format(file=file))
