"""The long parts of a plan: why each, the score on paper, alternatives, levers, the curve, what was not chosen."""

from typing import TYPE_CHECKING

from provisioner.cli.match_grid import add, new_table
from provisioner.i18n import _, language

if TYPE_CHECKING:
    from rich.table import Table

    from provisioner.models.base import Text
    from provisioner.models.proposal import Proposal


def explanations(proposal: "Proposal") -> list["Table"]:
    """Return the tables of `match --explain`."""
    return [
        _why(proposal),
        _terms(proposal),
        _alternatives(proposal),
        _levers(proposal),
        _curve(proposal),
        *([] if proposal.without_mandate else [others(proposal)]),
        _excluded(proposal),
        _costs(proposal),
    ]


def _why(proposal: "Proposal") -> "Table":
    table = new_table(_("Why these"), _("Service"), _("Why"))
    for item in proposal.chosen:
        add(table, _say(item.title), _say(item.reason))
    return table


def _terms(proposal: "Proposal") -> "Table":
    table = new_table(_("The score on paper (floor: rounded down)"), _("What"), _("Computation"), _("Points"))
    for term in proposal.terms:
        add(table, _say(term.label), term.how, f"{term.points:g}")
    if proposal.terms:
        add(table, _("Score of the choice"), "", f"{proposal.score:g}")
    return table


def _alternatives(proposal: "Proposal") -> "Table":
    title = _("Another in its place: score of the best choice then")
    table = new_table(title, _("Service"), _("In its place"), _("Score"))
    for item in proposal.chosen:
        for other in item.alternatives:
            add(table, _say(item.title), _say(other.title), f"{other.score:g}")
    return table


def _levers(proposal: "Proposal") -> "Table":
    table = new_table(_("Levers: one limit less"), _("What"), _("Score"), _("Index"), _("Then"))
    for lever in proposal.levers:
        then = [_("also: {needs}").format(needs=", ".join(map(_say, lever.labels)))] if lever.labels else []
        then += [_say(lever.note)] if lever.note else []
        add(table, _say(lever.label), f"{lever.score:g}", f"{lever.coverage_index} %", " ".join(then))
    return table


def _curve(proposal: "Proposal") -> "Table":
    title = _("Where to stop: the best choice for each number of tools")
    table = new_table(title, _("Tools"), _("Added"), _("Value"), _("Score"), _("Index"))
    for step in proposal.curve:
        added = ", ".join(map(_say, step.added)) or "-"
        add(table, str(step.tools), added, f"{step.value:g}", f"{step.score:g}", f"{step.coverage_index} %")
    return table


def others(proposal: "Proposal") -> "Table":
    """Return the table of the next best choice, and of the one with nothing mandated."""
    table = new_table(_("Other choices"), _("Which"), _("Score"), _("Index"), _("Components"))
    rows = [(_("the next best, nearly as good"), proposal.runner_up), (_("nothing mandated"), proposal.without_mandate)]
    for label, other in rows:
        if other:
            names = ", ".join(map(_say, other.titles)) or "-"
            add(table, label, f"{other.score:g}", f"{other.coverage_index} %", names)
    return table


def _excluded(proposal: "Proposal") -> "Table":
    table = new_table(_("Not chosen"), _("Service"), _("Code"), _("Why"))
    for item in proposal.excluded:
        if item.needs:
            add(table, _say(item.title), item.code, _say(item.reason))
    return table


def _costs(proposal: "Proposal") -> "Table":
    table = new_table(_("What it costs (* estimate)"), _("What"), _("€ a month"), _("€ once"), _("Source"))
    for line in proposal.costs.lines:
        label = _say(line.label) + (" *" if line.estimate else "")
        source = f"{line.how}. {_say(line.source)}" if line.how else _say(line.source)
        if not line.counted:
            label += " " + (_("(not counted)") if line.kind == "energy" else _("(not counted: others pay)"))
        add(table, label, f"{line.monthly_eur:.2f}", f"{line.one_off_eur:.2f}", source)
    return table


def _say(text: "Text") -> str:
    return text.in_language(language())
