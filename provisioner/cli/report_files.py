"""The files of the papers: which endings each has, written one by one and atomically."""

import json
from pathlib import Path

from provisioner.documents.board import board_paper
from provisioner.documents.figures import grouped
from provisioner.documents.names import CSV_PAPERS, DATA_PAPERS, file_name
from provisioner.documents.page import index_page, page
from provisioner.documents.paper import Paper
from provisioner.documents.papers import CSV, DATA, PAPERS
from provisioner.documents.pdf import pdf
from provisioner.documents.tools import name_of
from provisioner.documents.words import say
from provisioner.errors import ProvisionerError
from provisioner.host.layout import write as write_atomically
from provisioner.i18n import _
from provisioner.models.proposal import Proposal

BOTH = ("fr", "en")


def write_file(proposal: Proposal, paper: Paper, language: str, ending: str, path: Path) -> Path:
    """Write one paper in one language to a file: html, pdf, csv or json. Raise ProvisionerError when it cannot be."""
    content: str | bytes
    if ending == "pdf":
        content = pdf(paper, language)
    elif ending == "csv":
        content = "\ufeff" + CSV[paper.name](proposal, language)
    elif ending == "json":
        data = DATA[paper.name](proposal).model_dump(mode="json", exclude_none=True)
        content = json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    else:
        content = page(paper, language)
    try:
        write_atomically(path, content)
    except OSError as error:
        text = _("{path} cannot be written: {reason}").format(path=path, reason=error.strerror)
        raise ProvisionerError(text, hint=_("Choose another place with -o.")) from error
    return path


def write_paper(proposal: Proposal, paper: Paper, folder: Path, languages: tuple[str, ...] = BOTH) -> list[Path]:
    """Write one paper in every form it has, HTML first so that it is there even when PDF cannot be made."""
    endings = ["html", *(["csv"] if paper.name in CSV_PAPERS else []), "pdf"]
    found = [
        write_file(proposal, paper, language, ending, folder / file_name(paper.name, language, ending))
        for ending in endings[:-1]
        for language in languages
    ]
    if paper.name in DATA_PAPERS:
        found.append(write_file(proposal, paper, "en", "json", folder / file_name(paper.name, "en", "json")))
    return found + [
        write_file(proposal, paper, language, "pdf", folder / file_name(paper.name, language, "pdf"))
        for language in languages
    ]


def write_all(proposal: Proposal, folder: Path, meeting: str = "") -> tuple[Path, int]:
    """Write all papers and their index. Return the index and how many files there are.

    Without the libraries for PDF all else is written, index included, before the error is raised.
    """
    files: dict[str, list[Path]] = {}
    failure: ProvisionerError | None = None
    for name, make in PAPERS.items():
        paper = board_paper(proposal, meeting) if name == "board" else make(proposal)
        try:
            files[name] = write_paper(proposal, paper, folder)
        except ProvisionerError as error:
            failure = error
            files[name] = [path for path in _expected(name, folder) if path.exists() and path.suffix != ".pdf"]
    index = folder / "index.html"
    write_atomically(index, _index(proposal, files))
    if failure:
        raise failure
    return index, 1 + sum(map(len, files.values()))


def _expected(name: str, folder: Path) -> list[Path]:
    return [folder / file_name(name, language, ending) for ending in ("html", "csv", "json") for language in BOTH]


def _index(proposal: Proposal, files: dict[str, list[Path]]) -> str:
    rows = []
    for name, paths in files.items():
        links = {language: _links(name, language, paths) for language in BOTH}
        rows.append((say(f"paper_{name}"), links))
    return index_page(say("index_title", name=name_of(proposal)), rows)


def _links(name: str, language: str, paths: list[Path]) -> list[tuple[str, str]]:
    """Return the files of one paper in one language; data for scripts has no language and is in both lists."""
    wanted = {file_name(name, language, ending) for ending in ("html", "pdf", "csv")} | {file_name(name, "en", "json")}
    return [(_label(path), path.name) for path in paths if path.name in wanted]


def _label(path: Path) -> str:
    return f"{path.suffix[1:].upper()} ({grouped(max(1, path.stat().st_size // 1024), 'en')} kB)"
