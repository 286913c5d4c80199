"""The sheets of the record: one for each processing of every service, and each that only gdpr.yaml names. Pure."""

from dataclasses import dataclass

from provisioner.bundle import Bundle
from provisioner.catalog import Catalog, CatalogEntry
from provisioner.gdpr.durations import by_key, copies, rows_of
from provisioner.gdpr.fields import identity, people_and_data, purpose, row, section, source_of, who
from provisioner.gdpr.measures import measures, own_measures
from provisioner.gdpr.processors import named, transfers
from provisioner.gdpr.words import data_names, joined, plain, say
from provisioner.models.base import Text
from provisioner.models.gdpr import Activity
from provisioner.models.protection import About, OwnActivity, Processor, Protection
from provisioner.models.register import KeptRow, Section, Sheet
from provisioner.models.stack import Lock, Stack
from provisioner.outgoing import needed, outgoing_of, sends_mail
from provisioner.protection_refusals import tool_here
from provisioner.vocabulary import vocabulary

OWN_ROLES = ("payment", "other")


def service_sheets(entry: CatalogEntry, stack: Stack, lock: Lock, protection: Protection) -> list[Sheet]:
    """Return the sheets of one service, numbered from 1."""
    activities = entry.service.gdpr.activities
    return [_service(number, each, entry, stack, lock, protection) for number, each in enumerate(activities, 1)]


def _service(
    number: int, activity: Activity, entry: CatalogEntry, stack: Stack, lock: Lock, protection: Protection
) -> Sheet:
    about = protection.services.get(entry.name, About())
    basis = about.legal_basis.get(number, activity.legal_basis)
    pursued = plain(about.interest[number]) if number in about.interest else activity.interest
    reference = f"{stack.association.id}-{entry.name}-{number}"
    title = say("service_title", service=entry.service.title, purpose=activity.purpose)
    used, typed = service_processors(entry, stack, protection), [x for x in about.sensitive if x not in activity.data]
    data = [*activity.data, *typed]
    more = [row("note", plain(about.note) if about.note else say("note_none"))]
    more.append(row("software", say("software", title=entry.service.title, version=entry.version)))
    sections = [
        identity(number, reference, title, protection), who(protection),
        purpose(activity.purpose, basis, pursued, protection, *more),
        people_and_data(activity.subjects, activity.data, typed, source_of(activity.subjects, data)),
        section("duration", row("backups", *copies(stack))),
        _recipients(entry, stack, about, used), _transfers(entry, stack, used),
        measures(stack, lock, protection, entry, used),
    ]  # fmt: skip
    kept = [*rows_of(activity, entry, protection), *_typed(typed)]
    return Sheet(
        number=number, reference=reference, kind="service", service=entry.name, title=title, legal_basis=basis,
        people=activity.subjects, data=data, rights=list(vocabulary().bases[basis].rights), sections=sections,
        kept=kept,
    )  # fmt: skip


def _typed(keys: list[str]) -> list[KeptRow]:
    """Return the row of sensitive data that people put into what they write."""
    if not keys:
        return []
    names, long, goes = joined(data_names(keys), "; "), say("long_as_content"), say("goes_with_content")
    return [KeptRow(data=keys, names=names, long=long, goes=goes)]


def service_processors(entry: CatalogEntry, stack: Stack, protection: Protection) -> list[Processor]:
    """Return the processors that see data of a service: the mail relay only where the service sends mail."""
    without = set()
    without |= set() if stack.mail and sends_mail(entry) else {"mail"}
    without |= set() if stack.backup else {"backup"}
    return [each for each in protection.processors if each.role not in without]


def outside_of(entry: CatalogEntry, stack: Stack) -> list[Text]:
    """Return what the software of a service may contact by itself, each with its reason."""
    chosen = stack.services[entry.name].settings
    settings = {name: each.default for name, each in entry.service.settings.items()} | chosen
    why = {place: each.why for each in entry.service.egress if (place := needed(each, settings))}
    relay = f"{stack.mail.host.strip('[]').lower()}:{stack.mail.port}" if stack.mail else ""
    found = [
        say("outside", to=place, why=why.get(place) or say("outside_mail" if place == relay else "outside_chosen"))
        for place in outgoing_of(stack, entry.name, entry)
    ]
    return found or [say("outside_none")]


