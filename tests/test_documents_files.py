"""provisioner report: the files it writes, what it prints, and what it says when something is wrong."""

import builtins
import json
import os
import re
import zlib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from documents_plans import EXAMPLE_A, EXAMPLE_B, EXAMPLE_C, board, plan

from provisioner.cli.report import command
from provisioner.documents import pdf as pdf_module
from provisioner.documents.charter import charter_paper
from provisioner.documents.paper import Paper
from provisioner.errors import InputError, ProvisionerError
from provisioner.i18n import choose_language


def has_pdf() -> bool:
    try:
        pdf_module._weasyprint()
    except ProvisionerError:
        return False
    return True


needs_pdf = pytest.mark.skipif(
    not has_pdf() and os.environ.get("CI") != "true", reason=f"apt-get install {pdf_module.LIBRARIES}"
)


@pytest.fixture(autouse=True)
def english() -> None:
    choose_language("en")


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    path.write_text(plan(EXAMPLE_A).text(), "utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(item) for item in arguments])


@needs_pdf
@pytest.mark.parametrize(
    ("paper", "language"),
    [
        (lambda: board(EXAMPLE_A), "fr"), (lambda: board(EXAMPLE_B), "fr"), (lambda: board(EXAMPLE_C), "en"),
        (lambda: board("08_all_needs_4gb"), "fr"), (lambda: charter_paper(plan(EXAMPLE_C)), "fr"),
    ],
)  # fmt: skip
def test_pdf_is_one_side_of_a4(paper: Any, language: str) -> None:
    from weasyprint import HTML

    made: Paper = paper()
    scale = pdf_module.print_scale(made, language)
    document = HTML(string=pdf_module.page(made, language, scale)).render()
    assert len(document.pages) == 1, "the HTML file, printed from a browser, needs a second side"
    assert (round(document.pages[0].width), round(document.pages[0].height)) == (794, 1123)


@needs_pdf
def test_report_board_writes_html_and_pdf_beside_the_plan(plan_file: Path) -> None:
    result = run("board", plan_file)
    assert result.exit_code == 0, result.output
    names = {"page-du-bureau.html", "page-du-bureau.pdf", "board-page.html", "board-page.pdf", "plan.json"}
    assert {path.name for path in plan_file.parent.iterdir()} == names
    assert "Next: print it and vote" in result.output


def test_report_board_writes_one_html_file_in_one_language(plan_file: Path, tmp_path: Path) -> None:
    result = run(
        "board", plan_file, "--language", "fr", "--html", tmp_path / "a" / "page.html", "--meeting", "2026-04-03"
    )
    assert result.exit_code == 0, result.output
    text = (tmp_path / "a" / "page.html").read_text("utf-8")
    assert '<html lang="fr">' in text and "3 avril 2026" in text
    assert not list(tmp_path.glob("*.pdf"))


def test_report_refuses_two_languages_in_one_file(plan_file: Path, tmp_path: Path) -> None:
    result = run("board", plan_file, "--language", "both", "--html", tmp_path / "page.html")
    assert isinstance(result.exception, InputError)
    assert "one language" in result.exception.message


@needs_pdf
def test_pdf_says_what_it_is_and_is_the_same_whenever_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made = pdf_module.pdf(board(EXAMPLE_A), "fr")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    assert made == pdf_module.pdf(board(EXAMPLE_A), "fr")
    streams = re.findall(rb"stream\n(.*?)\nendstream", made, re.DOTALL)
    text = made + b"".join(zlib.decompress(one) for one in streams if one[:1] == b"x")
    assert b"/CreationDate (D:20260314" in text and b"/ModDate (D:20260314" in text
    assert b"/Lang (fr)" in text and b"/MarkInfo" in text and b"pdfuaid:part" in text
    assert "Foyer rural sport culture – proposition".encode() in text


def test_report_all_writes_every_paper_and_an_index_that_leads_to_them(
    plan_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provisioner.cli.report_files.pdf", lambda paper, language: b"%PDF-")
    folder = tmp_path / "papers"
    result = run("all", plan_file, "-o", folder)
    assert result.exit_code == 0, result.output
    index = (folder / "index.html").read_text("utf-8")
    others = {path.name for path in folder.iterdir()} - {"index.html"}
    assert len(others) == 36
    assert [name for name in others if f'href="{name}"' not in index] == []
    assert f"{len(others) + 1} files written" in result.output


@pytest.mark.parametrize("name", ["roadmap", "training", "channels", "forecast"])
def test_report_gives_the_data_of_a_paper_as_json(name: str, plan_file: Path) -> None:
    result = run(name, plan_file, "--json")
    assert result.exit_code == 0
    assert json.loads(result.output)


@pytest.mark.parametrize("name", ["roadmap", "training", "channels", "forecast", "charter", "annex"])
def test_report_prints_a_paper_on_the_terminal(name: str, plan_file: Path) -> None:
    result = run(name, plan_file, "--language", "both")
    assert result.exit_code == 0
    assert result.output.count("# Foyer rural sport culture – ") == 2


def test_report_writes_csv_that_spreadsheets_open(plan_file: Path, tmp_path: Path) -> None:
    assert run("forecast", plan_file, "--csv", tmp_path / "cost.csv").exit_code == 0
    assert (tmp_path / "cost.csv").read_bytes().startswith(b"\xef\xbb\xbfWhen,Line")


@pytest.mark.parametrize("text", ["", "{", '{"proposal": "1.0"}', "needs_profile: '1.0'", "[1, 2"])
def test_report_says_how_to_make_a_plan_when_the_file_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(text, "utf-8")
    result = run("board", tmp_path / "plan.json")
    assert isinstance(result.exception, InputError)
    assert "provisioner match" in result.exception.hint and result.exception.findings


def test_report_says_that_a_folder_cannot_be_written(plan_file: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    result = run("charter", plan_file, "-o", tmp_path / "file" / "folder")
    assert isinstance(result.exception, ProvisionerError)
    assert "cannot be written" in result.exception.message


def test_report_all_without_the_pdf_libraries_writes_the_rest_and_says_what_to_install(
    plan_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any, **named: Any) -> Any:
        if name.startswith("weasyprint"):
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)
    result = run("all", plan_file, "-o", tmp_path / "papers")
    assert isinstance(result.exception, ProvisionerError)
    assert "apt-get install libpango" in result.exception.hint
    assert (tmp_path / "papers" / "page-du-bureau.html").exists()
    assert 'href="page-du-bureau.html"' in (tmp_path / "papers" / "index.html").read_text("utf-8")
    assert not list((tmp_path / "papers").glob("*.pdf"))
