"""What a service says of data protection, against the words of catalog/gdpr.yaml. Pure."""

from collections.abc import Iterator

from provisioner.catalog import CatalogEntry
from provisioner.errors import Finding
from provisioner.explain import suggest_or_list
from provisioner.i18n import _
from provisioner.retention import Period, value_of
from provisioner.vocabulary import vocabulary


def check_gdpr(entry: CatalogEntry) -> Iterator[Finding]:
    """Yield what the block `gdpr` names that the vocabulary does not know."""
    words, gdpr = vocabulary(), entry.service.gdpr
    for number, activity in enumerate(gdpr.activities):
        place = ("gdpr", "activities", number)
        if activity.legal_basis == "legitimate-interest" and not activity.interest:
            text = _("interest is missing: with legitimate-interest people are told which one (art. 13(1)(d))")
            yield entry.service_document.finding((*place, "legal_basis"), text)
        yield from _unknown(entry, (*place, "subjects"), activity.subjects, list(words.people))
        yield from _unknown(entry, (*place, "data"), activity.data, list(words.data))
        for index, kept in enumerate(activity.kept):
            named = [kept.period] if kept.period else []
            yield from _unknown(entry, (*place, "kept", index, "period"), named, list(words.retention))
    yield from _unknown(entry, ("gdpr", "purges"), list(gdpr.purges), list(words.retention))
    for name, setting in entry.service.settings.items():
        bound = [setting.retention] if setting.retention else []
        yield from _unknown(entry, ("settings", name, "retention"), bound, list(words.retention))
        if setting.retention in words.retention:
            duration = words.retention[setting.retention]
            value = value_of(Period.of(duration.default), duration, setting.unit)
            if setting.default != value:
                text = _("the default must be {value}, as {key} is in catalog/gdpr.yaml")
                yield entry.service_document.finding(
                    ("settings", name, "default"), text.format(value=value, key=setting.retention)
                )
    yield from _without_means(entry)


def _without_means(entry: CatalogEntry) -> Iterator[Finding]:
    """Yield where `kept` says that something goes by a setting or purge that is not there, and purges of nothing."""
    gdpr = entry.service.gdpr
    settings = {setting.retention for setting in entry.service.settings.values()}
    purged: set[str] = set()
    for number, activity in enumerate(gdpr.activities):
        for index, kept in enumerate(activity.kept):
            place = ("gdpr", "activities", number, "kept", index, "by")
            if kept.by == "setting" and kept.period not in settings:
                text = _("no setting is bound to {key} (retention: {key})").format(key=kept.period)
                yield entry.service_document.finding(place, text)
            if kept.by == "purge" and kept.period not in gdpr.purges:
                yield entry.service_document.finding(place, _("no purge of {key}").format(key=kept.period))
            purged |= {kept.period} if kept.by == "purge" and kept.period else set()
    for key in sorted(set(gdpr.purges) - purged):
        text = _("no `kept` says that something goes by this purge")
        yield entry.service_document.finding(("gdpr", "purges", key), text)


def _unknown(
    entry: CatalogEntry, place: tuple[str | int, ...], given: list[str], known: list[str]
) -> Iterator[Finding]:
    for name in given:
        if name not in known:
            text = _("'{name}' is not in catalog/gdpr.yaml;").format(name=name) + suggest_or_list(name, known)
            yield entry.service_document.finding(place, text)