def _recipients(entry: CatalogEntry, stack: Stack, about: About, used: list[Processor]) -> Section:
    third = [plain(text) for text in about.recipients] or [say("third_none")]
    return section(
        "recipients", row("internal", say("internal_service")), row("processors", *named(used)),
        row("third", *third), row("outside", *outside_of(entry, stack)),
    )  # fmt: skip


def _transfers(entry: CatalogEntry, stack: Stack, used: list[Processor]) -> Section:
    found = transfers(used) or [say("transfer_none")]
    relay = f"{stack.mail.host.strip('[]').lower()}:{stack.mail.port}" if stack.mail else ""
    there = outgoing_of(stack, entry.name, entry)
    anywhere = [place for place in there if place != relay and not place.startswith("proxy:")]
    found += [say("transfer_any", to=", ".join(anywhere))] if anywhere else []
    return section("transfers", row("transfers", *found))


def own_sheets(bundle: Bundle, catalog: Catalog, protection: Protection) -> list[Sheet]:
    """Return the sheets of the processings the catalog does not know, numbered from 1."""
    found = [tool_here(own.tool, bundle.stack, catalog) for own in protection.own]
    return [
        _own(number, own, bundle.stack, bundle.lock, protection, catalog.entry(service) if service else None)
        for number, (own, service) in enumerate(zip(protection.own, found, strict=True), 1)
    ]


def _own(
    number: int, own: OwnActivity, stack: Stack, lock: Lock, protection: Protection, entry: CatalogEntry | None
) -> Sheet:
    reference, title = f"{stack.association.id}-own-{number}", plain(own.name)
    third = [plain(text) for text in own.recipients] or [say("third_none")]
    source = plain(own.source) if own.source else say("source_people")
    where = _inside(own, entry, stack, lock, protection) if entry else _outside(own, protection)
    sections = [
        identity(number, reference, title, protection), who(protection),
        purpose(
            plain(own.purpose), own.legal_basis, plain(own.interest) if own.interest else None, protection,
            row("note", say("note_none")), row("software", plain(own.tool) if own.tool else say("software_none")),
        ),
        people_and_data(own.subjects, own.data, [], [source]),
        section("duration", row("backups", *where.backups)),
        section(
            "recipients", row("internal", say("internal_own")), row("processors", *named(where.used)),
            row("third", *third), row("outside", *where.outside),
        ),
        where.transfers, where.measures,
    ]  # fmt: skip
    kept = [by_key(protection, own.data, own.period, say("goes_hand"))]
    return Sheet(
        number=number, reference=reference, kind="own", title=title, legal_basis=own.legal_basis,
        people=own.subjects, data=own.data, rights=list(vocabulary().bases[own.legal_basis].rights),
        sections=sections, kept=kept,
    )  # fmt: skip


@dataclass(frozen=True)
class _Where:
    """What follows from where a processing is done."""

    used: list[Processor]
    backups: list[Text]
    outside: list[Text]
    transfers: Section
    measures: Section


def _inside(own: OwnActivity, entry: CatalogEntry, stack: Stack, lock: Lock, protection: Protection) -> _Where:
    used = service_processors(entry, stack, protection)
    return _Where(
        used, copies(stack), outside_of(entry, stack), _transfers(entry, stack, used),
        measures(stack, lock, protection, entry, used, own.measures),
    )  # fmt: skip


def _outside(own: OwnActivity, protection: Protection) -> _Where:
    used = [each for each in protection.processors if each.role in OWN_ROLES]
    going = section("transfers", row("transfers", *(transfers(used) or [say("transfer_none")])))
    return _Where(used, [say("backups_not_in")], [say("outside_own")], going, own_measures(own.measures))
