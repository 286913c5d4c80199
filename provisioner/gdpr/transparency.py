"""What a host like those of CHATONS publishes, as data: services, counts, incidents. Pure. Nobody is named in it."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from provisioner.gdpr.facts import Facts
from provisioner.models.authorities import Authorities
from provisioner.retention import periods
from provisioner.vocabulary import vocabulary

# What services count that stands for people with an account (backup.counts of the catalog).
ACCOUNTS = ("accounts", "members", "authors", "subscribers")
BREACHES = ("confidentiality", "integrity", "availability")
Kept = list[Authorities | None]


def pack(found: list[Facts], kept: Kept, start: date, end: date) -> dict[str, Any]:
    """Given stacks, what is kept of authorities beside each, and a period, return what is published.

    Associations are counted, not named, but for the body that runs the host: it publishes.
    """
    return {
        "body": body_of(found),
        "taken": max(facts.today for facts in found).isoformat(),
        "period": {"from": start.isoformat(), "to": end.isoformat()},
        "place": _place(found),
        "services": _services(found),
        "figures": _figures(found),
        "backups": [_backup(facts) for facts in found],
        "durations": _durations(found[0]),
        "incidents": _incidents(found, start, end),
        "people": _people(found, start, end),
        "authorities": _authorities(kept, start, end),
    }


def body_of(found: list[Facts]) -> str:
    """Return the name of who publishes: the body that runs the stacks of others, or the first one's."""
    said = [facts.protection for facts in found if facts.protection]
    first = next((each for each in said if each.role == "processor"), said[0] if said else None)
    return first.controller.name if first else found[0].stack.association.name


def _place(found: list[Facts]) -> dict[str, Any]:
    said = [facts.protection for facts in found if facts.protection]
    hosts = sorted({(p.name, p.country) for each in said for p in each.processors if p.role == "host"})
    others = sorted({(p.role, p.country) for each in said for p in each.processors if p.role != "host"})
    return {
        "own": any(each.own_host for each in said),
        "hosts": [{"name": name, "country": country} for name, country in hosts],
        "others": [{"role": role, "country": country} for role, country in others],
        "known": bool(said),
    }


def _services(found: list[Facts]) -> list[dict[str, Any]]:
    """Return each service once, with the number of its instances; what really runs: `provisioner sbom`."""
    instances = Counter(name for facts in found for name in facts.stack.services)
    rows = []
    for name, count in sorted(instances.items()):
        facts = next(each for each in found if name in each.stack.services)
        entry = facts.services[name]
        locked = [facts.lock.images[each] for each in entry.images if facts.lock and each in facts.lock.images]
        service = entry.service
        rows.append(
            {
                "service": name, "title": service.title, "instances": count, "version": entry.version,
                "license": service.license, "source": service.homepage,
                "stand_in": any(each.source == "stand-in" for each in locked),
                "exports": [each.format for each in service.exports],
            }
        )  # fmt: skip
    return rows


def _figures(found: list[Facts]) -> dict[str, Any]:
    asked = [facts for facts in found if facts.host is not None]
    healthy = [
        item.get("health")
        for facts in asked
        for name, item in ((facts.host or {}).get("instances") or {}).items()
        if name.partition("_")[0] == facts.stack.association.id  # a host tells of all its associations
    ]
    counted, days = 0, []
    for facts in found:
        if not facts.drills:
            continue
        latest = {item.instance: item.counts for drill in facts.drills for item in drill.instances if item.ok}
        counted += sum(count for counts in latest.values() for key, count in counts.items() if key in ACCOUNTS)
        days.append(datetime.fromtimestamp(facts.drills[-1].time, UTC).date().isoformat())
    return {
        "associations": len(found),
        "instances": sum(len(facts.stack.services) for facts in found),
        "services": len({name for facts in found for name in facts.stack.services}),
        "healthy": healthy.count("healthy") if asked else None,
        "accounts": counted if days else None,
        "accounts_counted": max(days, default=""),
    }


def _backup(facts: Facts) -> dict[str, Any]:
    backup = facts.stack.backup
    if not backup:
        return {"copies": 0}
    drills = [drill for drill in facts.drills if drill.instances]
    return {
        "copies": len(backup.destinations), "offsite": sum(each.offsite for each in backup.destinations),
        "every_hours": backup.every_hours, "daily": backup.keep.daily, "weekly": backup.keep.weekly,
        "monthly": backup.keep.monthly, "drill_days": backup.drill_days,
        "last_drill": datetime.fromtimestamp(drills[-1].time, UTC).date().isoformat() if drills else "",
        "last_drill_ok": drills[-1].ok if drills else None,
    }  # fmt: skip


def _durations(facts: Facts) -> dict[str, Any]:
    chosen = facts.protection.retention if facts.protection else {}
    return {"keys": {key: str(value) for key, value in periods(chosen, vocabulary()).items()},
            "log_days": facts.log_days}  # fmt: skip


def _incidents(found: list[Facts], start: date, end: date) -> dict[str, Any]:
    breaches = [each for facts in found for each in facts.breaches]
    rows = [
        {"day": each.aware.date().isoformat(), "kinds": sorted(set(each.kinds) & set(BREACHES)),
         "open": each.closed is None, "authority_told": each.notified is not None}
        for each in breaches if each.aware and start <= each.aware.date() <= end
    ]  # fmt: skip
    failed = [
        drill for facts in found for drill in facts.drills
        if not drill.ok and start <= datetime.fromtimestamp(drill.time, UTC).date() <= end
    ]  # fmt: skip
    return {"breaches": sorted(rows, key=lambda row: str(row["day"])), "failed_drills": len(failed)}


def _people(found: list[Facts], start: date, end: date) -> dict[str, Any]:
    inside = [each for facts in found for each in facts.cases if each.received and start <= each.received <= end]
    late = sum(each.due is not None and each.closed is not None and each.closed > each.due for each in inside)
    known = ("access", "export", "portability", "rectification", "erase", "erasure", "objection", "restriction")
    kinds = Counter(each.kind if each.kind in known else "other" for each in inside)
    return {"received": dict(sorted(kinds.items())), "closed": sum(each.closed is not None for each in inside),
            "answered_late": late}  # fmt: skip


def _authorities(kept: Iterable[Authorities | None], start: date, end: date) -> dict[str, Any]:
    files = [each for each in kept if each is not None]
    rows = [each for file in files for each in file.requests if start <= each.day <= end]
    rows.sort(key=lambda each: each.day)
    return {"kept": bool(files), "requests": [each.model_dump(mode="json") for each in rows]}
