"""What a service says of data protection, against the words of catalog/gdpr.yaml. Pure."""

from collections.abc import Iterator

from provisioner.catalog import CatalogEntry
from provisioner.errors import Finding
from provisioner.explain import suggest_or_list
from provisioner.i18n import _
from provisioner.vocabulary import vocabulary


def check_gdpr(entry: CatalogEntry) -> Iterator[Finding]:
    """Yield what the block `gdpr` names that the vocabulary does not know."""
    words, gdpr = vocabulary(), entry.service.gdpr
    for number, activity in enumerate(gdpr.activities):
        place = ("gdpr", "activities", number)
        yield from _unknown(entry, (*place, "subjects"), activity.subjects, list(words.people))
        yield from _unknown(entry, (*place, "data"), activity.data, list(words.data))
        for index, kept in enumerate(activity.kept):
            named = [kept.period] if kept.period else []
            yield from _unknown(entry, (*place, "kept", index, "period"), named, list(words.retention))
    yield from _unknown(entry, ("gdpr", "purges"), list(gdpr.purges), list(words.retention))
    for name, setting in entry.service.settings.items():
        bound = [setting.retention] if setting.retention else []
        yield from _unknown(entry, ("settings", name, "retention"), bound, list(words.retention))


def _unknown(
    entry: CatalogEntry, place: tuple[str | int, ...], given: list[str], known: list[str]
) -> Iterator[Finding]:
    for name in given:
        if name not in known:
            text = _("'{name}' is not in catalog/gdpr.yaml;").format(name=name) + suggest_or_list(name, known)
            yield entry.service_document.finding(place, text)
