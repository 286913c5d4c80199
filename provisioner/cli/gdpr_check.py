"""provisioner gdpr check"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, json_option, load_all, print_table, stacks_argument
from provisioner.i18n import _, language
from provisioner.unwritten import told

if TYPE_CHECKING:
    from rich.table import Table

    from provisioner.gdpr.facts import Facts
    from provisioner.models.requirements import Row

COLOURS = {"ok": "green", "missing": "bold red", "na": "dim", "unknown": "yellow"}


@click.command(short_help="One verdict for each requirement, with evidence.")
@stacks_argument
@click.option("--offline", is_flag=True, help="Ask no host: what only a host can tell is then not measured.")
@click.option("--html", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
              help="Write pages for the board and for the admin there, in French and English.")  # fmt: skip
@json_option
@catalog_option
def command(
    stacks: tuple[Path, ...], offline: bool, html: Path | None, as_json: bool, catalog_dir: Path | None
) -> None:
    """Give one verdict for each of 25 requirements: in order, missing, not applicable, or not measured.

    Each verdict has its evidence and the next step. What no program can see is told as what a person must look at;
    once gdpr.yaml says who looked and when, it counts for a year. Not legal advice.

    Exit code 0: all in order; 1: something is missing; 3: something could not be measured.

    \b
    Example:
      provisioner gdpr check
      provisioner gdpr check --offline --html documents
    """
    from provisioner.gdpr.check import check, exit_code
    from provisioner.gdpr.gather import gather

    bundles, catalog = load_all(stacks, catalog_dir)
    found = [(facts, check(facts)) for facts in gather(bundles, catalog, offline)]
    files = [path for facts, rows in found for path in _pages(html, facts, rows)] if html else []
    if as_json:
        print_json({"stacks": [_data(facts, rows) for facts, rows in found], "files": [str(path) for path in files]})
    else:
        for facts, rows in found:
            _show(facts, rows)
        for path in files:
            click.echo(_("Written: {path}").format(path=path))
    sys.exit(exit_code([row for _facts, rows in found for row in rows]))


def _data(facts: "Facts", rows: "list[Row]") -> dict[str, object]:
    return {
        "association": facts.stack.association.id, "taken": facts.now.isoformat(timespec="seconds"),
        "host": facts.stack.host.name, "host_asked": facts.host is not None,
        "rows": [row.model_dump(mode="json") for row in rows],
    }  # fmt: skip


def _show(facts: "Facts", rows: "list[Row]") -> None:
    from provisioner.gdpr.check_page import counts
    from provisioner.gdpr.told import words

    click.echo(click.style(facts.stack.association.name, bold=True))
    print_table(_table(rows))
    click.echo(counts(rows).in_language(language()).replace("**", ""))
    click.echo(words().page["foot"].in_language(language()))


def _table(rows: "list[Row]") -> "Table":
    from rich.table import Table
    from rich.text import Text

    from provisioner.gdpr.told import requirements, words

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("", _("Requirement"), _("Verdict"), _("Evidence and next step")):
        table.add_column(title, overflow="fold")
    for number, row in enumerate(rows, 1):
        said = " ".join(text.in_language(language()) for text in row.evidence)
        step = f" -> {row.next}" if row.next else ""
        verdict = words().verdicts[row.verdict].in_language(language())
        title = requirements()[row.id].title.in_language(language())
        table.add_row(str(number), title, Text(verdict, COLOURS[row.verdict]), said + step)
    return table


def _pages(folder: Path, facts: "Facts", rows: "list[Row]") -> list[Path]:
    """Write the four pages of one stack. Raise ProvisionerError when they cannot be written."""
    from provisioner.documents.page import page
    from provisioner.gdpr.check_page import admin_paper, board_paper
    from provisioner.host.layout import write

    written = []
    for paper in (board_paper(facts, rows), admin_paper(facts, rows)):
        for spoken in ("fr", "en"):
            path = folder / f"{paper.name}-{facts.stack.association.id}-{paper.created}.{spoken}.html"
            with told(path, _("Choose another folder.")):
                folder.mkdir(parents=True, exist_ok=True)
                write(path, page(paper, spoken), 0o600)
            written.append(path)
    return written
