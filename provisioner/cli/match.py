"""provisioner match: from a needs profile to a proposal, as a table for people or JSON for `init` and scripts."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import print_json
from provisioner.errors import ProvisionerError
from provisioner.i18n import _, language

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from provisioner.models.proposal import Covered, Proposal

WIDTH = 100


@click.command(name="match")
@click.argument("profile", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the proposal as JSON.")
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path), help="Write the proposal as JSON for `init`.")
@click.option(
    "--images", type=click.Choice(["auto", "registry", "build"]), default="auto", show_default=True,
    help="Where images may come from; services without an image are left out.",
)  # fmt: skip
@click.option("--catalog", "folder", type=click.Path(file_okay=False, path_type=Path), help="Another catalog folder.")
def command(profile: Path, as_json: bool, save: Path | None, images: str, folder: Path | None) -> None:
    """Propose the services people will really use, from a needs profile.

    \b
    Example:
      provisioner match examples/profiles/demo-association.yaml --save proposal.json
      provisioner init proposal.json --domain asso.example
    """
    proposal = _proposal(profile, images, folder)
    if save:
        _save(proposal, save)
    if as_json:
        print_json(proposal.model_dump(mode="json"))
    else:
        show(proposal, _console(), save)


def _proposal(path: Path, images: str, folder: Path | None) -> "Proposal":
    from provisioner.catalog import load_catalog
    from provisioner.images import available
    from provisioner.match import match_
    from provisioner.match_candidates import Offer, candidate_from_service
    from provisioner.match_data import load_rules
    from provisioner.profile_rules import load_profile

    profile = load_profile(path)
    catalog, rules = load_catalog(folder), load_rules(folder)
    offer = Offer(
        candidates=[candidate_from_service(entry.service) for entry in catalog.services.values()],
        sso=rules.weights.single_sign_on,
        available=frozenset(available(catalog, images)),
        catalog_version=catalog.digest,
        images=images,
    )
    return match_(profile, offer, rules, hashlib.sha256(path.read_bytes()).hexdigest())


def _save(proposal: "Proposal", path: Path) -> None:
    try:
        path.write_text(proposal.model_dump_json(indent=2) + "\n", "utf-8")
    except OSError as error:
        text = _("the proposal cannot be written to {path}: {reason}").format(path=path, reason=error.strerror)
        raise ProvisionerError(text, hint=_("Choose another place with --save.")) from error


def _console() -> "Console":
    from rich.console import Console

    console = Console(highlight=False)
    return Console(highlight=False, width=min(console.width, WIDTH) if console.is_terminal else WIDTH)


def show(proposal: "Proposal", console: "Console", saved: Path | None) -> None:
    """Print a proposal for people: chosen, kept, not covered, not chosen, totals, next step."""
    name = proposal.profile.public_name or proposal.profile.id
    console.print(_("Proposal for {name}").format(name=name), style="bold", markup=False)
    console.print(proposal.decision.reason.in_language(language()), markup=False)
    for table in _tables(proposal):
        if table.row_count:
            console.print()
            console.print(table)
    for warning in proposal.warnings:
        console.print(_("Note: {text}").format(text=warning.in_language(language())), markup=False)
    console.print()
    console.print(_next_step(proposal, saved), markup=False, soft_wrap=True)


def _tables(proposal: "Proposal") -> list["Table"]:
    spoken = language()
    chosen = _table(_("Services to deploy"), _("Service"), _("Need"), _("Quality"), _("Reach"), _("Why"))
    for item in proposal.chosen:
        _add_covers(chosen, item.title.in_language(spoken), item.covers, item.reason.in_language(spoken))
    kept = _table(_("What you keep"), _("Tool"), _("Need"), _("Quality"), _("Reach"), _("Why"))
    for tool in proposal.kept:
        _add_covers(kept, tool.title.in_language(spoken), tool.covers, tool.reason.in_language(spoken))
    dropped = _table(_("What you leave"), _("Tool"), _("Why"))
    for tool in proposal.dropped:
        _add(dropped, tool.title.in_language(spoken), tool.reason.in_language(spoken))
    gaps = _table(_("Not covered"), _("Need"), _("Priority"), _("Code"), _("Why"))
    for gap in proposal.not_covered:
        _add(gaps, gap.label.in_language(spoken), _priority(gap.priority), gap.code, gap.reason.in_language(spoken))
    excluded = _table(_("Not chosen"), _("Service"), _("Code"), _("Why"))
    for other in proposal.excluded:
        if other.needs:
            _add(excluded, other.title.in_language(spoken), other.code, other.reason.in_language(spoken))
    return [chosen, kept, dropped, gaps, excluded, _totals(proposal)]


def _totals(proposal: "Proposal") -> "Table":
    totals = proposal.totals
    table = _table(_("Totals"), _("What"), _("Used"), _("Limit"))
    rows = [
        (_("Memory at the busiest moment"), totals.memory_mb, "MB"),
        (_("Disk"), totals.disk_gb, "GB"),
        (_("Care, each month"), totals.admin_minutes, "min"),
        (_("Price of kept tools, each month"), totals.monthly_eur, "€"),
        (_("Everyday tools"), totals.community_tools, ""),
        (_("Tools in all"), totals.tools, ""),
    ]
    for label, total, unit in rows:
        _add(table, label, f"{round(total.used, 1):g} {unit}".strip(), f"{round(total.limit, 1):g} {unit}".strip())
    target = _("target {percent} %").format(percent=proposal.target_index)
    _add(table, _("Coverage index: needs people can really use"), f"{proposal.coverage_index} %", target)
    _add(table, _("Score of the choice"), f"{proposal.score:g}", "")
    return table


def _table(title: str, *columns: str) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False, expand=False)
    for number, column in enumerate(columns):
        figures = column in (_("Quality"), _("Reach"), _("Used"), _("Limit"))
        one_line = figures or (number == 1 and _("Quality") in columns)
        table.add_column(
            column, justify="right" if figures else "left", no_wrap=one_line, overflow="fold",
            min_width=10 if number == 0 else None,
        )  # fmt: skip
    return table


def _add_covers(table: "Table", name: str, covers: Iterable["Covered"], reason: str) -> None:
    rows = [(item.label.in_language(language()), f"{item.quality} %", f"{item.reach} %") for item in covers]
    if not rows:
        _add(table, name, "-", "", "", reason)
        return
    needs, qualities, reaches = ("\n".join(column) for column in zip(*rows, strict=True))
    _add(table, name, needs, qualities, reaches, reason)


def _add(table: "Table", *cells: str) -> None:
    from rich.text import Text as Plain

    table.add_row(*[Plain(cell) for cell in cells])


def _priority(priority: str) -> str:
    names: dict[str, Any] = {"must": _("must"), "should": _("should"), "could": _("could")}
    return str(names[priority])


def _next_step(proposal: "Proposal", saved: Path | None) -> str:
    if not proposal.chosen:
        return _("Nothing to deploy. Change the profile and run `provisioner match` again.")
    if saved:
        return _("Next, when the board agrees: provisioner init {path} --domain YOUR-DOMAIN").format(path=saved)
    return _("Next, when the board agrees: the same with --save proposal.json, then provisioner init proposal.json")
