"""provisioner profile import: the answers of a questionnaire, or results of skill tests, into a needs profile."""

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import print_json
from provisioner.cli.profile_out import refuse_existing, write_new
from provisioner.errors import Finding, InputError
from provisioner.i18n import _

if TYPE_CHECKING:
    from provisioner.load import Document
    from provisioner.profiles.import_csv import Report
    from provisioner.profiles.import_join import Joined
    from provisioner.profiles.import_table import Table

FILE = click.Path(dir_okay=False, path_type=Path)
output_option = click.option("-o", "--output", type=FILE, help="File to write (default: standard output).")
force_option = click.option("--force", is_flag=True, help="Write over a file that is there.")
date_option = click.option("--date", help="Day of the answers, YYYY-MM-DD (default: that of the map, or today).")


@click.group(name="import", short_help="Import answers of a questionnaire, or skill results.")
def command() -> None:
    """Import answers of a questionnaire, or skill results, into a needs profile.

    \b
    Example:
      provisioner profile import csv answers.csv --map map.yml -o overlay.yaml
    """


@command.command("csv")
@click.argument("file", type=FILE)
@click.option("--map", "map_file", type=FILE, required=True, help="Which column goes where (YAML).")
@output_option
@click.option("--base", type=FILE, help="A profile to complete; imported values win.")
@click.option("--drop", multiple=True, help="A column (title or number) not to read at all. May be repeated.")
@click.option("--report", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="Form of the report on columns.")  # fmt: skip
@date_option
@force_option
def csv_(
    file: Path, map_file: Path, output: Path | None, base: Path | None, drop: tuple[str, ...], form: str,
    date: str | None, force: bool,
) -> None:  # fmt: skip
    """Import an export of LimeSurvey, Framaforms, LiberaForms or Google Forms by a map of its columns.

    The result is a part of a profile, for `provisioner profile apply`; with --base it is a whole one.

    \b
    Example:
      provisioner profile import csv answers.csv --map map.yml --base profile.yaml -o new.yaml
    """
    if output:
        refuse_existing(output, force)
    table = _table(file)
    result, report = _import(table, map_file, base, drop, date)
    _write(result, output, force, _("Imported from a questionnaire of {count} answers.").format(count=report.rows))
    if form == "json":
        _tell_json(report, quiet=output is None)
        return
    _tell(report, quiet=output is None)
    _next(result, output)


@command.command("skills")
@click.argument("file", type=FILE)
@click.option("--group", required=True, help="The group the results are about.",
              type=click.Choice(["board", "employees", "volunteers", "members", "beneficiaries"]))  # fmt: skip
@click.option("--kind", type=click.Choice(["pix", "lesbonsclics"]), help="Whose results (default: find out).")
@click.option("--column", default="", help="The column of levels, by title or number (default: find out).")
@click.option("--profile", "base", type=FILE, help="The profile to complete.")
@output_option
@date_option
@force_option
def skills(
    file: Path, group: str, kind: Any, column: str, base: Path | None, output: Path | None, date: str | None,
    force: bool,
) -> None:  # fmt: skip
    """Import results of Pix or LesBonsClics as five shares of a group; the rows are forgotten.

    Our reading of the levels: LesBonsClics failed is none or email (half each), passed is basic; a Pix level below 3
    is basic, 3 to 4 comfortable, 5 and more advanced. Groups of fewer than five people are refused.

    \b
    Example:
      provisioner profile import skills pix.csv --group volunteers --profile profile.yaml -o new.yaml
    """
    from provisioner.profiles.import_join import joined, refuse
    from provisioner.profiles.import_skills import skill_shares

    if output:
        refuse_existing(output, force)
    shares = skill_shares(_table(file), kind, column)
    source = {
        "step": "import", "date": _day(date, None), "respondents": shares.people,
        "importer": f"skills.{shares.source.removesuffix('_aggregate')}",
    }  # fmt: skip
    people = {group: {"skills": shares.skills, "skills_source": shares.source}}
    document = _document(base)
    assumed = [f"/people/{group}/skills"] if shares.guessed else []
    result = joined({"profile": {"sources": [source], "assumed": assumed}, "people": people}, document)
    refuse(result, _("The profile cannot be completed."))
    _write(result, output, force, _("Skills imported from the results of a test; no single result is kept."))
    text = _("{count} results of the group '{group}': {shares}")
    levels = ", ".join(f"{level} {share} %" for level, share in shares.skills.items())
    click.echo(text.format(count=shares.people, group=group, shares=levels), err=output is None)
    click.echo(_("How a result becomes a level is our own reading: --help states it."), err=output is None)
    _next(result, output)


