"""What `gdpr check` and `gdpr transparency` know of one stack. Pure; gather.py collects it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from provisioner.catalog import Catalog, CatalogEntry
from provisioner.durations import log_days
from provisioner.models.drill import DrillReport
from provisioner.models.protection import Protection
from provisioner.models.scorecard import Scorecard
from provisioner.models.stack import Lock, Stack
from provisioner.protection import today

HOURS = 72
ERASES = ("erase", "erasure")
OBJECTS = ("objection", "restriction", "withdrawal")


@dataclass(frozen=True)
class Case:
    """One request of a person: no more of it than its kind and its days."""

    name: str
    kind: str
    received: date | None = None
    due: date | None = None
    closed: date | None = None

    def overdue(self, today: date) -> bool:
        """Tell whether it is open and should have been answered before today."""
        return self.closed is None and (self.due is None or self.due < today)


@dataclass(frozen=True)
class Breach:
    """One breach of the register: no more of it than its hours."""

    name: str
    aware: datetime | None = None
    notified: datetime | None = None
    closed: datetime | None = None
    risk: str = "unknown"
    explained: str = ""
    kinds: tuple[str, ...] = ()
    reason: str = ""
    owed: bool = False
    people_told: bool = False

    def overdue(self, now: datetime) -> bool:
        """Tell whether the authority should have been told by now and was not."""
        if (self.risk == "none" and self.reason) or self.notified or (self.closed and self.risk == "risk"):
            return False
        return self.aware is None or self.aware + timedelta(hours=HOURS) < now

    @property
    def late(self) -> bool:
        """Tell whether the authority was told after 72 hours, without a reason."""
        if not self.aware or not self.notified or self.explained:
            return False
        return self.notified > self.aware + timedelta(hours=HOURS)


@dataclass(frozen=True)
class Facts:
    """One stack, what is known beside it, what its host answered. What was not asked is None; `why_not` says why."""

    now: datetime
    stack: Stack
    catalog: Catalog
    protection: Protection | None = None
    host: dict[str, Any] | None = None
    retention: dict[str, Any] | None = None
    why_not: str = ""
    notice: dict[str, Any] | None = None
    cards: list[Scorecard] = field(default_factory=list)
    drills: list[DrillReport] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)
    encrypted: bool | None = None
    lock: Lock | None = None

    @property
    def today(self) -> date:
        """Return the day of the check, as the association counts it."""
        return today(self.stack, self.now)

    @property
    def log_days(self) -> int:
        """Return for how many days the host keeps its logs: as gdpr.yaml says, else as stack.yaml does."""
        return log_days(self.protection) if self.protection else self.stack.security.log_days

    @property
    def services(self) -> dict[str, CatalogEntry]:
        """Return the services of the stack with their catalog entries."""
        return {name: self.catalog.entry(name) for name in self.stack.services}

    @property
    def backups(self) -> dict[str, Any] | None:
        """Return what the host says of the backups of this association; None where it was not asked or has none."""
        found = ((self.host or {}).get("backups") or {}).get(self.stack.association.id)
        return found if isinstance(found, dict) else None


def case_of(name: str, data: dict[str, Any]) -> Case:
    """Return a case from its case.json, whatever else stands in it. Raise ValueError for days that are none."""
    return Case(
        name, str(data.get("kind", "")), _day(data.get("received")), _day(data.get("due")), _day(data.get("closed"))
    )


def breach_of(name: str, data: dict[str, Any]) -> Breach:
    """Return a breach from its breach.json, whatever else stands in it. Raise ValueError for times that are none."""
    notified, closed = data.get("notified"), data.get("closed")
    told = [each for each in notified if isinstance(each, dict)] if isinstance(notified, list) else []
    times = [_time(each.get("time")) for each in told if each.get("whom") == "authority"]
    stages = {each.get("stage") for each in told if each.get("whom") == "authority"}
    explained = str(closed.get("late", "")) if isinstance(closed, dict) else ""
    first = min((each for each in times if each), default=None) if isinstance(notified, list) else _time(notified)
    people = any(each.get("whom") == "people" for each in told) or bool(str(data.get("people_why") or "").strip())
    return Breach(
        name, aware=_time(data.get("aware")), notified=first, closed=_time(closed), explained=explained,
        risk=str(data.get("risk", "unknown")), kinds=tuple(str(each) for each in data.get("kinds") or []),
        reason=str(data.get("reason", "")).strip(), owed="initial" in stages and not stages & {"complement", "whole"},
        people_told=people,
    )  # fmt: skip


def _inner(value: Any) -> Any:
    """Return the time of a record that says more than when, or the value itself."""
    if isinstance(value, dict):
        return next((value[key] for key in ("time", "day", "date", "at") if value.get(key)), None)
    return value


def _day(value: Any) -> date | None:
    found = _time(value)
    return found.date() if found else None


def _time(value: Any) -> datetime | None:
    value = _inner(value)
    if value in (None, "", False):
        return None
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    if isinstance(value, datetime):
        found = value
    elif isinstance(value, date):
        found = datetime(value.year, value.month, value.day)
    else:
        found = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)
