"""What is wrong with the backups, and how old the good ones are: for alerts and for `status`. Pure."""

from __future__ import annotations

import math
from typing import Any

from .ageing import failing
from .clock import DAY, HOUR, age, trusted
from .due import ROUNDS, copy_of, good_age, read_ages

Condition = dict[str, Any]
UNREAD = 35 * DAY
SHRUNK = 0.5
FULL = ("no space left", "quota exceeded")
# With these words of restic nothing was looked at: that says nothing about the copies.
NOT_DONE = ("unreachable", "locked", "busy", "wrong_key", "no_repository")


def conditions(config: dict[str, Any], state: dict[str, Any], now: float, instances: list[str]) -> list[Condition]:
    """Return what is wrong: {key, code, instance, destination, age_hours, message}. Empty when all is well."""
    found = [] if trusted(state, now) else [_condition("clock_jumped")]
    names = [each["name"] for each in config["destinations"]]
    if len(names) == 1:
        found.append(_condition("one_destination", destination=names[0]))
    if not any(each["offsite"] for each in config["destinations"]):
        found.append(_condition("no_destination_offsite"))
    found += [item for name in instances for where in names for item in _copies(config, state, name, where, now)]
    found += [item for where in names for item in _destination(config, state, where, now)]
    found += [item for name in instances for item in _drill(config, state, name, now)]
    found += [item for name in instances for item in _purges(state, name, now)]
    return found


def summary(config: dict[str, Any], state: dict[str, Any], now: float, instances: list[str]) -> dict[str, Any]:
    """Return for `status`: ages in hours (None: never) per instance and destination, what is wrong, alerts not sent."""
    names = [each["name"] for each in config["destinations"]]
    return {
        "instances": {name: _instance_summary(state, name, names, now) for name in instances},
        "destinations": {name: _destination_summary(state, name, now) for name in names},
        "conditions": conditions(config, state, now, instances),
        "late_hours": config["alerts"]["late_hours"],
        "unsent": len(state.get("outbox", [])),
    }


def _condition(
    code: str, instance: str = "", destination: str = "", seconds: float | None = None, message: str = ""
) -> Condition:
    hours = None if seconds is None else _hours(seconds)
    key = ":".join((code, instance, destination))
    return {
        "key": key, "code": code, "instance": instance, "destination": destination, "age_hours": hours,
        "message": message,
    }  # fmt: skip


def _known_for(state: dict[str, Any], what: str, name: str, now: float) -> float:
    return age(state.get("seen", {}).get(what, {}).get(name, now), now)


def _copies(config: dict[str, Any], state: dict[str, Any], name: str, where: str, now: float) -> list[Condition]:
    """Return what is wrong with the copies of one instance in one destination."""
    copy, since = copy_of(state, name, where), good_age(state, name, where, now)
    good, found = copy.get("good", {}), []
    known = min(_known_for(state, "instances", name, now), _known_for(state, "destinations", where, now))
    if min(since, known) > config["alerts"]["late_hours"] * HOUR:
        found.append(_condition("backup_late", name, where, since))
    if copy.get("failed"):
        message = str(copy["failed"].get("message", ""))
        code = "repository_full" if any(word in message.lower() for word in FULL) else "backup_failed"
        found.append(_condition(code, name, where, age(copy["failed"].get("time"), now), message))
    if good.get("bytes_before") and good.get("bytes", 0) < SHRUNK * good["bytes_before"]:
        sizes = f"{good['bytes_before']} -> {good.get('bytes', 0)} bytes"
        found.append(_condition("shrunk", name, where, since, sizes))
    return found


def _destination(config: dict[str, Any], state: dict[str, Any], where: str, now: float) -> list[Condition]:
    """Return what is wrong with the checks and the pruning of one destination."""
    known, found = state.get("destinations", {}).get(where, {}), []
    structure, rounds = known.get("structure", {}), known.get("rounds", {}).get("failed", {})
    used_for = _known_for(state, "destinations", where, now)
    failures = [*([structure] if structure and not structure.get("ok") else []), *rounds.values()]
    bad = [each for each in failures if each.get("code") not in NOT_DONE]
    if failures:
        first = min(bad or failures, key=lambda each: float(each.get("time", 0)))
        since, message = age(first.get("time"), now), str(first.get("message", ""))
        found.append(_condition("check_failed" if bad else "check_not_done", "", where, since, message))
    since = age(structure.get("time"), now)
    if min(since, used_for) > (2 * config["check_days"] + 1) * DAY:
        found.append(_condition("check_late", "", where, since))
    unread = max(read_ages(state, where, now).values())
    if unread > UNREAD:
        found.append(_condition("packs_unread", "", where, unread))
    pruned = known.get("pruned", {})
    if not pruned.get("ok", True):
        since, message = age(pruned.get("time"), now), str(pruned.get("message", ""))
        found.append(_condition("prune_failed", "", where, since, message))
    if known.get("record_failed"):
        since, message = age(known.get("record", {}).get("time"), now), str(known["record_failed"])
        found.append(_condition("record_failed", "", where, since, message))
    return found


def _drill(config: dict[str, Any], state: dict[str, Any], name: str, now: float) -> list[Condition]:
    """Return what is wrong with the drills of one instance."""
    last = state.get("drills", {}).get(name, {})
    since, known = age(last.get("time"), now), _known_for(state, "instances", name, now)
    if last and not last.get("ok"):
        return [_condition("drill_failed", name, "", since, str(last.get("message", "")))]
    if config["drill_days"] and min(since, known) > 1.5 * config["drill_days"] * DAY:
        return [_condition("drill_late", name, "", since)]
    return []


def _purges(state: dict[str, Any], name: str, now: float) -> list[Condition]:
    """Return the purge of old data that has failed for days, if one has. `state.purges`: instance -> key -> noted."""
    found = failing(state.get("purges", {}).get(name, {}), now)
    return [_condition("purge_failed", name, "", *found)] if found else []


def _instance_summary(state: dict[str, Any], name: str, names: list[str], now: float) -> dict[str, Any]:
    copies = {
        where: {
            "good_hours": _hours(good_age(state, name, where, now)),
            "snapshot": copy_of(state, name, where).get("good", {}).get("snapshot", ""),
            "failed": copy_of(state, name, where).get("failed", {}).get("message", ""),
        }
        for where in names
    }
    last = state.get("drills", {}).get(name, {})
    drill = {key: last[key] for key in ("ok", "rto_seconds", "rpo_seconds", "message") if key in last}
    return {"destinations": copies, "drill": {"hours": _hours(age(last.get("time"), now)), **drill}}


def _destination_summary(state: dict[str, Any], name: str, now: float) -> dict[str, Any]:
    known = state.get("destinations", {}).get(name, {})
    structure, rounds = known.get("structure", {}), known.get("rounds", {})
    return {
        "check_hours": _hours(age(structure.get("good"), now)),
        "check_ok": bool(structure.get("ok", True)) and not rounds.get("failed"),
        "rounds_read": len(rounds.get("times", {})),
        "rounds": ROUNDS,
        "oldest_read_hours": _hours(max(read_ages(state, name, now).values())),
        "prune_hours": _hours(age(known.get("pruned", {}).get("time"), now)),
    }


def _hours(seconds: float) -> float | None:
    """Return hours with one digit, or None for what never was."""
    return None if math.isinf(seconds) else round(seconds / HOUR, 1)
