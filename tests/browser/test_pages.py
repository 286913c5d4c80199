"""The papers in a real browser: A4 and telephone, nothing fetched, nothing that shuts anyone out, one printed side."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from browser import A4_WIDTH, AXE_RUN, BROWSERS_OWN, CACHE, PHONE_WIDTH, answer, axe, browse, frame, hosts
from documents_plans import EXAMPLE_A, EXAMPLE_B, EXAMPLE_C, NAMES, board, plan

from provisioner.documents.names import file_name
from provisioner.documents.page import page
from provisioner.documents.papers import PAPERS
from provisioner.documents.pdf import pdf

pytestmark = pytest.mark.browser
LANGUAGES = ("fr", "en")


def write(folder: Path, name: str, case: str, language: str) -> Path:
    path = folder / file_name(name, language, "html")
    path.write_text(page(PAPERS[name](plan(case)), language), "utf-8")
    return path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [A4_WIDTH, PHONE_WIDTH])
@pytest.mark.parametrize("case", [EXAMPLE_A, EXAMPLE_B, EXAMPLE_C])
def test_board_page_fits_the_width_and_is_pictured(case: str, width: int, language: str, tmp_path: Path) -> None:
    path = write(tmp_path, "board", case, language)
    pictures = CACHE / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    picture = pictures / f"{case}-{width}-{language}.png"
    browse(path, f"--window-size={width},1900", f"--screenshot={picture}")
    assert picture.stat().st_size > 20_000
    wide, there = frame(path, width)
    assert wide <= there == width


@pytest.mark.parametrize("language", LANGUAGES)
def test_papers_fetch_nothing(language: str, tmp_path: Path) -> None:
    for name in PAPERS:
        assert hosts(write(tmp_path, name, EXAMPLE_A, language)) <= BROWSERS_OWN


def test_a_page_that_fetches_something_would_be_seen(tmp_path: Path) -> None:
    page_with_image = tmp_path / "image.html"
    page_with_image.write_text('<!doctype html><title>x</title><img src="http://127.0.0.1:9/x.png" alt="">', "utf-8")
    assert "127.0.0.1:9" in hosts(page_with_image)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", list(PAPERS))
def test_papers_pass_axe(name: str, language: str, tmp_path: Path) -> None:
    path = write(tmp_path, name, EXAMPLE_B, language)
    assert answer(path, axe() + AXE_RUN, f"--window-size={PHONE_WIDTH},1200") == []


@pytest.mark.parametrize("case", NAMES)
def test_board_page_is_one_side_printed_by_the_browser_and_by_us(case: str, tmp_path: Path) -> None:
    for language in LANGUAGES:
        path, printed = write(tmp_path, "board", case, language), tmp_path / "printed.pdf"
        browse(path, "--no-pdf-header-footer", f"--print-to-pdf={printed}")
        assert sides(printed.read_bytes()) == 1
        ours = pdf(board(case), language)
        assert ours.startswith(b"%PDF-")


def sides(data: bytes) -> int:
    """Return how many pages a PDF of Chromium has."""
    return data.count(b"/Type /Page\n")
