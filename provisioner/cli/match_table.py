"""A plan for people, short: what is chosen, kept, left and open, what it takes, what to do next."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.cli.match_explain import explanations, others
from provisioner.cli.match_grid import add, new_table
from provisioner.i18n import _, language

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from provisioner.models.proposal import Covered, Proposal


def show(proposal: "Proposal", screen: "Console", saved: Path | None, *, explained: bool) -> None:
    """Print a plan for people; with `explained`, the long parts too."""
    name = proposal.profile.public_name or proposal.profile.id
    screen.print(_("Proposal for {name}").format(name=name), style="bold", markup=False)
    screen.print(proposal.decision.reason.in_language(language()), markup=False)
    free = [others(proposal)] if proposal.without_mandate else []
    for table in [*_tables(proposal), *free, *(explanations(proposal) if explained else [])]:
        if table.row_count:
            screen.print()
            screen.print(table)
    if proposal.fleet:
        screen.print(proposal.fleet.sentence.in_language(language()), markup=False)
    for warning in proposal.warnings:
        screen.print(_("Note: {text}").format(text=warning.in_language(language())), markup=False)
    screen.print()
    screen.print(_proof(proposal, explained=explained), markup=False)
    screen.print(_next_step(proposal, saved), markup=False, soft_wrap=True)


def _tables(proposal: "Proposal") -> list["Table"]:
    spoken = language()
    chosen = new_table(_("Services to deploy"), _("Service"), _("Need"), _("Quality"), _("Reach"), _("Replaces"))
    for item in proposal.chosen:
        title = item.title.in_language(spoken) + ("" if item.deployable else " *")
        replaced = ", ".join(text.in_language(spoken) for text in item.replaced)
        _add_covers(chosen, title, item.covers, replaced or (_("mandated") if item.mandated else ""))
    kept = new_table(_("What you keep"), _("Tool"), _("Need"), _("Quality"), _("Reach"), _("Why"))
    for tool in proposal.kept:
        _add_covers(kept, tool.title.in_language(spoken), tool.covers, tool.reason.in_language(spoken))
    dropped = new_table(_("What you leave"), _("Tool"), _("Why"))
    for tool in proposal.dropped:
        add(dropped, tool.title.in_language(spoken), tool.reason.in_language(spoken))
    gaps = new_table(_("Not covered"), _("Need"), _("Priority"), _("Code"), _("Why"))
    for gap in proposal.not_covered:
        reason = gap.reason.in_language(spoken)
        add(gaps, gap.label.in_language(spoken), _priority(gap.priority), gap.code, reason)
    return [chosen, kept, dropped, gaps, _totals(proposal)]


def _totals(proposal: "Proposal") -> "Table":
    totals = proposal.totals
    table = new_table(_("Totals"), _("What"), _("Used"), _("Limit"))
    rows = [
        (_("Memory at the busiest moment"), totals.memory_mb, _("MB")),
        (_("Disk"), totals.disk_gb, _("GB")),
        (_("Care, each month"), totals.admin_minutes, "min"),
        (_("Price, each month"), totals.monthly_eur, "€"),
        (_("Everyday tools"), totals.community_tools, ""),
        (_("Tools in all"), totals.tools, ""),
    ]
    for label, total, unit in rows:
        add(table, label, f"{_figure(total.used)} {unit}".strip(), f"{_figure(total.limit)} {unit}".strip())
    target = _("target {percent} %").format(percent=proposal.target_index)
    add(table, _("Coverage index: needs people can really use"), f"{proposal.coverage_index} %", target)
    add(table, _("Score of the choice"), f"{proposal.score:g}", "")
    return table


def _figure(amount: float) -> str:
    return str(round(amount)) if amount == round(amount) else f"{amount:.2f}"


def _add_covers(table: "Table", name: str, covers: Iterable["Covered"], reason: str) -> None:
    rows = [(item.label.in_language(language()), f"{item.quality} %", f"{item.reach} %") for item in covers]
    if not rows:
        add(table, name, "-", "", "", reason)
        return
    needs, qualities, reaches = ("\n".join(column) for column in zip(*rows, strict=True))
    add(table, name, needs, qualities, reaches, reason)


def _priority(priority: str) -> str:
    return {"must": _("must"), "should": _("should"), "could": _("could")}[priority]


def _proof(proposal: "Proposal", *, explained: bool) -> str:
    if proposal.verdict == "mandate_impossible":
        proof = _("Checked: no allowed choice has all that is mandated or kept.")
    elif proposal.proved_optimal:
        proof = _("Proved optimal: no allowed choice scores more. Every figure was computed a second time.")
    else:
        proof = _("Best choice found in the time there was. Every figure was computed a second time.")
    return proof if explained else proof + " " + _("Details: --explain.")


def _next_step(proposal: "Proposal", saved: Path | None) -> str:
    page = _("For the board: provisioner report board {path}").format(path=saved)
    if not saved:
        page = _("Next: the same with --save plan.json, then provisioner report board plan.json for the board.")
    if not proposal.chosen:
        return _("Nothing to deploy.") + "\n" + page
    if not all(item.deployable for item in proposal.chosen):
        return _("* cannot be deployed here yet. For what can be deployed today: --images auto.") + "\n" + page
    if not saved:
        return page
    return page + "\n" + _("When it agrees: provisioner init {path} --domain YOUR-DOMAIN").format(path=saved)
