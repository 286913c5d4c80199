"""How long what stays for an association, who sees to it, and what on the hosts is older than allowed. Pure."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from provisioner.bundle import Bundle
from provisioner.catalog import Catalog
from provisioner.durations import HOSTING, LOGS, bound, days, in_force, on_host
from provisioner.i18n import _, language
from provisioner.render import instance_name
from provisioner.vocabulary import vocabulary

LATE = 2 * 86400  # seconds without a purge; the host runs them every night
SLACK = 2  # days: the journal and logrotate work by whole files of a day


@dataclass(frozen=True)
class Row:
    """One key of the map in force. `by`: service -> ways (setting NAME, purge, application, account, hand)."""

    association: str
    key: str
    label: str
    starts: str
    period: str
    days: int
    strength: str
    source: str
    chosen: bool
    by: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """Something older than allowed, or a means that does not work. `where` is an instance or the place of a log."""

    host: str
    where: str
    key: str
    code: str
    text: str


def rows(bundle: Bundle, catalog: Catalog) -> list[Row]:
    """Return the map of an association: every key, with the services that it concerns."""
    answers, words, spoken = bundle.protection, vocabulary().retention, language()
    periods, numbers = in_force(answers), days(answers)
    numbers |= {} if answers else {LOGS: bundle.stack.security.log_days}
    used = _used(bundle, catalog)
    return [
        Row(
            association=bundle.stack.association.id, key=key, label=word.label.in_language(spoken),
            starts=word.starts.in_language(spoken), period=periods[key].text(), days=numbers[key],
            strength=word.strength, source=word.source.in_language(spoken),
            chosen=bool(answers and key in answers.retention), by=used.get(key, {}),
        )
        for key, word in words.items()
    ]  # fmt: skip


def _used(bundle: Bundle, catalog: Catalog) -> dict[str, dict[str, list[str]]]:
    """Return key -> service -> by what it goes there. The host's own logs go by the host."""
    found: dict[str, dict[str, list[str]]] = {}
    for service in bundle.stack.services:
        entry = catalog.entry(service)
        for kept in (kept for activity in entry.service.gdpr.activities for kept in activity.kept if kept.period):
            ways = found.setdefault(str(kept.period), {}).setdefault(service, [])
            named = [n for n, s in entry.service.settings.items() if s.retention == kept.period]
            way = f"setting {named[0]}" if kept.by == "setting" and named else kept.by
            if way not in ways:
                ways.append(way)
    hosting = bool(bundle.protection and bundle.protection.public_content)
    found.setdefault(HOSTING if hosting else LOGS, {})["host"] = ["journal"]
    return found


def reviews(bundle: Bundle, catalog: Catalog) -> list[tuple[str, str, str]]:
    """Return (service, label, period) of what a person must look through and delete: no program does."""
    return [
        (service, row.label, row.period)
        for row in rows(bundle, catalog)
        for service, ways in row.by.items()
        if "hand" in ways
    ]


def problems(
    host: str, bundles: list[Bundle], catalog: Catalog, answer: dict[str, Any], now: float | None = None
) -> list[Problem]:
    """Given what a host answered to `retention`, return all that is not as the maps of its associations say."""
    moment = time.time() if now is None else now
    found = [
        Problem(host, name, key, code, text)
        for bundle in bundles
        for name, key, code, text in _instances(bundle, catalog, answer["instances"], moment)
    ]
    return found + [
        Problem(host, place, LOGS, code, text) for place, code, text in _logs(bundles, answer.get("logs", {}))
    ]


def _instances(
    bundle: Bundle, catalog: Catalog, told: dict[str, Any], now: float
) -> Iterator[tuple[str, str, str, str]]:
    for service in bundle.stack.services:
        entry, name = catalog.entry(service), instance_name(bundle.stack, service)
        for key, wanted in on_host(entry, bundle.protection).items():
            real = told.get(name, {}).get(key)
            purged = key in entry.service.gdpr.purges
            for code, text in _one(real, int(str(wanted["days"])), bound(entry, bundle.protection), purged, now):
                yield name, key, code, text


def _one(
    real: dict[str, Any] | None, wanted: int, values: dict[str, str], purged: bool, now: float
) -> Iterator[tuple[str, str]]:
    """Yield (code, text) of what is wrong with one key of one instance."""
    if real is None:
        yield "unknown", _("the host does not know this duration yet: provisioner apply")
        return
    if real["days"] != wanted:
        text = _("the host keeps it {real} days, the map says {wanted}: provisioner apply")
        yield "differs", text.format(real=real["days"], wanted=wanted)
    for name, value in real.get("settings", {}).items():
        if values.get(name) != value:
            text = _("setting {name} is {real} on the host, the map says {wanted}: provisioner apply")
            yield "setting", text.format(name=name, real=value, wanted=values.get(name))
    if real.get("aged"):
        yield "aged", _("{count} older than {days} days are there").format(count=real["aged"], days=wanted)
    if not purged:
        return
    if not real["ok"]:
        told = {
            "busy": _("somebody else works on it (a backup, a restore): try again"),
            "clock": _("nothing was deleted: the host's clock jumped less than a day ago"),
        }
        reason = " ".join(str(real["message"]).split())[:300]
        yield "failed", told.get(reason) or _("the purge failed: {reason}").format(reason=reason)
    elif not real["ran"]:
        yield "never", _("the purge never ran; the host's timer does it within ten minutes")
    elif now - real["ran"] > LATE:
        hours = round((now - real["ran"]) / 3600)
        yield "late", _("the purge last ran {hours} hours ago: is the host's timer on?").format(hours=hours)


def _logs(bundles: list[Bundle], logs: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    own = min(bundle.stack.security.log_days for bundle in bundles)
    kept = max((int(each["days"]) for each in logs.values()), default=own)
    if kept > own:
        text = _("the host keeps its logs {days} days, as another association on it must by law; yours says {own}: "
                 "set retention.security_logs to 12 months in gdpr.yaml, so that your documents say so")  # fmt: skip
        yield "host", "longer", text.format(days=kept, own=own)
    for place, each in logs.items():
        if each["oldest_days"] > each["days"] + SLACK:
            text = _("the oldest entry is {oldest} days old, {days} are allowed")
            yield place, "log", text.format(oldest=each["oldest_days"], days=each["days"])


def plain(row: Row) -> dict[str, Any]:
    """Return a row as data."""
    return asdict(row)
