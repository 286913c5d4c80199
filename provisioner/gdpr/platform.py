"""The sheets of the platform's own processing: security logs, backups, start page. Pure."""

from provisioner.gdpr.durations import by_key, copies, period_of
from provisioner.gdpr.fields import identity, people_and_data, purpose, row, section, who
from provisioner.gdpr.measures import log_key, measures
from provisioner.gdpr.processors import named, transfers
from provisioner.gdpr.words import days_text, say
from provisioner.models.base import Text
from provisioner.models.gdpr import LegalBasis
from provisioner.models.protection import Processor, Protection
from provisioner.models.register import KeptRow, Section, Sheet
from provisioner.models.stack import Lock, Stack
from provisioner.notices_times import oldest_copy
from provisioner.render import PROXY_IMAGE
from provisioner.vocabulary import vocabulary

BASIS: LegalBasis = "legitimate-interest"


def platform_sheets(services: list[Sheet], stack: Stack, lock: Lock, protection: Protection) -> list[Sheet]:
    """Given the sheets of the services, return those of the platform: logs, backups and start page if there are any."""
    found = [_logs(stack, lock, protection)]
    if stack.backup and services:
        found.append(_backups(services, stack, lock, protection))
    return [*found, _portal(stack, lock, protection)] if stack.portal else found


def _logs(stack: Stack, lock: Lock, protection: Protection) -> Sheet:
    key, left = log_key(protection), stack.security.effective == "none"
    goes = say("goes_not_yet") if left else say("goes_logs", days=days_text(period_of(protection, key)[1]))
    kept = [by_key(protection, ["connection"], key, goes)]
    about = _About("logs", ["visitors", "members", "guests"], ["connection"], [say("source_software")], kept)
    return _sheet(about, stack, lock, protection, section("duration", row("backups", say("backups_none"))))


def _backups(services: list[Sheet], stack: Stack, lock: Lock, protection: Protection) -> Sheet:
    people_ = list(dict.fromkeys(each for sheet in services for each in sheet.people))
    data = list(dict.fromkeys(each for sheet in services for each in sheet.data))
    about = _About("backups", people_, data, [say("source_services")], _copies(data, stack))
    return _sheet(about, stack, lock, protection, section("duration", row("backups", *copies(stack))))


def _copies(data: list[str], stack: Stack) -> list[KeptRow]:
    """Return a row for each destination: how old a copy can get there, and what takes it away."""
    if stack.backup is None:
        return []
    rows = []
    for each in stack.backup.destinations:
        days = oldest_copy(stack.backup, each)
        kind = "backups_within" if each.append_only else "backups_age"
        goes = say("goes_copies_hand" if each.append_only else "goes_copies")
        long = say(kind, name=each.name, days=days_text(days))
        rows.append(KeptRow(data=data, names=say("copied_data"), long=long, goes=goes, days=days))
    return rows


def _portal(stack: Stack, lock: Lock, protection: Protection) -> Sheet:
    kept = _logs(stack, lock, protection).kept
    about = _About("portal", ["visitors", "members"], ["connection"], [say("source_software")], kept)
    return _sheet(about, stack, lock, protection, section("duration", row("backups", say("backups_none"))))


class _About:
    """What differs from one sheet of the platform to the other."""

    def __init__(self, name: str, people_: list[str], data: list[str], source: list[Text], kept: list[KeptRow]) -> None:
        self.name, self.people, self.data, self.source, self.kept = name, people_, data, source, kept


def _sheet(about: _About, stack: Stack, lock: Lock, protection: Protection, duration: Section) -> Sheet:
    name = about.name
    reference, title = f"{stack.association.id}-platform-{name}", say(f"platform_{name}")
    software = [say("software_platform", image=PROXY_IMAGE)]
    software += [say("software_restic")] if name == "backups" else []
    used = _processors(name, protection)
    sections = [
        identity(1, reference, title, protection), who(protection),
        purpose(
            say(f"platform_{name}_purpose"), BASIS, say(f"platform_{name}_interest"), protection,
            row("note", say("note_none")), row("software", *software),
        ),
        people_and_data(about.people, about.data, [], about.source), duration, _recipients(name, stack, used),
        section("transfers", row("transfers", *(transfers(used) or [say("transfer_none")]))),
        measures(stack, lock, protection, None, used),
    ]  # fmt: skip
    return Sheet(
        number=1, reference=reference, kind="platform", service=name, title=title, legal_basis=BASIS,
        people=about.people, data=about.data, rights=list(vocabulary().bases[BASIS].rights),
        sections=sections, kept=about.kept,
    )  # fmt: skip


def _processors(name: str, protection: Protection) -> list[Processor]:
    roles = ["host", "maintenance", *(["backup"] if name == "backups" else [])]
    return [each for each in protection.processors if each.role in roles]


def _recipients(name: str, stack: Stack, used: list[Processor]) -> Section:
    named_ = [each.name for each in stack.recipients if not isinstance(each, str)]
    names = ", ".join(dict.fromkeys(named_))
    outside = say("outside_platform")
    if name == "backups" and stack.backup:
        outside = say("outside_backup", names=", ".join(each.name for each in stack.backup.destinations))
    return section(
        "recipients", row("internal", say("internal_platform", names=names or say("someone"))),
        row("processors", *named(used)), row("third", say("third_none")), row("outside", outside),
    )  # fmt: skip
