"""What is due now, decided from configuration, state and clock alone.

Work runs while the window is open. When the host was off for a whole window, checks and pruning run as soon as it is
on, and so do backups that are late; everything else waits for the next window. What failed rests for a while.
"""

from __future__ import annotations

import math
from typing import Any

from . import clock
from .clock import DAY, HOUR, age

Job = dict[str, Any]
EARLY = 0.9  # so that a nightly task does not wander through the night
REST = HOUR  # after a failed backup
CHECK_REST = 6 * HOUR  # after a failed check
ROUNDS = 30  # restic reads the packs of one part in 30: all of them in 30 days
ROUND_OLD = 28.5 * DAY  # when the next part was read so long ago, or one
ROUND_LIMIT = 30.5 * DAY  # would wait longer at one a day, two are read in one day
PRUNE_EVERY = 7 * DAY


def due(config: dict[str, Any], state: dict[str, Any], instances: list[str], now: float, minutes: int) -> list[Job]:
    """Given the instances that are there (not the removed ones), return the jobs in the order they should run.

    A job is {kind, instance, destination, why}. backup: destination "" reads live data for all destinations; a named
    one lacks only the snapshot that the first destination has, to be copied. round: `round` says which of the 30.
    prune: forget and prune. drill: the restore of one instance for practice.
    """
    window = config["window"]
    is_open, missed = clock.inside(window, minutes), clock.missed(window, state, now, minutes)
    jobs = _backups(config, state, instances, now, is_open, missed)
    if is_open or missed:
        used = [each for each in config["destinations"] if _is_used(state, each["name"])]
        jobs += [job for each in used for job in _checks(config, state, each["name"], now)]
        jobs += [job for each in used for job in _rounds(state, each["name"], now)]
        jobs += [job for each in used for job in _prunes(state, each, instances, now)]
    if is_open and config["drill_days"]:
        jobs += _drills(config, state, instances, now, clock.opened(window, now, minutes))
    return jobs


def copy_of(state: dict[str, Any], instance: str, destination: str) -> dict[str, Any]:
    """Return what is known of an instance's copies in a destination: {good, failed}, each possibly missing."""
    found: dict[str, Any] = state.get("instances", {}).get(instance, {}).get(destination, {})
    return found


def good_age(state: dict[str, Any], instance: str, destination: str, now: float) -> float:
    """Return the age in seconds of the last good backup; infinite when there is none."""
    return age(copy_of(state, instance, destination).get("good", {}).get("time"), now)


def note_check(structure: dict[str, Any], now: float, message: str = "", code: str = "") -> dict[str, Any]:
    """Return the `structure` of a destination after a check, failed if there is a message; `good`: the last good."""
    good = structure.get("good", 0) if message else now
    return {"time": now, "ok": not message, "message": message, "code": code, "good": good}


def note_round(rounds: dict[str, Any], number: int, now: float, message: str = "", code: str = "") -> dict[str, Any]:
    """Return the `rounds` of a destination after one: read well, or failed with a message, until it is read well."""
    times, failed = dict(rounds.get("times", {})), dict(rounds.get("failed", {}))
    if message:
        failed[str(number)] = {"time": now, "message": message, "code": code}
    else:
        times[str(number)] = now
        failed.pop(str(number), None)
    return {"times": times, "failed": failed}


def read_ages(state: dict[str, Any], destination: str, now: float) -> dict[int, float]:
    """Return round -> seconds since its packs were read; for one never read, since the destination is known."""
    times = state.get("destinations", {}).get(destination, {}).get("rounds", {}).get("times", {})
    known = age(state.get("seen", {}).get("destinations", {}).get(destination, now), now)
    ages = {number: age(times.get(str(number)), now) for number in range(1, ROUNDS + 1)}
    return {number: known if math.isinf(found) else found for number, found in ages.items()}


def round_order(state: dict[str, Any], destination: str, now: float) -> list[int]:
    """Return all rounds in the order to read them: what was read longest ago first, what failed today last."""
    failed = state.get("destinations", {}).get(destination, {}).get("rounds", {}).get("failed", {})
    today = {int(number) for number, each in failed.items() if age(each["time"], now) < EARLY * DAY}
    ages = read_ages(state, destination, now)
    return sorted(ages, key=lambda number: (number in today, -ages[number], number))


def _job(kind: str, why: str, instance: str = "", destination: str = "", **more: Any) -> Job:
    return {"kind": kind, "instance": instance, "destination": destination, "why": why, **more}


