"""provisioner catalog"""

from pathlib import Path
from typing import Any

import click

from provisioner.catalog import CatalogEntry, load_catalog, load_entry
from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, json_option, print_table
from provisioner.errors import Finding, InputError
from provisioner.i18n import _, language, ngettext
from provisioner.paths import data_dir


@click.group(short_help="List, show and check the services.")
def command() -> None:
    """The services that can be deployed: one folder each, two files, no code."""


@command.command("list")
@json_option
@catalog_option
def list_(as_json: bool, catalog_dir: Path | None) -> None:
    """List the services with version, needs and how far each was tried.

    \b
    Example:
      provisioner catalog list
    """
    from rich.table import Table

    catalog = load_catalog(catalog_dir)
    rows = [_row(entry) for entry in catalog.services.values()]
    if as_json:
        print_json({"services": rows, "building_blocks": catalog.blocks})
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in (_("Service"), _("Version"), _("Licence"), _("Needs"), _("Tried with")):
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(row["name"], row["version"], row["license"], ", ".join(row["needs"]) or "-", row["tried"])
    print_table(table)
    click.echo(_("Building blocks: {names}").format(names=", ".join(catalog.blocks)))
    click.echo(_("Next: provisioner catalog show NAME"))


def _row(entry: CatalogEntry) -> dict[str, Any]:
    tried = {upstream.tried for upstream in entry.service.upstream.values()}
    order = ("contract only", "stand-in", "upstream")
    return {
        "name": entry.name, "title": entry.service.title, "version": entry.version, "license": entry.service.license,
        "needs": sorted(entry.service.needs), "tried": next(word for word in order if word in tried),
    }  # fmt: skip


@command.command("show")
@click.argument("service")
@json_option
@catalog_option
def show(service: str, as_json: bool, catalog_dir: Path | None) -> None:
    """Show what a service is, what it needs and what may be set.

    \b
    Example:
      provisioner catalog show etherpad
    """
    entry = load_catalog(catalog_dir).entry(service)
    about = entry.service
    if as_json:
        print_json({"version": entry.version, "images": entry.images, **about.model_dump(by_alias=True)})
        return
    click.echo(f"{about.title} {entry.version} ({about.license}) {about.homepage}")
    click.echo(about.summary.in_language(language()))
    for need, coverage in about.needs.items():
        text = _("  covers {need}: quality {quality}, needs the skill level {skill}")
        click.echo(text.format(need=need, quality=coverage.quality, skill=coverage.min_skill))
    resources = about.resources
    text = _("  takes {memory} MB of memory, and {per} MB per person at the same time; {disk} GB of disk ({source})")
    per, memory, disk = resources.memory_mb_per_concurrent_user, resources.memory_mb, resources.disk_gb
    click.echo(text.format(memory=memory, per=per, disk=disk, source=resources.source))
    for container, value in entry.compose.services.items():
        click.echo(_("  container {name}: {image}").format(name=container, image=value.image))
    for name, setting in about.settings.items():
        help_ = setting.help.in_language(language())
        click.echo(
            _("  setting {name} (default '{default}'): {help}").format(name=name, default=setting.default, help=help_)
        )
    for name, upstream in about.upstream.items():
        text = _("  {image}: tried with {tried}; {evidence}")
        click.echo(text.format(image=name, tried=upstream.tried, evidence=upstream.evidence))
    for key, reason in about.waivers.items():
        click.echo(_("  waiver {key}: {reason}").format(key=key, reason=reason))


@command.command("check")
@click.argument("services", nargs=-1)
@json_option
@catalog_option
def check(services: tuple[str, ...], as_json: bool, catalog_dir: Path | None) -> None:
    """Check entries: schema, cross-checks between the two files, hardening, pinned images. All findings at once.

    \b
    Example:
      provisioner catalog check etherpad
    """
    root = catalog_dir or data_dir("catalog")
    findings = check_catalog(root, services)
    if as_json:
        print_json({"findings": [vars(finding) for finding in findings]})
    if findings:
        raise InputError(_("{count} findings in the catalog.").format(count=len(findings)), [] if as_json else findings)
    if not as_json:
        count = len(services) or len(list(root.glob("*/service.yaml")))
        text = ngettext(
            "{count} service checked: nothing to report.", "{count} services checked: nothing to report.", count
        )
        click.echo(text.format(count=count))


def check_catalog(root: Path, names: tuple[str, ...]) -> list[Finding]:
    """Given a catalog folder and names (none: all), return every finding."""
    from provisioner.catalog_check import check_entry
    from provisioner.match_data import load_rules

    known = set(load_rules(root).taxonomy.needs)
    folders = [root / name for name in names] or sorted(path.parent for path in root.glob("*/service.yaml"))
    findings: list[Finding] = []
    for folder in folders:
        try:
            findings += check_entry(load_entry(folder), known)
        except InputError as error:
            findings += error.findings
    return findings


@command.command("schema")
@click.argument("name", type=click.Choice(["service", "stack"]), default="service")
def schema(name: str) -> None:
    """Print the JSON Schema of service.yaml or stack.yaml, for editors.

    \b
    Example:
      provisioner catalog schema service > service.schema.json
    """
    from provisioner.schema import schema_text

    click.echo(schema_text(name), nl=False)
