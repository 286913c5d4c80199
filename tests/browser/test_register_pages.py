"""The record where people open it: LibreOffice (printed to PDF and read again) and a browser, judged by axe."""

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from browser import A4_WIDTH, AXE_RUN, BROWSERS_OWN, CACHE, PHONE_WIDTH, answer, axe, browse, frame, hosts, need
from gdpr_fixture import answers, bundle_of
from stack_fixture import small_catalog

from provisioner.catalog import load_catalog
from provisioner.gdpr.contract import contract_page
from provisioner.gdpr.ods import ods
from provisioner.gdpr.page import html_page
from provisioner.gdpr.record import record
from provisioner.models.register import Record

pytestmark = pytest.mark.browser
LANGUAGES = ("fr", "en")
SERVICES = ("dolibarr", "etherpad", "mobilizon", "nextcloud")


def whole() -> Record:
    catalog = load_catalog()
    return record(bundle_of(catalog, {"services": {name: {} for name in SERVICES}}), catalog)


def write(folder: Path, language: str, found: Record) -> Path:
    path = folder / f"register.{language}.html"
    path.write_text(html_page(found, language), "utf-8")
    return path


def printed(folder: Path, language: str, found: Record) -> Path:
    """Return the spreadsheet as LibreOffice prints it."""
    sheet = folder / f"register.{language}.ods"
    sheet.write_bytes(ods(found, language))
    profile = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    command = [need("soffice"), profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(sheet)]
    subprocess.run(command, capture_output=True, timeout=180, check=True)
    return sheet.with_suffix(".pdf")


def bare(text: str) -> str:
    """Return a text without any blank: a printed cell breaks lines where it must."""
    return "".join(text.replace("\u00a0", "").replace("\u00ad", "").split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_spreadsheet_opens_in_libreoffice_and_no_text_is_cut_in_print(language: str, tmp_path: Path) -> None:
    found = record(bundle_of(small_catalog()), small_catalog())
    path = printed(tmp_path, language, found)
    text = subprocess.run(
        [need("pdftotext"), "-raw", str(path), "-"], capture_output=True, text=True, check=True
    ).stdout
    there = bare(text)
    for sheet in found.sheets:
        texts = [row.names for row in sheet.kept] + [row.long for row in sheet.kept] + [row.goes for row in sheet.kept]
        texts += [value for section in sheet.sections for row in section.rows for value in (row.label, *row.values)]
        for each in texts:
            assert bare(each.in_language(language)) in there, each


def test_spreadsheet_of_real_services_is_pictured(tmp_path: Path) -> None:
    path = printed(tmp_path, "fr", whole())
    pictures = CACHE / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    subprocess.run([need("pdftoppm"), "-r", "70", "-png", str(path), str(pictures / "register")], check=True)
    assert len(list(pictures.glob("register-*.png"))) > len(whole().sheets)


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_passes_axe_fits_the_width_and_fetches_nothing(language: str, tmp_path: Path) -> None:
    path = write(tmp_path, language, whole())
    assert answer(path, axe() + AXE_RUN, f"--window-size={PHONE_WIDTH},1200") == []
    for width in (A4_WIDTH, PHONE_WIDTH):
        wide, there = frame(path, width)
        assert wide <= there == width
    assert hosts(path) <= BROWSERS_OWN


def test_page_prints(tmp_path: Path) -> None:
    path = write(tmp_path, "fr", whole())
    target = CACHE / "pictures" / "register-html.pdf"
    target.parent.mkdir(parents=True, exist_ok=True)
    browse(path, "--no-pdf-header-footer", f"--print-to-pdf={target}")
    assert target.stat().st_size > 20_000


def test_draft_contract_passes_axe(tmp_path: Path) -> None:
    path = tmp_path / "contract.html"
    page = contract_page(bundle_of(small_catalog()).stack, small_catalog(), answers().data)
    path.write_text(page, "utf-8")
    assert answer(path, axe() + AXE_RUN, f"--window-size={PHONE_WIDTH},1200") == []