def _backups(
    config: dict[str, Any], state: dict[str, Any], instances: list[str], now: float, is_open: bool, missed: bool
) -> list[Job]:
    """Return the backups that are due, the oldest first."""
    found: list[tuple[float, Job]] = []
    for name in instances:
        ages = {each["name"]: good_age(state, name, each["name"], now) for each in config["destinations"]}
        stale = [where for where in ages if ages[where] > EARLY * config["every_hours"] * HOUR]
        ready = [where for where in stale if age(copy_of(state, name, where).get("failed", {}).get("time"), now) > REST]
        late = any(ages[where] > config["alerts"]["late_hours"] * HOUR for where in ready)
        if not ready or not (is_open or (missed and late)):
            continue
        live = next(iter(ages)) in stale
        for where in [""] if live else ready:
            oldest = max(ages[each] for each in stale) if live else ages[where]
            found.append((-oldest, _job("backup", _told(oldest), name, where)))
    return [job for _age, job in sorted(found, key=lambda pair: (pair[0], pair[1]["instance"]))]


def _checks(config: dict[str, Any], state: dict[str, Any], destination: str, now: float) -> list[Job]:
    last = state.get("destinations", {}).get(destination, {}).get("structure", {})
    since = age(last.get("time"), now)
    failed = bool(last) and not last.get("ok")
    if since > (CHECK_REST if failed else EARLY * config["check_days"] * DAY):
        return [_job("check", "the last one failed" if failed else _told(since), destination=destination)]
    return []


def _rounds(state: dict[str, Any], destination: str, now: float) -> list[Job]:
    """Return the round that is due: one a day, two when a part would otherwise wait too long."""
    rounds = state.get("destinations", {}).get(destination, {}).get("rounds", {})
    tried = [*rounds.get("times", {}).values(), *(each["time"] for each in rounds.get("failed", {}).values())]
    ages, order = read_ages(state, destination, now), round_order(state, destination, now)
    behind = any(ages[number] + wait * DAY > ROUND_LIMIT for wait, number in enumerate(order))
    behind = behind or ages[order[0]] > ROUND_OLD
    if sum(age(time, now) < EARLY * DAY for time in tried) >= 1 + behind:
        return []
    why = "behind" if behind else "the next one"
    return [_job("round", why, destination=destination, round=order[0])]


def _prunes(state: dict[str, Any], destination: dict[str, Any], instances: list[str], now: float) -> list[Job]:
    """Return the pruning that is due: never where the server keeps all, on damage, or in doubt of clock or copies."""
    name = destination["name"]
    known = state.get("destinations", {}).get(name, {})
    pruned = known.get("pruned", {})
    last = pruned.get("time", 0)
    damaged = not known.get("structure", {}).get("ok", True) or known.get("rounds", {}).get("failed")
    copies = [copy_of(state, instance, name) for instance in instances]
    complete = all(not copy.get("failed") and copy.get("good", {}).get("time", 0) > last for copy in copies)
    if destination["append_only"] or damaged or not complete or not clock.trusted(state, now):
        return []
    since = age(last, now)
    return [_job("prune", _told(since), destination=name)] if since > (PRUNE_EVERY if pruned.get("ok") else DAY) else []


def _drills(
    config: dict[str, Any], state: dict[str, Any], instances: list[str], now: float, opened: float
) -> list[Job]:
    """Return tonight's drill: the instance whose last is the longest ago. One a night, more only if days do not do."""
    last = {name: state.get("drills", {}).get(name, {}) for name in instances}
    ages = {name: age(last[name].get("time"), now) for name in instances if _has_copy(state, name)}
    pause = {name: config["drill_days"] * DAY if last[name].get("ok", True) else DAY for name in ages}
    waiting = sorted((name for name in ages if ages[name] > EARLY * pause[name]), key=lambda name: (-ages[name], name))
    tonight = sum(since < now - opened for since in ages.values())
    quota = max(1, -(-len(instances) // config["drill_days"]))
    return [_job("drill", _told(ages[name]), name) for name in waiting[: max(0, quota - tonight)]]


def _has_copy(state: dict[str, Any], instance: str) -> bool:
    return any(copy.get("good") for copy in state.get("instances", {}).get(instance, {}).values())


def _is_used(state: dict[str, Any], destination: str) -> bool:
    """Return whether anything was ever backed up there: an empty repository may not even exist."""
    return any(held.get(destination, {}).get("good") for held in state.get("instances", {}).values())


def _told(seconds: float) -> str:
    return "never yet" if math.isinf(seconds) else f"{seconds / HOUR:.0f} h ago"
