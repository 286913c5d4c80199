"""The record of processing activities, art. 30(1) and 30(2), from stack, catalog and gdpr.yaml. Pure."""

import re
from typing import Literal

from provisioner.bundle import Bundle
from provisioner.catalog import Catalog, CatalogEntry
from provisioner.documents.page import FRENCH_SPACES
from provisioner.errors import Finding, InputError
from provisioner.gdpr.fields import identity, officer, organisation, person, row, section
from provisioner.gdpr.measures import measures
from provisioner.gdpr.missing import missing
from provisioner.gdpr.platform import platform_sheets
from provisioner.gdpr.processors import named, transfers
from provisioner.gdpr.sheets import own_sheets, service_processors, service_sheets
from provisioner.gdpr.words import LANGUAGES, date_text, joined, plain, say
from provisioner.i18n import _
from provisioner.models.base import Text
from provisioner.models.protection import Protection
from provisioner.models.register import Record, Sheet
from provisioner.protection import FILE, Answers

ARTICLE = re.compile(r"(?<=\bart\.) (?=[0-9])")


def answers_of(bundle: Bundle) -> Answers:
    """Return the answers of a stack. Raise InputError where there are none."""
    if bundle.answers is None:
        text = _("there is no {path}: only the association can say who answers for the data").format(
            path=bundle.folder / FILE
        )
        raise InputError(text, hint=_("Write it: provisioner gdpr init"))
    return bundle.answers


def record(bundle: Bundle, catalog: Catalog) -> Record:
    """Return the record of a controller (art. 30(1)). Raise InputError with every answer that is missing."""
    answers, stack, lock = answers_of(bundle), bundle.stack, bundle.lock
    _complete(missing(answers, stack, catalog))
    said = answers.data
    services = [sheet for name in stack.services for sheet in service_sheets(catalog.entry(name), stack, lock, said)]
    sheets = [
        *services,
        *own_sheets(bundle, catalog, said),
        *platform_sheets(services, stack, lock, said),
    ]
    return _record("controller", stack.association.id, said, sheets)


def processor_record(bundle: Bundle, served: list[Bundle], catalog: Catalog) -> Record:
    """Return the record of a body that runs the stacks of others (art. 30(2)). Raise InputError as `record` does."""
    answers = answers_of(bundle)
    _complete(missing(answers, bundle.stack, catalog))
    sheets = [_served(each, catalog, answers.data) for each in served]
    return _record("processor", bundle.stack.association.id, answers.data, sheets)


def _complete(findings: list[Finding]) -> None:
    if findings:
        text = _("The record cannot be written: answers are missing.")
        hint = _("Answer them in gdpr.yaml, then run this again. The screening has its own: provisioner gdpr screening")
        raise InputError(text, findings, hint=hint)


def _record(
    kind: Literal["controller", "processor"], association: str, said: Protection, sheets: list[Sheet]
) -> Record:
    suffix = "" if kind == "controller" else "_processor"
    created, updated = said.created.isoformat(), said.updated.isoformat()
    found = Record(
        kind=kind, association=association, created=created, updated=updated,
        title=say(f"title{suffix}", name=said.controller.name), lead=say(f"lead{suffix}"),
        first=[organisation(said, "processor" if suffix else "controller")],
        sheets=[_numbered(number, sheet) for number, sheet in enumerate(sheets, 1)],
        foot=say("foot", created=date_text(said.created), updated=date_text(said.updated)),
    )  # fmt: skip
    return Record.model_validate(_spaced(found.model_dump()))


def _numbered(number: int, sheet: Sheet) -> Sheet:
    head = sheet.sections[0]
    rows = [row("number", plain(number)) if each.key == "number" else each for each in head.rows]
    first = head.model_copy(update={"rows": rows})
    return sheet.model_copy(update={"number": number, "sections": [first, *sheet.sections[1:]]})


def _spaced(data: object, key: str = "") -> object:
    """Return the same data with spaces that do not break where they must not: the same text in HTML, ODS and JSON."""
    if isinstance(data, dict):
        return {name: _spaced(value, name) for name, value in data.items()}
    if isinstance(data, list):
        return [_spaced(each) for each in data]
    if key not in LANGUAGES or not isinstance(data, str):
        return data
    text = ARTICLE.sub("\u00a0", data)
    return FRENCH_SPACES.sub("\u00a0", text) if key == "fr" else text


def _served(bundle: Bundle, catalog: Catalog, said: Protection) -> Sheet:
    """Return the sheet of one association that is served: who it is, what is done for it, transfers, measures."""
    stack = bundle.stack
    entries = [catalog.entry(name) for name in stack.services]
    found = {each.name: each for entry in entries for each in service_processors(entry, stack, said)}
    used = list(found.values()) or [each for each in said.processors if each.role in ("host", "maintenance")]
    reference = f"{stack.association.id}-served"
    platform = [say("category_platform"), *([say("category_backups")] if stack.backup else [])]
    sections = [
        identity(1, reference, plain(stack.association.name), said),
        section("served", row("served", _controller_of(bundle))),
        section(
            "processing", row("category", *(_category(entry) for entry in entries), *platform),
            row("subprocessors", *named(used)),
        ),
        section("transfers", row("transfers", *(transfers(used) or [say("transfer_none")]))),
        measures(stack, bundle.lock, bundle.protection or said, None, used),
    ]  # fmt: skip
    return Sheet(
        number=1, reference=reference, kind="served", service=stack.association.id,
        title=plain(stack.association.name), sections=sections,
    )  # fmt: skip


def _category(entry: CatalogEntry) -> Text:
    purposes = joined([each.purpose for each in entry.service.gdpr.activities], "; ")
    return say("category", title=entry.service.title, purposes=purposes)


def _controller_of(bundle: Bundle) -> Text:
    about, said = bundle.stack.association, bundle.protection
    if said is None:
        return say("served_plain", name=about.name, contact=about.contact)
    contact = joined([plain(text) for text in (said.controller.address, said.controller.phone, about.contact) if text])
    return say(
        "served", name=said.controller.name, contact=contact, officer=officer(said.officer),
        representative=person(said.controller.representative),
    )  # fmt: skip
