"""Write the record to files: HTML and ODS in each language, JSON once. All is made before the first file is written."""

from pathlib import Path

from provisioner.gdpr.ods import ods
from provisioner.gdpr.page import html_page, json_text
from provisioner.gdpr.words import LANGUAGES
from provisioner.host.layout import write
from provisioner.models.register import Record


def files_of(record: Record, name: str) -> dict[str, str | bytes]:
    """Return file name -> content."""
    found: dict[str, str | bytes] = {f"{name}.{language}.html": html_page(record, language) for language in LANGUAGES}
    found |= {f"{name}.{language}.ods": ods(record, language) for language in LANGUAGES}
    return {**found, f"{name}.json": json_text(record)}


def write_record(record: Record, folder: Path, name: str) -> list[Path]:
    """Write the record to a folder, each file atomically, readable for its owner alone. Raise OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = files_of(record, name)
    for file, content in files.items():
        write(folder / file, content, 0o600)
    return [folder / file for file in files]
