"""provisioner gdpr breach"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provisioner.cli import print_json
from provisioner.cli.backup import stack_option
from provisioner.cli.common import catalog_option, json_option, load_all
from provisioner.cli.gdpr_breach_common import checked, data_of, in_order, judged, show_table, write_papers
from provisioner.cli.gdpr_breach_more import close, note, show
from provisioner.errors import InputError, ProvisionerError
from provisioner.i18n import _, language

if TYPE_CHECKING:
    from provisioner.bundle import Bundle
    from provisioner.catalog import Catalog
    from provisioner.models.breach import Breach

DAYS_BEFORE = 7  # of the window of evidence, where nobody says when it began
kinds_option = click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(["confidentiality", "integrity", "availability"]),
    help="What was lost; may be given again.",
)  # fmt: skip
risk_option = click.option("--risk", type=click.Choice(["none", "risk", "high"]), help="As judged, with --reason.")
reason_option = click.option("--reason", default="", help="Why the risk is judged so.")
since_option = click.option("--since", default="", metavar="TIME", help="Evidence from then on (default: a week).")
until_option = click.option("--until", default="", metavar="TIME", help="Evidence until then (default: now).")


@click.group(short_help="Open a breach: clock, evidence, form of the authority.")
def command() -> None:
    """Breaches of personal data: a register, the 72 hours, evidence, what the authority asks. Not legal advice.

    \b
    Example:
      provisioner gdpr breach open "A laptop with the members' list was stolen" --kind confidentiality
      provisioner gdpr breach list --check
    """


@command.command("open")
@click.argument("what")
@click.option("--aware", default="", metavar="TIME", help="When you became aware: the 72 hours begin (default: now).")
@click.option("--began", default="", metavar="TIME", help="When it began, as far as known.")
@kinds_option
@click.option("--service", "services", multiple=True, help="A service concerned (default: all).")
@click.option("--people", type=click.IntRange(0), help="How many people, about.")
@risk_option
@reason_option
@click.option("--no-collect", is_flag=True, help="Do not ask the host for evidence now.")
@stack_option
@json_option
@catalog_option
def open_(
    what: str, aware: str, began: str, kinds: tuple[str, ...], services: tuple[str, ...], people: int | None,
    risk: str | None, reason: str, no_collect: bool, stack: Path, as_json: bool, catalog_dir: Path | None,
) -> None:  # fmt: skip
    """Note a breach, start its clock, write the authority's form as far as known, and collect evidence.

    Works with services and even the host down: what could not be collected is named, and `collect` tries again.

    \b
    Example:
      provisioner gdpr breach open "A strange account in WordPress" --kind confidentiality --service wordpress
      provisioner gdpr breach open "Stolen laptop" --aware 2026-11-22T18:00 --began 2026-11-21T09:00
    """
    from provisioner.gdpr.breach_clock import moment
    from provisioner.gdpr.breaches import alone, keep, new_id, whoami
    from provisioner.gdpr.said import said
    from provisioner.models.breach import Noted

    [bundle], catalog = load_all((stack,), catalog_dir)
    about, now = bundle.stack.association, datetime.now(UTC).replace(microsecond=0)
    for service in services:
        if service not in bundle.stack.services:
            known = ", ".join(bundle.stack.services)
            text = _("'{service}' is not in this stack (it has {known})")
            raise InputError(text.format(service=service, known=known))
    when = moment(aware, about.timezone, now)
    data = {
        "association": about.id, "opened": now, "opened_by": whoami(), "aware": when,
        "began": moment(began, about.timezone, now) if began else None, "kinds": list(kinds), "what": said(what),
        "services": list(dict.fromkeys(services)), "people": people, **judged(risk, said(reason)),
        "timeline": [Noted(time=now, by=whoami(), text=_("opened"))],
    }  # fmt: skip
    with alone(bundle):
        breach = in_order(checked({**data, "id": new_id(bundle, now)}))
        folder = keep(bundle, breach)  # first of all: the register and its clock, whatever fails from here on
    with _noted(breach.id):
        with alone(bundle):
            write_papers(bundle, catalog, breach)
        trouble = "" if no_collect else _collected(bundle, catalog, breach, "", "")
    _told(bundle, catalog, breach.id, folder, trouble, as_json)


@contextmanager
def _noted(identifier: str) -> Iterator[None]:
    """Say with whatever fails inside that the breach itself stands in the register."""
    try:
        yield
    except ProvisionerError as error:
        text = _("breach {id} IS noted and its 72 hours run; what failed after it: {reason}")
        hint = _("See to that, then: provisioner gdpr breach collect {id}").format(id=identifier)
        raise ProvisionerError(text.format(id=identifier, reason=error.message), hint) from error


def _collected(bundle: "Bundle", catalog: "Catalog", breach: "Breach", since: str, until: str) -> str:
    """Collect what the host gives and note it. Return what could not be had; the breach stands in any case."""
    from provisioner.gdpr.breach_evidence import collect, counted
    from provisioner.gdpr.breaches import alone, folder_of, keep, read, whoami
    from provisioner.models.breach import Evidence, Noted
    from provisioner.unwritten import told as written

    now = datetime.now(UTC).replace(microsecond=0)
    window = _window(bundle, breach, since, until, now)
    trouble: list[str] = []
    evidence: list[Evidence] = []
    lines: list[Noted] = []
    counts: dict[str, dict[str, int]] = {}
    try:
        with written(folder_of(bundle) / breach.id):
            found = collect(bundle, folder_of(bundle) / breach.id, breach.id, window, whoami())
        evidence.append(found)
        text = _("evidence {file}, SHA-256 {digest}").format(file=found.file, digest=found.sha256)
        # What this host does not even have is in the manifest; trying again brings nothing.
        trouble += [f"{name}: {why}" for name, why in found.missing.items() if not why.endswith("not installed")]
        lines.append(Noted(time=now, by=whoami(), text=text))
    except ProvisionerError as error:
        trouble.append(error.message)
    try:
        counts = counted(bundle) if evidence else {}
    except ProvisionerError as error:
        trouble.append(error.message)
    with alone(bundle):
        old = read(bundle, breach.id)  # somebody may have noted something meanwhile
        changes = {"evidence": [*old.evidence, *evidence], "timeline": [*old.timeline, *lines],
                   "counts": counts or old.counts, "trouble": "; ".join(trouble)[:4000]}  # fmt: skip
        new = old.model_copy(update=changes)
        keep(bundle, new)
        write_papers(bundle, catalog, new)
    return new.trouble


def _window(bundle: "Bundle", breach: "Breach", since: str, until: str, now: datetime) -> tuple[datetime, datetime]:
    """Return from when to when evidence is wanted. Raise InputError for an end before the beginning."""
    from provisioner.gdpr.breach_clock import moment

    zone = bundle.stack.association.timezone
    before = (breach.began or breach.aware) - timedelta(days=0 if breach.began else DAYS_BEFORE)
    start, end = moment(since, zone, now) if since else before, moment(until, zone, now)
    if start >= end:
        raise InputError(_("the window of evidence ends before it begins"))
    return start, end


def _told(bundle: "Bundle", catalog: "Catalog", identifier: str, folder: Path, trouble: str, as_json: bool) -> None:
    from provisioner.documents.figures import decimal
    from provisioner.gdpr.breach_clock import deadline, hours_left, local
    from provisioner.gdpr.breaches import read
    from provisioner.sentences import harmless

    breach = read(bundle, identifier)
    zone, left = bundle.stack.association.timezone, hours_left(breach, datetime.now(UTC))
    if as_json:
        print_json({**data_of(breach), "folder": str(folder)})
        return
    text = _("Breach {id}: to be notified before {time}, {hours} h from now.")
    last, hours = local(deadline(breach.aware), zone), decimal(left).in_language(language())
    click.echo(text.format(id=breach.id, time=last, hours=hours))
    for each in breach.evidence:
        click.echo(
            _("Evidence: {file}, signed by the host: {signed}").format(file=folder / each.file, signed=each.signed)
        )
    if trouble:
        click.echo(_("Warning: not collected: {what}").format(what=harmless(trouble)), err=True)
        click.echo(_("Try again: provisioner gdpr breach collect {id}").format(id=breach.id), err=True)
    click.echo(_("Form to be copied: {path}").format(path=folder / "form-fr.html"))
    click.echo(_("Next: provisioner gdpr breach show {id}").format(id=breach.id))


@command.command("collect")
@click.argument("breach", metavar="ID")
@since_option
@until_option
@stack_option
@json_option
@catalog_option
def collect_(breach: str, since: str, until: str, stack: Path, as_json: bool, catalog_dir: Path | None) -> None:
    """Fetch evidence from the host again: sealed with its key, encrypted for those who can open the secrets.

    \b
    Example:
      provisioner gdpr breach collect last --since 2026-11-20T00:00 --until 2026-11-23T12:00
    """
    from provisioner.gdpr.breaches import folder_of, read

    [bundle], catalog = load_all((stack,), catalog_dir)
    found = read(bundle, breach)
    before = len(found.evidence)
    trouble = _collected(bundle, catalog, found, since, until)
    _told(bundle, catalog, found.id, folder_of(bundle) / found.id, trouble, as_json)
    sys.exit(0 if len(read(bundle, found.id).evidence) > before else 1)


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that are closed as well.")
@click.option("--check", is_flag=True, help="Exit 1 when a clock ran out and the authority was not told.")
@stack_option
@json_option
@catalog_option
def list_(everything: bool, check: bool, stack: Path, as_json: bool, catalog_dir: Path | None) -> None:
    """List breaches that are open, and the hours left of each.

    \b
    Example:
      provisioner gdpr breach list
      provisioner gdpr breach list --check
    """
    from provisioner.gdpr.breaches import read_all

    [bundle], _catalog = load_all((stack,), catalog_dir)
    found, torn = read_all(bundle)
    shown = [data_of(each) for each in found if everything or not each.closed]
    late = [each for each in shown if each["state"] == "late"]
    if as_json:
        print_json({"breaches": shown, "late": len(late), "unreadable": sorted({each.file for each in torn})})
    elif not shown and not torn:
        click.echo(_("No breach is open. Every one belongs here, notified or not: provisioner gdpr breach open"))
    elif shown:
        show_table(bundle, shown)
    if torn:
        text = _("Some breaches cannot be read; their 72 hours run all the same.")
        raise InputError(text, torn, hint=_("Bring the files back from a copy."))
    sys.exit(1 if check and late else 0)


for each in (show, note, close):
    command.add_command(each)
