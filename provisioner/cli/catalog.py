"""provisioner catalog"""

from pathlib import Path
from typing import Any

import click

from provisioner.catalog import CatalogEntry, is_outline, load_catalog, load_entry, load_outline
from provisioner.cli import print_json
from provisioner.cli.catalog_prove import command as prove
from provisioner.cli.common import catalog_option, json_option, print_table
from provisioner.errors import Finding, InputError
from provisioner.i18n import _, language, ngettext
from provisioner.load import Document, load_yaml, model_from
from provisioner.matching.data import load_rules
from provisioner.models.base import Model
from provisioner.models.matching import Taxonomy, Tools, Weights
from provisioner.models.prices import Prices
from provisioner.models.service import Outline
from provisioner.paths import data_dir

DATA_MODELS: dict[str, type[Model]] = {
    "needs.yaml": Taxonomy, "tools.yaml": Tools, "prices.yaml": Prices, "weights.yaml": Weights,
}  # fmt: skip


@click.group(short_help="List, show and check the services.")
def command() -> None:
    """The services that can be deployed: one folder each, two files, no code."""


command.add_command(prove)


@command.command("list")
@json_option
@catalog_option
def list_(as_json: bool, catalog_dir: Path | None) -> None:
    """List the services with version, needs and how far each was tried; then those known for matching only.

    \b
    Example:
      provisioner catalog list
    """
    from rich.table import Table

    catalog = load_catalog(catalog_dir)
    rows = [_row(entry) for entry in catalog.services.values()]
    known = [_outline_row(outline) for outline in catalog.outlines.values()]
    if as_json:
        print_json({"services": rows, "outlines": known, "building_blocks": catalog.blocks})
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in (_("Service"), _("Version"), _("Licence"), _("Needs"), _("Tried with")):
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(row["name"], row["version"], row["license"], ", ".join(row["needs"]) or "-", row["tried"])
    print_table(table)
    if known:
        click.echo("\n" + click.style(_("Known for matching, not deployable yet:"), bold=True))
        table = Table(box=None, pad_edge=False, header_style="bold")
        for title in (_("Service"), _("Licence"), _("Needs")):
            table.add_column(title, overflow="fold")
        for row in known:
            table.add_row(row["name"], row["license"], ", ".join(row["needs"]) or "-")
        print_table(table)
    click.echo("\n" + _("Building blocks: {names}").format(names=", ".join(catalog.blocks)))
    click.echo(_("Next: provisioner catalog show NAME"))


def _outline_row(outline: Outline) -> dict[str, Any]:
    return {
        "name": outline.name, "title": outline.title, "license": outline.license, "needs": sorted(outline.needs),
    }  # fmt: skip


def _row(entry: CatalogEntry) -> dict[str, Any]:
    tried = {upstream.tried for upstream in entry.service.upstream.values()}
    order = ("nothing", "contract only", "stand-in", "upstream")
    return {
        **_outline_row(entry.service), "version": entry.version, "tried": next(word for word in order if word in tried),
    }  # fmt: skip


@command.command("show")
@click.argument("service")
@json_option
@catalog_option
def show(service: str, as_json: bool, catalog_dir: Path | None) -> None:
    """Show what a service is, what it covers and why so well, what it takes and what may be set.

    \b
    Example:
      provisioner catalog show etherpad
    """
    catalog = load_catalog(catalog_dir)
    about = catalog.outline(service)
    entry = catalog.services.get(service)
    if as_json:
        more = {"version": entry.version, "images": entry.images} if entry else {}
        print_json({"deployable": entry is not None, **more, **about.model_dump(by_alias=True)})
        return
    version = f" {entry.version}" if entry else ""
    click.echo(f"{about.title}{version} ({about.license}) {about.homepage}")
    click.echo(about.summary.in_language(language()))
    if not entry:
        click.echo(_("Known for matching, but it cannot be deployed yet: the catalog has no compose.yaml for it."))
    _show_matching(about)
    if entry:
        _show_deployment(entry)
    for name, upstream in about.upstream.items():
        text = _("  {image}: tried with {tried}; {evidence}")
        if upstream.tried == "nothing":
            text = _("  {image}: not tried; {evidence}")
        click.echo(text.format(image=name, tried=upstream.tried, evidence=upstream.evidence))


def _show_matching(about: Outline) -> None:
    for need, coverage in about.needs.items():
        text = _("  covers {need}: quality {quality}, needs the skill level {skill}. {reason}")
        values = {"need": need, "quality": coverage.quality, "skill": coverage.min_skill, "reason": coverage.reason}
        click.echo(text.format(**values).rstrip())
    resources, figures = about.resources, about.matching
    text = _("  takes {memory} MB of memory, and {per} MB per person at the same time; {disk} GB of disk ({source})")
    per, memory, disk = resources.memory_mb_per_concurrent_user, resources.memory_mb, resources.disk_gb
    click.echo(text.format(memory=memory, per=per, disk=disk, source=resources.source))
    for name, origin in resources.origins.items():
        click.echo(f"    {name}: {origin.kind}, {origin.date}. {origin.note}")
    text = _("  asks {minutes} minutes of care a month and {hours} h of learning per person ({source})")
    minutes, hours = figures.admin_minutes_per_month, figures.training_hours
    click.echo(text.format(minutes=minutes, hours=hours, source=figures.source))
    for label, names in ((_("  requires: {names}"), figures.requires), (_("  excludes: {names}"), figures.conflicts)):
        if names:
            click.echo(label.format(names=", ".join(names)))
    if about.license_scope:
        click.echo(_("  not in the free edition: {text}").format(text=about.license_scope))
    for export in about.exports:
        text = _("  way out: {format}, {how} (tried)") if export.tried else _("  way out: {format}, {how} (not tried)")
        click.echo(text.format(format=export.format, how=export.how))


