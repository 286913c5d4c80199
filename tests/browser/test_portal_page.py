"""The start page in a real browser: nothing fetched, nothing that shuts anyone out, no scrolling sideways."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from browser import A4_WIDTH, AXE_RUN, BROWSERS_OWN, PHONE_WIDTH, answer, axe, browse, frame, hosts
from stack_fixture import stack_of

from provisioner.catalog import load_catalog
from provisioner.portal import portal_pages

pytestmark = pytest.mark.browser
LANGUAGES = ("fr", "en")


def write(folder: Path, language: str) -> Path:
    """Write the page of a stack of many services."""
    catalog = load_catalog()
    stack = stack_of(services={name: {} for name in catalog.services}, portal={"ask": "Le secrétariat, mardi à 18 h"})
    domains = {name: f"{name}.foyer.example" for name in catalog.services}
    path = folder / f"portal-{language}.html"
    path.write_text(portal_pages(stack, catalog, domains)[f"/{language}"], "utf-8")
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_start_page_passes_axe_light_and_dark_and_fetches_nothing(language: str, tmp_path: Path) -> None:
    path = write(tmp_path, language)
    for option in ("--window-size=390,1200", "--force-dark-mode"):
        assert answer(path, axe() + AXE_RUN, option, "--blink-settings=preferredColorScheme=0") == []
        assert answer(path, axe() + AXE_RUN, option) == []
    assert hosts(path) <= BROWSERS_OWN


@pytest.mark.parametrize("width", [PHONE_WIDTH, A4_WIDTH, 320])
def test_start_page_needs_no_scrolling_sideways(width: int, tmp_path: Path) -> None:
    wide, there = frame(write(tmp_path, "fr"), width)
    assert wide <= there == width


def test_start_page_is_pictured(tmp_path: Path) -> None:
    picture = tmp_path / "portal.png"
    browse(write(tmp_path, "fr"), "--window-size=1000,1600", f"--screenshot={picture}")
    assert picture.stat().st_size > 20_000
