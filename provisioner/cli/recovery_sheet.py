"""provisioner recovery-sheet"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provisioner.cli.common import catalog_option, load_all
from provisioner.cli.recipients import warn
from provisioner.errors import Finding, InputError, ProvisionerError
from provisioner.host.layout import write as write_atomically
from provisioner.i18n import _

if TYPE_CHECKING:
    from provisioner.models.recovery import Sheet

file_type = click.Path(dir_okay=False, path_type=Path)


@click.command(short_help="Print the sheet from which everything can be rebuilt after a fire.")
@click.argument("stack", default=Path("stack.yaml"), type=click.Path(path_type=Path))
@click.option("--out", type=file_type, help="Write the page as HTML.")
@click.option("--pdf", type=file_type, help="Write the page as PDF.")
@click.option("--json", "data", type=file_type, help="Write the sheet for `provisioner recover`: keep it as safe.")
@click.option("--with-keys/--without-keys", default=True, show_default=True, help="Whether keys are on the page.")
@click.option("--call", "calls", multiple=True, metavar='"NAME, PHONE"', help="Who to call (may be given again).")
@click.option("--lang", "wanted", type=click.Choice(["fr", "en"]), help="Language; default: the association's.")
@catalog_option
def command(
    stack: Path, out: Path | None, pdf: Path | None, data: Path | None, with_keys: bool, calls: tuple[str, ...],
    wanted: str | None, catalog_dir: Path | None,
) -> None:  # fmt: skip
    """Write the recovery sheet: where the copies are, their keys, who can help, the one command that rebuilds all.

    Print it and lay it in a safe, away from the server. Print it again when a destination or a recipient changes.

    \b
    Example:
      provisioner recovery-sheet --out sheet.html --call "Ada, 06 12 34 56 78"
      provisioner recovery-sheet stack.yaml --pdf sheet.pdf --json /media/usb/sheet.json
    """
    from provisioner.documents.recovery import Around, recovery_page, services_of, sheet_of
    from provisioner.recipients import escrow_warnings
    from provisioner.secrets import read_secrets, refuse_missing

    people = _checked(out, pdf, data, with_keys, calls)
    [bundle], catalog = load_all((stack,), catalog_dir)
    secrets = read_secrets(bundle.secrets_path)
    refuse_missing(secrets, bundle.stack)
    sheet = sheet_of(bundle.stack, secrets, f"{datetime.now(UTC):%Y-%m-%d}")
    around = Around(bundle.stack, services_of(bundle.stack, catalog), people, with_keys)
    page = recovery_page(sheet, around, wanted or bundle.stack.association.language)
    if data:
        _write(data, _data(sheet))
    if out:
        _write(out, page)
    if pdf:
        _write_pdf(pdf, page)
    _tell(sheet, [path for path in (data, *((out, pdf) if with_keys else ())) if path])
    warn([*_lost(sheet), *escrow_warnings(bundle.stack)])
    click.echo(_("Next: print it, lay it in a safe away from the server, and delete the files here."))


def _checked(
    out: Path | None, pdf: Path | None, data: Path | None, with_keys: bool, calls: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Return who to call as (name, how). Raise InputError with all that is wrong with the options."""
    findings = []
    given = [path.resolve() for path in (out, pdf, data) if path]
    if not given:
        findings.append(Finding(_("say where to write: a file for --out, --pdf or --json"), path="--out"))
    if len(set(given)) < len(given):
        findings.append(Finding(_("each needs a file of its own"), path="--out, --pdf, --json"))
    if data and not with_keys:
        findings.append(Finding(_("without keys nothing could be recovered from it"), path="--json --without-keys"))
    people = [tuple(part.strip() for part in call.partition(",")) for call in calls]
    for call, (name, _comma, reach) in zip(calls, people, strict=True):
        if not name or not reach or not call.isprintable():
            text = _("'{value}': write a name, a comma and how to reach this person").format(value=call)
            findings.append(Finding(text, path="--call"))
    if findings:
        raise InputError(_("No sheet was written."), findings)
    return [(name, reach) for name, _comma, reach in people]


def _data(sheet: "Sheet") -> str:
    return json.dumps(sheet.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"


def _write(path: Path, content: str | bytes) -> None:
    """Write a file for our eyes only."""
    try:
        write_atomically(path, content, 0o600)
    except OSError as error:
        text = _("{path} cannot be written: {reason}").format(path=path, reason=error.strerror)
        raise ProvisionerError(text, hint=_("Choose another file.")) from error
    click.echo(_("Written: {path}").format(path=path))


def _write_pdf(path: Path, page: str) -> None:
    from provisioner.documents.pdf import pdf_of

    _write(path, pdf_of(page))


def _tell(sheet: "Sheet", secret: list[Path]) -> None:
    """Tell the fingerprint, and of files with keys that could end in a git repository."""
    click.echo(_("Fingerprint: {fingerprint}").format(fingerprint=sheet.fingerprint))
    for path in secret:
        folders = [folder for folder in path.resolve().parents if (folder / ".git").exists()]
        if folders:
            text = _("{path} holds keys and lies in the git repository {folder}: never commit it")
            warn([text.format(path=path, folder=folders[0])])


def _lost(sheet: "Sheet") -> list[str]:
    if any(each.offsite for each in sheet.destinations):
        return []
    return [_("No copy is at another place than the server: a fire takes everything.")]
