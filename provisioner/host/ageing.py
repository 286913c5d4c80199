"""When data that has become too old is deleted: once a night, at once where it never was, and by no doubtful clock.

Pure. `now` is in epoch seconds, `hour` is the host's local time.
"""

from __future__ import annotations

from typing import Any

from . import clock
from .clock import DAY, HOUR, age

NIGHT = 6  # the hour at which the night ends
EARLY, LATE = 0.9 * DAY, 1.5 * DAY
REST = 6 * HOUR  # after a purge that failed
TOO_LONG = 3 * DAY  # without a good purge: then people are told


def due(noted: dict[str, Any], days: int, now: float, hour: int) -> bool:
    """Return whether a purge is due. `noted` is what `note` returned last, {} for never.

    Another number of days than last time makes it due at once: a shorter one is a wish to have data gone.
    """
    if noted.get("days") != days:
        return True
    if not noted.get("ok", True):
        return age(noted.get("ran"), now) > REST
    since = age(noted.get("ran"), now)
    return since > LATE or (since > EARLY and hour < NIGHT)


def note(before: dict[str, Any], days: int, now: float, message: str = "") -> dict[str, Any]:
    """Return what to remember of a purge that ran now: failed if there is a message. `wrong` is since when it fails."""
    wrong = 0 if not message else before.get("wrong") or now
    return {"days": days, "ran": int(now), "ok": not message, "message": message, "wrong": int(wrong)}


def note_clock(noted: dict[str, Any], now: float) -> dict[str, Any]:
    """Return what the host remembers of its clock in each tick: `doubt` is since when it runs evenly after a jump."""
    doubt = now if clock.jumped(noted, now) else noted.get("doubt", 0)
    return {"clock": now, "doubt": doubt if now - doubt < clock.PROBATION else 0}


def failing(purges: dict[str, Any], now: float) -> tuple[float, str] | None:
    """Return (seconds, message) of the purge that has failed the longest, too long to wait; None when all is well."""
    bad = [each for each in purges.values() if each.get("wrong") and now - each["wrong"] > TOO_LONG]
    if not bad:
        return None
    first = min(bad, key=lambda each: float(each["wrong"]))
    return now - first["wrong"], str(first.get("message", ""))
