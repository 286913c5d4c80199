"""provisioner drill"""

import sys
from pathlib import Path

import click

from provisioner.cli import print_json
from provisioner.cli.backup import stack_option
from provisioner.cli.common import catalog_option, json_option, load_all, print_table, say
from provisioner.i18n import _


@click.command(short_help="Restore for practice, and write a signed report.")
@click.argument("services", nargs=-1)
@stack_option
@click.option("--destination", default="", help="From this destination (default: another one each time).")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the report [default: drills/].")
@json_option
@catalog_option
def command(
    services: tuple[str, ...], stack: Path, destination: str, out: Path | None, as_json: bool, catalog_dir: Path | None
) -> None:
    """Restore the latest snapshot of each instance beside the live one, without network, read it, count, tear it down.

    The timer on the host does so by itself, one instance a night. Here the whole stack at once, with a page for the
    board and the report that the host signs with its own key.

    \b
    Example:
      provisioner drill
      provisioner drill wordpress --destination offsite
    """
    from provisioner.documents.drill import drill_page
    from provisioner.drills import drill, write_report

    [bundle], _catalog = load_all((stack,), catalog_dir)
    report, raw = drill(bundle, list(services), destination, say)
    folder = out or bundle.folder / "drills"
    files = write_report(folder, report, raw, drill_page(report, bundle.stack))
    if as_json:
        print_json({"report": report.model_dump(mode="json"), "files": [str(path) for path in files]})
    else:
        _show(report)
        click.echo(_("For the board: {page}. Signed by the host: {report}").format(page=files[2], report=files[0]))
    sys.exit(0 if report.ok else 1)


def _show(report: object) -> None:
    from rich.table import Table

    from provisioner.models.drill import DrillReport
    from provisioner.saving import reason_of

    assert isinstance(report, DrillReport)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in (_("Instance"), _("Restored"), _("Read"), _("Minutes"), _("Data lost at most"), _("Details")):
        table.add_column(title, overflow="fold")
    for item in report.instances:
        counted = ", ".join(f"{name} {number}" for name, number in item.counts.items())
        details = counted if item.ok else reason_of(f"{item.code}: {item.message}")
        read = _("yes") if item.marker else _("nothing was written yet: provisioner probe")
        table.add_row(
            item.instance, _("yes") if item.ok else _("NO"), read if item.ok else "-",
            str(round(item.rto_seconds / 60, 1)), _("{hours} h").format(hours=round(item.rpo_seconds / 3600, 1)),
            details,
        )  # fmt: skip
    print_table(table)
