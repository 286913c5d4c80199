"""provisioner status"""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import print_json, status_backups, tell
from provisioner.cli.common import catalog_option, json_option, load_all, print_table, stacks_argument
from provisioner.i18n import _

if TYPE_CHECKING:
    from rich.table import Table

WELL = ("healthy", "removed")


@click.command(short_help="Tell how each instance is.")
@stacks_argument
@json_option
@catalog_option
def command(stacks: tuple[Path, ...], as_json: bool, catalog_dir: Path | None) -> None:
    """Tell per instance: version, health, URL, memory and disk used, last probe, backup and restore for practice.

    For monitoring: exit code 0 when all is well, 1 when an instance is not, 3 when a host does not answer.

    \b
    Example:
      provisioner status stack.yaml --json
    """
    from provisioner.remote import ask_all

    bundles, _catalog = load_all(stacks, catalog_dir)
    answers, errors = ask_all(bundles, "status", {})
    if as_json:
        print_json({"hosts": answers, "unreachable": {host: error.message for host, error in errors.items()}})
    else:
        print_table(table(answers))
        status_backups.show(answers)
        for error in errors.values():
            tell(error)
    items = [item for answer in answers.values() for item in answer["instances"].values()]
    well = all(item["health"] in WELL and item["probe"].get("ok", True) for item in items) and bool(items)
    sys.exit(3 if errors else 0 if well else 1)


def table(answers: dict[str, dict[str, Any]]) -> "Table":
    """Return the table of all instances of all hosts. Where all are of one association, its name is left out."""
    from rich.table import Table

    result = Table(box=None, pad_edge=False, header_style="bold")
    rows = [item for answer in answers.values() for item in sorted(answer["instances"].items())]
    several = len({name.partition("_")[0] for name, _item in rows}) > 1
    for title in (_("Instance"), _("Version"), _("Health"), _("URL"), _("Memory"), _("Disk"), _("Last probe")):
        result.add_column(title, overflow="fold", no_wrap=title not in (_("URL"), _("Instance")))
    for name, item in rows:
        shown = name if several else name.partition("_")[2]
        memory, disk = megabytes(item["memory_mb"]), megabytes(item["disk_mb"])
        health, probe = health_word(item["health"]), probe_word(item["probe"])
        result.add_row(shown, item["version"], health, item["url"], memory, disk, probe)
    return result


def megabytes(count: int) -> str:
    """Return a size in words people read."""
    return _("{count} MB").format(count=count)


def health_word(health: str) -> str:
    """Return a state of health in words people read."""
    words = {
        "healthy": _("healthy"), "starting": _("starting"), "unhealthy": _("UNHEALTHY"), "stopped": _("STOPPED"),
        "degraded": _("DEGRADED"), "closed": _("CLOSED"), "removed": _("removed"),
    }  # fmt: skip
    return words.get(health, health)


def probe_word(probe: dict[str, Any]) -> str:
    """Return what the last probe told and how long ago it was."""
    if not probe:
        return _("never")
    outcome = _("ok") if probe["ok"] else _("FAILED")
    return f"{outcome}, {status_backups.age(max(0.0, time.time() - probe['time']) / 3600)}"