def _table(file: Path) -> "Table":
    from provisioner.explain import read_problem
    from provisioner.load import read_bytes
    from provisioner.profiles.import_table import MAX_BYTES, read_table

    try:
        raw = read_bytes(file, MAX_BYTES)
    except (OSError, ValueError) as error:
        message = _("cannot be read: {reason}").format(reason=read_problem(error))
        raise InputError(_("The export cannot be used."), [Finding(message, str(file))]) from error
    return read_table(raw, str(file))


def _document(base: Path | None) -> "Document | None":
    """Return the base profile, which must be right in itself."""
    from provisioner.load import load_yaml
    from provisioner.profiles.known import our_known
    from provisioner.profiles.rules import profile_from

    if base is None:
        return None
    document = load_yaml(base)
    profile_from(document, our_known())
    return document


def _import(
    table: "Table", map_file: Path, base: Path | None, drop: tuple[str, ...], date: str | None
) -> tuple["Joined", "Report"]:
    """Return what the import gives. Raise InputError with every finding of export, map and base at once."""
    from provisioner.aliases import load_aliases, load_taxonomy
    from provisioner.load import load_yaml, model_from
    from provisioner.models.import_map import ImportMap
    from provisioner.profiles.import_check import map_findings, placed
    from provisioner.profiles.import_csv import Known, imported
    from provisioner.profiles.import_join import joined
    from provisioner.profiles.import_personal import refuse_personal

    errors: list[InputError] = []
    document = rules = over = None
    dropped: set[int] = set()
    try:
        dropped = refuse_personal(table, drop)
    except InputError as error:
        errors.append(error)
    try:
        document = load_yaml(map_file)
        rules = model_from(document, ImportMap)
        over = _document(base)
    except InputError as error:
        errors.append(error)
    findings = [finding for error in errors for finding in error.findings]
    if document and rules:
        findings += map_findings(document, rules, table, dropped)
    if findings or document is None or rules is None:
        raise InputError(_("Nothing can be imported like this."), findings, errors[0].hint if errors else "")
    data = over.data if over else {}
    part, report = imported(table, rules, _day(date, rules.date), Known(load_taxonomy(), load_aliases(), data), dropped)
    result = joined(part, over)
    if result.findings:
        raise InputError(_("Nothing can be imported like this."), placed(document, rules, result))
    report.assumed, report.missing = result.assumed, result.missing
    return result, report


def _day(given: str | None, written: str | None) -> str:
    """Return the day of the answers. Raise InputError for one that is no day."""
    day = given or written or datetime.date.today().isoformat()
    try:
        return datetime.date.fromisoformat(day).isoformat()
    except ValueError as error:
        raise InputError(_("'{day}' is no day: write it like 2026-03-14").format(day=day)) from error


def _write(result: "Joined", output: Path | None, force: bool, heading: str) -> None:
    from provisioner.profiles.write import profile_text

    text = profile_text(result.data, heading)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_new(output, text, force)


def _tell_json(report: "Report", quiet: bool) -> None:
    """Print the report as JSON: on standard output, or on standard error when the profile is there."""
    import json

    if quiet:
        click.echo(json.dumps(vars(report), indent=2, sort_keys=True, ensure_ascii=False), err=True)
    else:
        print_json(vars(report))


def _tell(report: "Report", quiet: bool) -> None:
    from provisioner.cli.profile_import_words import report_lines

    for line in report_lines(report):
        click.echo(line, err=quiet)


def _next(result: "Joined", output: Path | None) -> None:
    """Tell what is missing and what to do now; on standard error when the profile is on standard output."""
    quiet, name = output is None, output or "FILE"
    if output:
        click.echo(_("Written: {file} (only you can read it)").format(file=output))
    text = _("Next: provisioner profile check {file}")
    if result.missing:
        click.echo(_("This is a part of a profile. Still missing:"), err=quiet)
        for pointer in result.missing:
            click.echo(f"  {pointer}", err=quiet)
        text = _("Next: provisioner profile apply PROFILE {file}, or import again over a profile")
    click.echo(text.format(file=name), err=quiet)
