"""Time as backups see it: how old something is, whether the window is open, whether the host's clock can be believed.

All functions are pure. `now` is in epoch seconds, `minutes` is the host's local time in minutes since midnight.
"""

from __future__ import annotations

from typing import Any

HOUR, DAY = 3600.0, 86400.0
SLACK = 300.0  # a clock is set right in small steps
LEAP = 40 * DAY  # nobody was away so long, or the clock is wrong
PROBATION = DAY  # so long a clock that jumped must run evenly before anything is deleted by it


def age(time: float | None, now: float) -> float:
    """Return the seconds since a time: infinite when it never was, or when it lies ahead (the clock was wrong then)."""
    return float("inf") if not time or time > now + SLACK else max(0.0, now - time)


def inside(window: str, minutes: int) -> bool:
    """Return whether a window such as 22:00-06:00 is open; the empty one always is."""
    if not window:
        return True
    start, end = _bounds(window)
    return (minutes - start) % 1440 < ((end - start) % 1440 or 1440)


def opened(window: str, now: float, minutes: int) -> float:
    """Return when the window was last opened. The empty one counts as opened somewhat less than a day ago."""
    if not window:
        return now - 0.9 * DAY
    return now - (minutes - _bounds(window)[0]) % 1440 * 60.0


def missed(window: str, state: dict[str, Any], now: float, minutes: int) -> bool:
    """Return whether the window is closed and no tick fell into the last one: the host was off all that night."""
    seen = age(state.get("window_seen"), now)
    return not inside(window, minutes) and seen > now - opened(window, now, minutes) + SLACK


def jumped(state: dict[str, Any], now: float) -> bool:
    """Return whether the clock went back, leapt ahead, or has known a backup that is still to come."""
    last = state.get("clock")
    if last and not last - SLACK <= now <= last + LEAP:
        return True
    copies = [copy for held in state.get("instances", {}).values() for copy in held.values()]
    return any(copy.get("good", {}).get("time", 0) > now + SLACK for copy in copies)


def trusted(state: dict[str, Any], now: float) -> bool:
    """Return whether the clock can be believed: nothing is forgotten by one that cannot."""
    return not state.get("doubt") and not jumped(state, now)


def note_tick(
    config: dict[str, Any], state: dict[str, Any], instances: list[str], now: float, minutes: int
) -> dict[str, Any]:
    """Return what a tick must remember in the state: call it first of all in each, and note it.

    clock: when the last tick was. doubt: since when the clock runs evenly after a jump (0 after a day of it).
    window_seen: the last tick inside the window. seen: since when instances and destinations are known.
    """
    doubt = now if jumped(state, now) else state.get("doubt", 0)
    doubt = doubt if now - doubt < PROBATION else 0
    window_seen = now if inside(config["window"], minutes) else state.get("window_seen", 0)
    names = {"instances": instances, "destinations": [each["name"] for each in config["destinations"]]}
    before = state.get("seen", {})
    seen = {what: {name: before.get(what, {}).get(name, now) for name in names[what]} for what in names}
    return {"clock": now, "doubt": doubt, "window_seen": window_seen, "seen": seen}


def _bounds(window: str) -> tuple[int, int]:
    start, end = (int(part[:2]) * 60 + int(part[3:5]) for part in window.split("-"))
    return start, end
