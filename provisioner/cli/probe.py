"""provisioner probe"""

import sys
from pathlib import Path
from typing import Any

import click

from provisioner.cli import print_json, tell
from provisioner.cli.common import catalog_option, json_option, load_all, print_table
from provisioner.i18n import _


@click.command(short_help="Write and read a user's content in each service.")
@click.argument("stacks", nargs=-1, type=click.Path(path_type=Path))
@click.option("--service", "only", multiple=True, help="Only this service (may be given again).")
@click.option("--from-here", is_flag=True, help="Read it back from this machine too, over HTTPS by name.")
@json_option
@catalog_option
def command(
    stacks: tuple[Path, ...], only: tuple[str, ...], from_here: bool, as_json: bool, catalog_dir: Path | None
) -> None:
    """Write a marker through each application's own interface, over HTTPS by name, and read it back.

    \b
    Example:
      provisioner probe stack.yaml --service etherpad
    """
    from provisioner.outside import read_from_here
    from provisioner.remote import ask_all

    bundles, catalog = load_all(stacks, catalog_dir)
    answers, errors = ask_all(bundles, "probe", {"only": list(only)})
    results = {name: item for answer in answers.values() for name, item in answer["instances"].items()}
    if from_here:
        for name, outcome in read_from_here(bundles, catalog, results).items():
            results[name] = outcome
    if as_json:
        print_json({"instances": results, "unreachable": {host: error.message for host, error in errors.items()}})
    else:
        _show(results)
        for error in errors.values():
            tell(error)
    sys.exit(0 if results and not errors and all(item["ok"] for item in results.values()) else 1)


def _show(results: dict[str, dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in (_("Instance"), _("Written and read back"), _("Seconds"), _("Details")):
        table.add_column(title, overflow="fold")
    for name, item in sorted(results.items()):
        table.add_row(
            name, _("yes") if item["ok"] else _("NO"), str(item["seconds"]), item["message"] or item["marker"]
        )
    print_table(table)
