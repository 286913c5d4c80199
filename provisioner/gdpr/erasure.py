"""What an erasure would take, what stays and why, what is left. Pure; erasing.py does it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fnmatch import fnmatch
from typing import Any, Literal

from provisioner.bundle import Bundle
from provisioner.catalog import Catalog, CatalogEntry
from provisioner.gdpr.ask import Search, service_of
from provisioner.gdpr.dossier_info import answers_or_none
from provisioner.gdpr.durations import period_of, rows_of
from provisioner.gdpr.words import period_text, plain, tell
from provisioner.models.base import Text
from provisioner.models.gdpr import Stays
from provisioner.models.protection import About
from provisioner.models.request import Request
from provisioner.notices_times import oldest_copy

Trace = dict[str, Any]
LEGAL = "legal-obligation"


@dataclass(frozen=True)
class Planned:
    """One instance. `todo`: erase, note (nothing there, but perhaps in copies), by-hand (no command), held, nothing."""

    instance: str
    title: Text
    todo: Literal["erase", "note", "by-hand", "held", "nothing"]
    subjects: list[str] = field(default_factory=list)
    traces: list[Trace] = field(default_factory=list)
    allowed: list[Trace] = field(default_factory=list)
    stays: list[Text] = field(default_factory=list)
    manual: list[Text] = field(default_factory=list)
    restarts: bool = False

    @property
    def here(self) -> bool:
        """Tell whether there is something that should go."""
        return bool(self.subjects or self.traces)


def plan(search: Search, catalog: Catalog, case: Request | None) -> list[Planned]:
    """Return what is to be done for each instance that was searched; what a killed run began is taken up again."""
    found = [_planned(name, each, search.bundles[name], catalog, case) for name, each in search.found.items()]
    if not any(each.todo in ("erase", "by-hand") for each in found):
        return found
    return [replace(each, todo="note") if _only_noted(each, search, case) else each for each in found]


def hold(planned: list[Planned], reasons: Mapping[str, str]) -> list[Planned]:
    """Return the plan without the services that a law keeps out of it: service -> the reason."""
    return [
        replace(each, todo="held", stays=[*each.stays, plain(reasons[service_of(each.instance)])])
        if service_of(each.instance) in reasons
        else each
        for each in planned
    ]


def _only_noted(each: Planned, search: Search, case: Request | None) -> bool:
    """Tell whether a service without a trace goes into the ledger of erasures: a copy may be older than what it has."""
    before = case.services.get(each.instance) if case else None
    return each.todo == "nothing" and search.found[each.instance]["adapter"] and not (before and before.erased)


def _planned(name: str, found: dict[str, Any], bundle: Bundle, catalog: Catalog, case: Request | None) -> Planned:
    entry, before = catalog.services.get(service_of(name)), case.services.get(name) if case else None
    begun = before is not None and before.begun is not None and before.erased is None
    subjects = sorted({*found["subjects"], *(before.subjects if before and begun else [])})
    declared = entry.service.gdpr.stays if entry else []
    left, allowed = split(found["traces"], declared)
    todo: Literal["erase", "note", "by-hand", "nothing"] = "nothing"
    if subjects or left or begun:
        todo = "erase" if found["adapter"] else "by-hand"
    title = entry.service.title if entry else service_of(name)
    stays = [_stays(each, bundle) for each in declared] + (holds(entry, bundle) if entry else [])
    return Planned(
        name, title if isinstance(title, Text) else plain(title), todo, subjects, left, allowed,
        stays if subjects or left or allowed else [], _by_hand(entry) if entry else [],
        bool(subjects and entry and entry.service.gdpr.restart),
    )  # fmt: skip


def _by_hand(entry: CatalogEntry) -> list[Text]:
    """Return what a person must do: what the service says, and after a restore where nobody lists its people."""
    said = entry.service.gdpr
    return [*said.manual, *([tell("erase_again")] if said.erase and not said.subjects else [])]


def split(traces: Iterable[Trace], declared: list[Stays]) -> tuple[list[Trace], list[Trace]]:
    """Return the traces that should be gone, and those that a `stays` of the service explains."""
    patterns = [pattern for each in declared for pattern in each.places]
    explained: list[Trace] = []
    rest: list[Trace] = []
    for each in traces:
        (explained if any(fnmatch(each["place"], pattern) for pattern in patterns) else rest).append(each)
    return rest, explained


def _stays(each: Stays, bundle: Bundle) -> Text:
    if not each.until:
        return tell("stays", what=each.what, why=each.why)
    period = period_text(period_of(answers_or_none(bundle), each.until)[0])
    return tell("stays_until", what=each.what, why=each.why, period=period)


def holds(entry: CatalogEntry, bundle: Bundle) -> list[Text]:
    """Return the activities of a service that a law demands, each with how long: the association decides what stays."""
    said = answers_or_none(bundle)
    about, found = said.services.get(entry.name, About()), []
    if entry.name not in bundle.stack.services:
        return []
    for number, activity in enumerate(entry.service.gdpr.activities, 1):
        if about.legal_basis.get(number, activity.legal_basis) == LEGAL:
            for row in rows_of(activity, entry, said):
                found.append(tell("hold", purpose=activity.purpose, data=row.names, long=row.long))
    return found


def copies_until(bundles: list[Bundle], today: date) -> dict[str, date]:
    """Return association/destination -> the day by which its copies no longer hold what is erased today."""
    return {
        f"{bundle.stack.association.id}/{each.name}": today + timedelta(days=oldest_copy(bundle.stack.backup, each))
        for bundle in bundles
        if bundle.stack.backup
        for each in bundle.stack.backup.destinations
    }


def places_text(traces: Iterable[Trace]) -> str:
    """Return traces on one line."""
    return ", ".join(f"{each['place']} ({each['count']})" for each in traces)
