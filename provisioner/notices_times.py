"""How long data stays, in the words of a notice: in the services, and in the copies. Pure."""

import re
from collections.abc import Callable

from provisioner.models.backup import Backups
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
    """Return the days after which no copy holds what was erased, as long as copies are made and pruned.

    restic keeps the last copy of each hour, day, week and month: none is older than the longest of these rows.
    A row counts at its longest, with one more of each for the copy made before the erasure.
    """
    keep = backup.keep
    rows = [(keep.hourly + 24) // 24 + 1, keep.daily + 1, 7 * keep.weekly + 7, 31 * keep.monthly + 31]
    if not keep.weekly:
        rows[2] = 0
    if not keep.monthly:
        rows[3] = 0
    if removed_by_hand(backup):
        rows.append(sum(int(count) * DAYS.get(unit, 1) for count, unit in re.findall(r"(\d+)([ymdh])", keep.within)))
    return max(rows) + PRUNED_AFTER


def removed_by_hand(backup: Backups) -> bool:
    """Return whether a destination refuses to delete, so that a person prunes it."""
    return any(each.append_only for each in backup.destinations)