def _show_deployment(entry: CatalogEntry) -> None:
    for container, value in entry.compose.services.items():
        click.echo(_("  container {name}: {image}").format(name=container, image=value.image))
    for name, setting in entry.service.settings.items():
        help_ = setting.help.in_language(language())
        click.echo(
            _("  setting {name} (default '{default}'): {help}").format(name=name, default=setting.default, help=help_)
        )
    for key, reason in entry.service.waivers.items():
        click.echo(_("  waiver {key}: {reason}").format(key=key, reason=reason))


@command.command("check")
@click.argument("services", nargs=-1)
@json_option
@catalog_option
def check(services: tuple[str, ...], as_json: bool, catalog_dir: Path | None) -> None:
    """Check entries: schema, cross-checks of the two files, Compose's own reading, hardening, licence, needs, GDPR.

    All findings at once.

    \b
    Example:
      provisioner catalog check etherpad
    """
    from provisioner.compose_valid import compose_here

    root = catalog_dir or data_dir("catalog")
    read_by_compose = compose_here()
    findings = check_catalog(root, services, with_compose=read_by_compose)
    if as_json:
        print_json({"findings": [vars(finding) for finding in findings], "read_by_compose": read_by_compose})
    elif not read_by_compose:
        click.echo(_("Docker Compose is not here: what it would say of compose.yaml was not asked."), err=True)
    if findings:
        raise InputError(_("{count} findings in the catalog.").format(count=len(findings)), [] if as_json else findings)
    if not as_json:
        count = len(services) or len(list(root.glob("*/service.yaml")))
        text = ngettext(
            "{count} service checked: nothing to report.", "{count} services checked: nothing to report.", count
        )
        click.echo(text.format(count=count))
        if not services:
            click.echo(hardening_line(root))


def hardening_line(root: Path) -> str:
    """Return, in one line, how many containers of a catalog without errors obey the hardening rules."""
    from provisioner.hardening.count import both, count_rules

    counts = count_rules(load_catalog(root).services.values())
    total = counts[0]["of"] if counts else 0
    kept = sum(not count["waived"] for count in counts)
    text = _(
        "{total} containers: {kept} of {rules} hardening rules hold in all of them, the others with waivers; "
        "{both} ({percent} %) are neither root nor able to write outside their volumes."
    )
    percent = 100 * both(counts) // total if total else 100
    return text.format(total=total, kept=kept, rules=len(counts), both=both(counts), percent=percent)


def check_catalog(root: Path, names: tuple[str, ...], with_compose: bool = False) -> list[Finding]:
    """Given a catalog folder and names (none: all, and the data files), return every finding.

    `with_compose` lets Docker Compose read each compose.yaml too; it must be here then.
    """
    data, findings = _load_data(root)
    known = set(data["needs.yaml"].data["needs"]) if "needs.yaml" in data else set(load_rules().taxonomy.needs)
    folders = sorted(path.parent for path in root.glob("*/service.yaml"))
    services = {folder.name for folder in folders}
    covered: set[str] = set()
    for folder in [root / name for name in names] or folders:
        try:
            found, about = _check_folder(folder, known, services, with_compose)
            findings += found
            covered |= set(about.needs)
        except InputError as error:
            findings += error.findings
            covered |= known
    return findings if names else [*findings, *_check_data(data, known, covered)]


def _check_folder(
    folder: Path, known: set[str], services: set[str], with_compose: bool
) -> tuple[list[Finding], Outline]:
    from provisioner.catalog_check import check_entry
    from provisioner.catalog_check_outline import check_outline
    from provisioner.compose_valid import check_with_compose

    if is_outline(folder):
        outline, document = load_outline(folder)
        return check_outline(outline, document, known, services), outline
    entry = load_entry(folder)
    findings = check_entry(entry, known, services)
    return [*findings, *(check_with_compose(entry) if with_compose else [])], entry.service


def _load_data(root: Path) -> tuple[dict[str, Document], list[Finding]]:
    """Return the data files of this folder that are right, and the findings of those that are not."""
    documents: dict[str, Document] = {}
    findings: list[Finding] = []
    for name, model in DATA_MODELS.items():
        if (root / name).is_file():
            try:
                documents[name] = load_yaml(root / name)
                model_from(documents[name], model)
            except InputError as error:
                documents.pop(name, None)
                findings += error.findings
    return documents, findings


def _check_data(data: dict[str, Document], known: set[str], covered: set[str]) -> list[Finding]:
    from provisioner.catalog_check_data import check_taxonomy, check_tools

    findings: list[Finding] = []
    if document := data.get("tools.yaml"):
        findings += check_tools(model_from(document, Tools), document, known)
    if document := data.get("needs.yaml"):
        findings += check_taxonomy(model_from(document, Taxonomy), document, covered)
    return findings


@command.command("schema")
@click.argument(
    "name", type=click.Choice(["service", "outline", "stack", "plan", "gdpr", "vocabulary"]), default="service"
)
def schema(name: str) -> None:
    """Print the JSON Schema of service.yaml (outline: without compose.yaml) or stack.yaml, for editors.

    \b
    Example:
      provisioner catalog schema service > service.schema.json
    """
    from provisioner.schema import schema_text

    click.echo(schema_text(name), nl=False)
