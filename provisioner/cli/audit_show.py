"""A scorecard on the terminal: scores and goals first, then what changed, then each failing rule in one line."""

import click
from rich.table import Table
from rich.text import Text as Styled

from provisioner.cli.common import print_table
from provisioner.documents.audit import (
    change_word,
    column_title,
    figures_text,
    goal_state,
    goal_text,
    history_cell,
    history_columns,
    number,
    spoken,
    verdict,
)  # fmt: skip
from provisioner.documents.audit_words import words
from provisioner.i18n import _, language
from provisioner.models.base import Text
from provisioner.models.scorecard import Comparison, Scorecard

MOST_ADVICE = 5


def show(card: Scorecard, before: Comparison | None, first: Comparison | None) -> None:
    """Print a scorecard beside the last and the first one."""
    title = words().page["title"].in_language(language()).replace("{host}", card.host)
    click.echo(click.style(f"\n{title}", bold=True))
    table = _table("auditor", "version", "figures")
    for each in card.auditors:
        cells = (_said(words().auditors[each.name]), each.version or "-", _said(figures_text(each)))
        table.add_row(*cells, style="red" if each.not_run is not None else "")
    print_table(table)
    goals = _table("goal", "value", "state")
    for goal in card.goals:
        reached = "-" if goal.value is None else number(goal.value)
        goals.add_row(_said(goal_text(goal)), reached, _said(goal_state(goal)))
    if card.goals:
        click.echo()
        print_table(goals)
    for comparison in [each for each in (before, first) if each]:
        if comparison is before or comparison.time != (before.time if before else ""):
            _changes(comparison, whole=comparison is before)
    _found(card)
    click.echo()
    for line in verdict(card, before):
        click.echo(click.style(line.in_language(language()).replace("**", ""), bold=True))


def _changes(comparison: Comparison, whole: bool) -> None:
    p = words().page
    click.echo("\n" + p["changes"].in_language(language()).replace("{time}", spoken(comparison.time)) + ":")
    for each in comparison.changes:
        figure = words().figures.get(each.figure)
        name = figure.title.in_language(language()) if figure else each.figure
        auditor = words().auditors[each.auditor].in_language(language())
        word = change_word(each.better).in_language(language()).replace("**", "")
        colour = {True: "green", False: "red", None: None}[each.better]
        text = f"  {auditor}, {name}: {number(each.before)} -> {number(each.now)}  "
        click.echo(text + click.style(word, fg=colour))
    for kind, rows in (("newly_failing", comparison.newly_failing), ("newly_passing", comparison.newly_passing)):
        for _name, item in rows if whole else []:
            word = click.style(p[kind].in_language(language()), fg="red" if kind == "newly_failing" else "green")
            click.echo(f"  {word}: {item.title.in_language(language())}")
    for name in comparison.silent:
        click.echo(f"  {words().auditors[name].in_language(language())}: {p['not_run'].in_language(language())}")
    for name, old, new in comparison.versions:
        click.echo(f"  {words().auditors[name].in_language(language())}: {old} -> {new}")
    if comparison == Comparison(time=comparison.time):
        click.echo("  " + p["same"].in_language(language()))


def _found(card: Scorecard) -> None:
    p = words().page
    for audited in card.auditors:
        failing = [each for each in audited.found if each.counts]
        advice = [each for each in audited.found if each.kind == "advice" and each.waiver is None]
        name = words().auditors[audited.name].in_language(language())
        if failing:
            click.echo(click.style(f"\n{p['failing'].in_language(language())}: {name}", bold=True))
        for each in failing:
            click.echo(f"  - {each.title.in_language(language())}")
            click.echo(click.style(f"    {each.action.in_language(language())}", dim=True))
        if advice:
            click.echo(click.style(f"\n{p['advice'].in_language(language())}: {name}", bold=True))
        for each in advice[:MOST_ADVICE]:
            click.echo(f"  - {each.title.in_language(language())}")
        if len(advice) > MOST_ADVICE:
            click.echo("  " + _("and {count} more: --html or --json").format(count=len(advice) - MOST_ADVICE))
        for note in audited.notes:
            click.echo(f"  ({name}: {note.in_language(language())})")


def history_table(cards: list[Scorecard]) -> Table:
    """Return the past audits of a host as a table."""
    columns = history_columns(cards)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(words().page["time"].in_language(language()), no_wrap=True)
    for column in columns:
        table.add_column(column_title(*column).in_language(language()), justify="right")
    for card in cards:
        table.add_row(spoken(card.time), *(history_cell(card, *column) for column in columns))
    return table


def _table(*keys: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for key in keys:
        word = words().page[key].in_language(language())
        title = word[:1].upper() + word[1:]
        table.add_column(title, overflow="fold")
    return table


def _said(text: Text) -> Styled:
    """Return a text as rich prints it: what stands between asterisks is bold."""
    pieces = text.in_language(language()).split("**")
    return Styled.assemble(*((piece, "bold red" if number % 2 else "") for number, piece in enumerate(pieces)))
