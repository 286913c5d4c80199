"""provisioner report"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import print_json
from provisioner.cli.common import Day
from provisioner.cli.match_offer import read_plan
from provisioner.errors import InputError
from provisioner.i18n import _, language, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable

    from provisioner.documents.paper import Paper
    from provisioner.models.proposal import Proposal

LANGUAGES = {"fr": ("fr",), "en": ("en",), "both": ("fr", "en")}

plan_argument = click.argument("plan", type=click.Path(path_type=Path))
language_option = click.option(
    "--language",
    "wanted",
    type=click.Choice(list(LANGUAGES)),
    help="Default: both in a folder, else that of the messages.",
)
folder_option = click.option(
    "-o", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write all files of the paper here."
)
html_option = click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write one HTML file.")
pdf_option = click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write one PDF file.")
csv_option = click.option("--csv", type=click.Path(dir_okay=False, path_type=Path), help="Write one CSV file.")
json_option = click.option("--json", "as_json", is_flag=True, help="For scripts: JSON on standard output.")
meeting_option = click.option(
    "--meeting", type=Day(), metavar="DATE", help="Day of the board meeting, printed on the page."
)


@click.group(short_help="Print the page for the board and the papers around a plan.")
def command() -> None:
    """The papers around a plan: what a board votes on, and what comes with it. PLAN comes from `provisioner match`.

    \b
    Example:
      provisioner match profile.yaml --save plan.json
      provisioner report board plan.json
    """


@command.command("board")
@plan_argument
@language_option
@html_option
@pdf_option
@folder_option
@meeting_option
def board(plan: Path, wanted: str | None, folder: Path | None, meeting: Any, **files: Path | None) -> None:
    """Write the page a board votes on: one side of A4, as HTML and PDF, in French and English.

    \b
    Example:
      provisioner report board plan.json --meeting 2026-04-03
      provisioner report board plan.json --language fr --pdf page.pdf
    """
    from provisioner.documents.board import board_paper

    proposal = read_plan(plan)
    paper = board_paper(proposal, f"{meeting:%Y-%m-%d}" if meeting else "")
    if any(files.values()):
        _single(proposal, paper, _one(wanted), files)
    else:
        _told(_folder_files(proposal, paper, folder or plan.parent, LANGUAGES[wanted or "both"]))
    click.echo(_("Next: print it and vote; all other papers: provisioner report all {plan}").format(plan=plan))


@command.command("all")
@plan_argument
@folder_option
@meeting_option
def all_(plan: Path, folder: Path | None, meeting: Any) -> None:
    """Write every paper in French and English, as HTML, PDF, CSV and JSON, with an index to begin from.

    \b
    Example:
      provisioner report all plan.json -o papers
    """
    from provisioner.cli.report_files import write_all

    proposal = read_plan(plan)
    index, count = write_all(proposal, folder or plan.parent, f"{meeting:%Y-%m-%d}" if meeting else "")
    text = ngettext("{count} file written.", "{count} files written.", count)
    click.echo(text.format(count=count))
    click.echo(_("Next: open {path}").format(path=index))


def _add_paper(name: str, help_text: str) -> None:
    """Add the command of one paper that is read on the terminal or written to files."""
    from provisioner.documents.names import CSV_PAPERS, DATA_PAPERS

    def show(plan: Path, wanted: str | None, folder: Path | None, as_json: bool = False, **files: Path | None) -> None:
        from provisioner.documents.markdown import markdown
        from provisioner.documents.papers import DATA, PAPERS

        proposal = read_plan(plan)
        paper = PAPERS[name](proposal)
        if as_json:
            print_json(DATA[name](proposal).model_dump(mode="json", exclude_none=True))
        elif folder:
            _told(_folder_files(proposal, paper, folder, LANGUAGES[wanted or "both"]))
        elif any(files.values()):
            _single(proposal, paper, _one(wanted), files)
        else:
            for spoken in LANGUAGES[wanted or language()]:
                click.echo(markdown(paper, spoken))
            click.echo(_("Next: as files, with -o FOLDER, --html FILE or --pdf FILE"), err=True)

    options = [language_option, html_option, pdf_option, folder_option]
    options += [csv_option] if name in CSV_PAPERS else []
    options += [json_option] if name in DATA_PAPERS else []
    made: Callable[..., None] = show
    for option in [*reversed(options), plan_argument]:
        made = option(made)
    made.__doc__ = f"{help_text}\n\n\b\nExample:\n  provisioner report {name} plan.json"
    command.command(name)(made)


_add_paper("roadmap", "Print the road map: phases with what must be true before the next, and the way back.")
_add_paper("training", "Print the training plan: who learns what, hours, one sheet to print per role.")
_add_paper("channels", "Print the register of ways without a screen, and the role that holds each.")
_add_paper("forecast", "Print the cost forecast: once, each month, hours of volunteers, today's cost.")
_add_paper("charter", "Print the rules of use: one page to read together.")
_add_paper("annex", "Print the technical annex: every number, so that the plan can be computed by hand.")


def _one(wanted: str | None) -> str:
    if wanted == "both":
        raise InputError(_("one file holds one language"), hint=_("Choose --language fr or en, or write to -o FOLDER."))
    return wanted or language()


def _single(proposal: "Proposal", paper: "Paper", spoken: str, files: dict[str, Path | None]) -> None:
    from provisioner.cli.report_files import write_file

    for ending, path in files.items():
        if path:
            write_file(proposal, paper, spoken, ending, path)
            _told([path])


def _folder_files(proposal: "Proposal", paper: "Paper", folder: Path, languages: tuple[str, ...]) -> list[Path]:
    from provisioner.cli.report_files import write_paper

    return write_paper(proposal, paper, folder, languages)


def _told(paths: list[Path]) -> None:
    for path in paths:
        click.echo(_("Written: {path}").format(path=path))
