"""How long data stays, from the retention map in force, and what makes it go; how old a copy can get. Pure."""

from provisioner.catalog import CatalogEntry
from provisioner.durations import bound
from provisioner.gdpr.words import data_names, days_text, joined, period_text, say
from provisioner.models.base import Text
from provisioner.models.gdpr import Activity, Kept
from provisioner.models.protection import Protection
from provisioner.models.register import KeptRow
from provisioner.models.stack import Stack
from provisioner.notices_times import oldest_copy
from provisioner.retention import Period, days_of, periods
from provisioner.vocabulary import vocabulary


def period_of(protection: Protection, key: str) -> tuple[Period, int]:
    """Return the period in force for a key of the retention map, and the days after which data of it is deleted."""
    period = periods(protection.retention, vocabulary())[key]
    return period, days_of(period, vocabulary().retention[key])


def by_key(protection: Protection, data: list[str], key: str, goes: Text) -> KeptRow:
    """Return a row for data that stays as long as a key of the retention map says."""
    period, days = period_of(protection, key)
    long = say("long_map", period=period_text(period), starts=vocabulary().retention[key].starts)
    return KeptRow(
        data=data, names=joined(data_names(data), "; "), long=long, goes=goes, key=key, period=str(period), days=days
    )


def rows_of(activity: Activity, entry: CatalogEntry, protection: Protection) -> list[KeptRow]:
    """Return the rows of one activity of a service."""
    return [_row(kept, entry, protection) for kept in activity.kept]


def _row(kept: Kept, entry: CatalogEntry, protection: Protection) -> KeptRow:
    goes = _goes(kept, entry, protection)
    if kept.period:
        return by_key(protection, kept.data, kept.period, goes)
    names = joined(data_names(kept.data), "; ")
    if kept.until:
        return KeptRow(data=kept.data, names=names, long=kept.until, goes=goes)
    fixed = Period.of(kept.fixed or "")
    long = say("long_fixed", period=period_text(fixed))
    return KeptRow(data=kept.data, names=names, long=long, goes=goes, period=str(fixed), days=fixed.shortest_days)


def _goes(kept: Kept, entry: CatalogEntry, protection: Protection) -> Text:
    """Return what makes it go. A setting or a purge that is not there is not claimed."""
    if kept.by == "purge":
        if kept.period not in entry.service.gdpr.purges:
            return say("goes_not_yet")
        return say("goes_purge", days=days_text(period_of(protection, kept.period)[1]))
    if kept.by == "setting":
        found = _settings(kept.period or "", entry, protection)
        return say("goes_setting", settings=", ".join(found)) if found else say("goes_not_yet")
    return say(f"goes_{kept.by}")


def _settings(key: str, entry: CatalogEntry, protection: Protection) -> list[str]:
    """Return NAME=value of the settings bound to a key, as they are really set."""
    values = bound(entry, protection)
    return [f"{name}={values[name]}" for name, each in entry.service.settings.items() if each.retention == key]


def copies(stack: Stack) -> list[Text]:
    """Return how old a copy can get at each destination, and that erasures are done again."""
    return [*ages(stack), say("backups_erased")] if stack.backup else [say("backups_none")]


def ages(stack: Stack) -> list[Text]:
    """Return how old a copy can get at each destination; nothing without backups."""
    backup = stack.backup
    return [
        say(
            "backups_within" if each.append_only else "backups_age",
            name=each.name, days=days_text(oldest_copy(backup, each)),
        )
        for each in backup.destinations
    ] if backup else []  # fmt: skip
