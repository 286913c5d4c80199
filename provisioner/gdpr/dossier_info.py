"""What art. 15(1) wants told beside the data: purposes, categories, recipients, durations, rights, source. Pure."""

from datetime import date

from provisioner.bundle import Bundle
from provisioner.catalog import Catalog
from provisioner.gdpr.fields import organisation
from provisioner.gdpr.platform import platform_sheets
from provisioner.gdpr.sheets import own_sheets, service_sheets
from provisioner.gdpr.words import plain, tell
from provisioner.models.protection import Protection
from provisioner.models.register import Row, Section, Sheet

WANTED = ("purpose", "people", "duration", "recipients", "transfers")
NOT_FOR_THEM = ("dpia", "note", "software", "sensitive", "national_number", "criminal")
ONLY_ANSWERED = ("processors", "third", "transfers")


def sheets_of(bundle: Bundle, catalog: Catalog, service: str) -> list[Sheet]:
    """Return the processings of a service as a person is told of them; none for a service the stack does not have."""
    if service not in bundle.stack.services or service not in catalog.services:
        return []
    found = service_sheets(catalog.entry(service), bundle.stack, bundle.lock, answers_or_none(bundle))
    return [_told(each, bundle) for each in found]


def other_sheets(bundle: Bundle, catalog: Catalog) -> list[Sheet]:
    """Return the association's processings without a service of ours, and those of the platform."""
    said = answers_or_none(bundle)
    unsaid = [str(tell("none").en)]
    whole = [each.model_copy(update={"measures": each.measures or unsaid}) for each in said.own]
    own = own_sheets(bundle, catalog, said.model_copy(update={"own": whole}))
    known = [name for name in bundle.stack.services if name in catalog.services]
    services = [s for name in known for s in service_sheets(catalog.entry(name), bundle.stack, bundle.lock, said)]
    return [_told(each, bundle) for each in (*own, *platform_sheets(services, bundle.stack, bundle.lock, said))]


def controller_of(bundle: Bundle) -> Section:
    """Return who answers for the data; without gdpr.yaml, the association and its contact."""
    found = organisation(answers_or_none(bundle))
    rows = [row for row in found.rows if row.key not in ("created", "updated")]
    if bundle.protection is None:
        rows = [_unknown(row) if row.key != "controller" else row for row in rows]
        rows.append(Row(key="contact", label=tell("contact"), values=[plain(bundle.stack.association.contact)]))
    return found.model_copy(update={"rows": rows})


def answers_or_none(bundle: Bundle) -> Protection:
    """Return what gdpr.yaml says; without one, a stand-in that says nothing but the association's name and contact."""
    if bundle.protection is not None:
        return bundle.protection
    about = bundle.stack.association
    return Protection.model_validate(
        {
            "gdpr": "1.0", "created": date.min, "updated": date.min, "own_host": True,
            "controller": {"name": about.name, "address": "-", "representative": {"name": "-"}},
            "officer": {"name": about.name, "email": about.contact},
        }
    )  # fmt: skip


def _told(sheet: Sheet, bundle: Bundle) -> Sheet:
    """Keep what concerns a person; what only the association knows is not made up where it has not said it."""
    sections = []
    for section in sheet.sections:
        rows = [row for row in section.rows if row.key not in NOT_FOR_THEM]
        if bundle.protection is None:
            rows = [_unknown(row) if row.key in ONLY_ANSWERED else row for row in rows]
        if section.key in WANTED and rows:
            sections.append(section.model_copy(update={"rows": rows}))
    return sheet.model_copy(update={"sections": sections})


def _unknown(row: Row) -> Row:
    return row.model_copy(update={"values": [tell("unknown")]})
