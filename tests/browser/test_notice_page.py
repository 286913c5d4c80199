"""The privacy pages in a real browser: axe finds nothing, nothing is fetched, no scrolling sideways."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from browser import AXE_RUN, BROWSERS_OWN, PHONE_WIDTH, answer, axe, frame, hosts
from test_notices import CATALOG, FULL, answers_of

from provisioner.notice_pages import notice_pages

pytestmark = pytest.mark.browser
PATHS = ("/fr/privacy", "/en/privacy/nextcloud", "/fr/legal")


@pytest.mark.parametrize("path", PATHS)
def test_privacy_page_passes_axe_fetches_nothing_and_fits_a_phone(path: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(notice_pages(FULL, CATALOG, answers_of())[path], "utf-8")
    for preference in ("--blink-settings=preferredColorScheme=0", "--blink-settings=preferredColorScheme=1"):
        assert answer(page, axe() + AXE_RUN, preference) == []
    assert hosts(page) <= BROWSERS_OWN
    wide, there = frame(page, PHONE_WIDTH)
    assert wide <= there == PHONE_WIDTH
