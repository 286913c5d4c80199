"""How long data stays, in the words of a notice: in the services, and in the copies. Pure."""

import re
from collections.abc import Callable

from provisioner.models.backup import Backups, Destination
from provisioner.models.protection import Protection
from provisioner.models.service import Service
from provisioner.retention import Period, periods
from provisioner.vocabulary import vocabulary

Say = Callable[..., str]
# A month and a year counted at their longest; parts of a day make a whole one.
DAYS = {"y": 366, "m": 31, "d": 1}
# The host takes old copies away once a week, and a day later where that failed.
PRUNED_AFTER = 8


def period_in(period: Period, say: Say) -> str:
    """Return a period in the language of the notice, whatever the command speaks."""
    return say(f"{period.unit}_{'one' if period.count == 1 else 'many'}", count=period.count)


def kept_lines(service: Service, answers: Protection, language: str, say: Say) -> list[str]:
    """Return a line for each kind of data of a service: how long it stays, by the map in force."""
    found, known = periods(answers.retention, vocabulary()), vocabulary()
    lines = []
    for kept in (kept for activity in service.gdpr.activities for kept in activity.kept):
        data = ", ".join(known.data[name].label.in_language(language) for name in kept.data)
        if kept.period:
            starts = known.retention[kept.period].starts.in_language(language)
            lines.append(say("period_text", data=data, period=period_in(found[kept.period], say), starts=starts))
        elif kept.fixed:
            lines.append(say("fixed_text", data=data, period=period_in(Period.of(kept.fixed), say)))
        elif kept.until:
            lines.append(say("until_text", data=data, until=kept.until.in_language(language)))
    return list(dict.fromkeys(lines))


def backup_days(backup: Backups) -> int:
    """Return the days after which no copy anywhere holds what was erased, as long as backups run as planned."""
    return max(oldest_copy(backup, each) for each in backup.destinations)


def oldest_copy(backup: Backups, destination: Destination) -> int:
    """Return the greatest age in days of a copy at a destination, as long as backups run as planned.

    Copies stay by count: the last of so many hours, days, weeks and months in which there was one. Pruning is weekly.
    Where the server refuses to delete, it is the age an administrator prunes by.
    """
    keep = backup.keep
    if destination.append_only:
        parts = re.findall(r"(\d+)([ymdh])", keep.within)
        hours = sum(int(count) for count, unit in parts if unit == "h")
        return sum(int(count) * DAYS[unit] for count, unit in parts if unit != "h") + -(-hours // 24)
    every = -(-backup.every_hours // 24)
    hourly = -(-keep.hourly * backup.every_hours // 24)
    counted = (hourly, keep.daily * every, keep.weekly * max(7, every), keep.monthly * 31, 2 * every)
    return max(counted) + PRUNED_AFTER


def removed_by_hand(backup: Backups) -> bool:
    """Return whether a destination refuses to delete, so that a person prunes it."""
    return any(each.append_only for each in backup.destinations)
