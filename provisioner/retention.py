"""The retention map of an association: how long each kind of data stays. One place, read by everything else. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.i18n import _, language
from provisioner.models.vocabulary import Duration, Vocabulary

SHORTEST = {"day": 1, "month": 28, "year": 365}
LONGEST = {"day": 1, "month": 31, "year": 366}
MONTHS = {"month": 1, "year": 12}


@dataclass(frozen=True)
class Period:
    """A number of days, months or years, as people write it: "12 months"."""

    count: int
    unit: str

    @classmethod
    def of(cls, text: str) -> Period:
        """Return the period a text says. Raise ValueError where it says none."""
        found = re.fullmatch(r"([1-9][0-9]{0,3}) (day|month|year)s?", text)
        if not found:
            raise ValueError(_("'{text}' is no period: say 30 days, 12 months or 3 years").format(text=text))
        return cls(int(found[1]), found[2])

    @property
    def shortest_days(self) -> int:
        """Days after which data that may not stay longer is gone: every month and year counted at its shortest.

        A year of months is a year: 12 months are 365 days, 6 months 181 (January to June).
        """
        return self._days(SHORTEST, 181)

    @property
    def longest_days(self) -> int:
        """Days during which data that a law wants kept stays: every month and year counted at its longest."""
        return self._days(LONGEST, 184)

    def _days(self, table: Mapping[str, int], half_year: int) -> int:
        months = self.count * MONTHS.get(self.unit, 0)
        if not months:
            return self.count
        years, rest = divmod(months, 12)
        halves, single = divmod(rest, 6)
        leap = years // 4 if table is SHORTEST else (years + 3) // 4
        return years * 365 + leap + halves * half_year + single * table["month"]

    def text(self) -> str:
        """Return the period in the language in use."""
        one, many = {
            "day": (_("{count} day"), _("{count} days")),
            "month": (_("{count} month"), _("{count} months")),
            "year": (_("{count} year"), _("{count} years")),
        }[self.unit]
        return (one if self.count == 1 else many).format(count=self.count)

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'s' if self.count > 1 else ''}"


def days_of(period: Period, duration: Duration) -> int:
    """Return the days after which data of a key is deleted: never too early for a law, else never too late."""
    return period.longest_days if duration.least else period.shortest_days


def in_unit(days: int, unit: str) -> int:
    """Return days as a whole number of days, hours or months (months rounded down, at least one)."""
    return {"days": days, "hours": days * 24, "months": max(1, round(days / 30.44 - 0.49))}[unit]


def value_of(period: Period, duration: Duration, unit: str) -> str:
    """Return what a setting bound to a period says, in its unit; months of months, not of days."""
    if unit == "months" and period.unit in MONTHS:
        return str(period.count * MONTHS[period.unit])
    return str(in_unit(days_of(period, duration), unit))


def periods(chosen: Mapping[str, str], vocabulary: Vocabulary) -> dict[str, Period]:
    """Return key -> period for every key: the association's own where it chose one, else the default."""
    return {key: Period.of(chosen.get(key, each.default)) for key, each in vocabulary.retention.items()}


def out_of_bounds(chosen: Mapping[str, str], vocabulary: Vocabulary) -> dict[str, str]:
    """Return key -> what is wrong with the period chosen for it: unknown key, too short for a law, too long."""
    wrong = {}
    for key, text in chosen.items():
        duration = vocabulary.retention.get(key)
        if duration is None:
            known = ", ".join(vocabulary.retention)
            wrong[key] = _("no such key in the retention map (it has {known})").format(known=known)
            continue
        period, source = Period.of(text), duration.source.in_language(language())
        if duration.least and period.longest_days < Period.of(duration.least).longest_days:
            wrong[key] = _("at least {period}: {source}").format(period=Period.of(duration.least).text(), source=source)
        if duration.most and period.shortest_days > Period.of(duration.most).shortest_days:
            wrong[key] = _("at most {period}: {source}").format(period=Period.of(duration.most).text(), source=source)
    return wrong
