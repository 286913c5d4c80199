"""The 72 hours of art. 33(1): real hours from becoming aware, whatever calendar or summer time says. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from provisioner.errors import InputError
from provisioner.i18n import _
from provisioner.models.breach import Breach
from provisioner.protection import OLDEST

HOURS = 72
PRESSING = 24
State = Literal["running", "pressing", "late", "notified", "notified-late", "not-needed", "closed"]


def deadline(aware: datetime) -> datetime:
    """Return the moment 72 real hours after another, in UTC."""
    return aware.astimezone(UTC) + timedelta(hours=HOURS)


def local(moment: datetime, zone: str) -> str:
    """Return a moment as people of a time zone write it, with its distance from UTC: two hours may bear one name."""
    there = moment.astimezone(ZoneInfo(zone))
    offset = f"{there:%z}"
    return f"{there:%Y-%m-%d %H:%M} ({zone}, UTC{offset[:3]}:{offset[3:]})"


def hours_left(breach: Breach, now: datetime) -> float:
    """Return the hours until the deadline, to a tenth; below zero when it has passed."""
    return round((deadline(breach.aware) - now.astimezone(UTC)).total_seconds() / 3600, 1)


def first_notice(breach: Breach) -> datetime | None:
    """Return when the authority was first told, in whole or in a first stage; None when it was not."""
    told = [each.time for each in breach.notified if each.whom == "authority" and each.stage != "complement"]
    return min(told, default=None)


def state(breach: Breach, now: datetime) -> State:
    """Return how a breach stands towards its clock. A risk judged "none" needs no notice, with its reason."""
    told = first_notice(breach)
    if told is not None:
        return "notified" if told.astimezone(UTC) <= deadline(breach.aware) else "notified-late"
    if breach.closed:
        return "closed"
    if breach.risk == "none" and breach.reason:
        return "not-needed"
    left = (deadline(breach.aware) - now.astimezone(UTC)).total_seconds()
    return "late" if left <= 0 else "pressing" if left < PRESSING * 3600 else "running"


def needs_complement(breach: Breach) -> bool:
    """Tell whether only a first stage was notified and the rest is owed."""
    stages = [each.stage for each in breach.notified if each.whom == "authority"]
    return "initial" in stages and not {"complement", "whole"} & set(stages)


def moment(text: str, zone: str, now: datetime) -> datetime:
    """Given a time as people write it ("" is now), return it with its zone: that of the association where none is said.

    Raise InputError for what is no time, for one that does not exist or exists twice that night, or yet to come.
    """
    if not text:
        return now.astimezone(UTC).replace(microsecond=0)
    try:
        found = datetime.fromisoformat(text)
        found.astimezone(UTC)
    except (ValueError, OverflowError):
        hint = _("For example 2026-11-23T08:30, or 2026-11-23T08:30+01:00")
        raise InputError(_("'{text}' is no time").format(text=text), hint=hint) from None
    if found.year < OLDEST:
        raise InputError(_("'{text}' is too long ago: is the year right?").format(text=text))
    if found.tzinfo is None:
        found = _placed(found, ZoneInfo(zone), text)
    if found.astimezone(UTC) > now.astimezone(UTC) + timedelta(minutes=5):
        raise InputError(_("{text} is yet to come").format(text=text))
    return found.astimezone(UTC)


def _placed(plain: datetime, zone: ZoneInfo, text: str) -> datetime:
    first, second = plain.replace(tzinfo=zone, fold=0), plain.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    there = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == plain
    reason = _("{text} comes twice that night") if there else _("{text} does not exist: clocks went forward")
    raise InputError(reason.format(text=text), hint=_("Say which: with its distance from UTC, like +02:00"))
