"""provisioner gdpr transparency"""

import json
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import print_json
from provisioner.cli.common import Day, catalog_option, json_option, load_all, stacks_argument
from provisioner.errors import InputError
from provisioner.i18n import _
from provisioner.unwritten import told

if TYPE_CHECKING:
    from provisioner.bundle import Bundle
    from provisioner.catalog import Catalog


@click.command(short_help="Write what a host like those of CHATONS publishes.")
@stacks_argument
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False),
              help="Where to write [default: gdpr/documents beside the first stack].")  # fmt: skip
@click.option("--from", "start", type=Day(), metavar="DATE", help="First day [default: a year before the last].")
@click.option("--to", "end", type=Day(), metavar="DATE", help="Last day [default: today].")
@click.option("--offline", is_flag=True, help="Ask no host.")
@click.option("--request", "added", nargs=4, metavar="DATE WHO WHAT ANSWER",
              help="Only note a request of an authority, for the next pack. It names nobody.")  # fmt: skip
@json_option
@catalog_option
def command(
    stacks: tuple[Path, ...], folder: Path | None, start: datetime | None, end: datetime | None, offline: bool,
    added: tuple[str, str, str, str] | None, as_json: bool, catalog_dir: Path | None,
) -> None:  # fmt: skip
    """Write services with version and licence, figures, copies, durations, incidents and requests: counts, no names.

    Two pages (French, English) and one JSON file, for all given stacks together. Associations are counted; only the
    body that runs the host is named. Not legal advice.

    Exit code 3 when a host did not answer: its figures are then said not to be known.

    \b
    Example:
      provisioner gdpr transparency --folder public
      provisioner gdpr transparency --request 2026-05-04 "court of Nantes" "data of one account" "given"
    """
    from provisioner.gdpr.authorities import add_request

    bundles, catalog = load_all(stacks, catalog_dir)
    if added:
        path = add_request(bundles[0].folder, added)
        click.echo(_("Noted in {path}.").format(path=path))
        return
    first, last = _period(start, end)
    data, silent = _pack(bundles, catalog, offline, first, last)
    if as_json and not folder:
        print_json(data)
    else:
        files = _write(folder or bundles[0].folder / "gdpr" / "documents", data)
        if as_json:
            print_json({**data, "files": [str(path) for path in files]})
        else:
            for path in files:
                click.echo(_("Written: {path}").format(path=path))
            click.echo(_("Read it before you publish it. Packages that really run: provisioner sbom --save sbom"))
    sys.exit(3 if silent else 0)


def _period(start: datetime | None, end: datetime | None) -> tuple[date, date]:
    """Return first and last day. Raise InputError for a period that ends before it begins, or in another age."""
    from provisioner.protection import OLDEST

    last = end.date() if end else datetime.now(UTC).date()
    if last.year < OLDEST:
        raise InputError(_("'{text}' is too long ago: is the year right?").format(text=last))
    first = start.date() if start else last - timedelta(days=365)
    if first > last:
        raise InputError(_("--from {start} is after --to {end}").format(start=first, end=last))
    return first, last


def _pack(
    bundles: "list[Bundle]", catalog: "Catalog", offline: bool, first: date, last: date
) -> tuple[dict[str, Any], bool]:
    """Return the pack, and whether a host that was asked did not answer."""
    from provisioner.gdpr.authorities import load_authorities
    from provisioner.gdpr.gather import gather
    from provisioner.gdpr.transparency import pack

    found = gather(bundles, catalog, offline)
    if torn := [name for facts in found for name in facts.unreadable]:
        text = _("Warning: the figures are too low: these cannot be read: {files}")
        click.echo(text.format(files=", ".join(torn)), err=True)
    kept = [load_authorities(folder) for folder in dict.fromkeys(bundle.folder for bundle in bundles)]
    return pack(found, kept, first, last), not offline and any(facts.host is None for facts in found)


def _write(folder: Path, data: dict[str, Any]) -> list[Path]:
    """Write the pages and the data. Raise ProvisionerError when they cannot be written."""
    from provisioner.documents.page import page
    from provisioner.gdpr.transparency_page import transparency_paper
    from provisioner.host.layout import write

    paper = transparency_paper(data)
    texts = {f"transparency.{language}.html": page(paper, language) for language in ("fr", "en")}
    texts["transparency.json"] = json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    with told(folder, _("Choose another folder.")):
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            write(folder / name, text)
    return [folder / name for name in texts]
