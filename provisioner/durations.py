"""The durations in force for an association, and what they set: settings of applications, purges, the host's logs."""

from collections.abc import Iterator

from provisioner.catalog import CatalogEntry
from provisioner.errors import Finding
from provisioner.i18n import _
from provisioner.load import Document
from provisioner.models.protection import Protection
from provisioner.models.stack import Stack
from provisioner.retention import Period, days_of, periods, value_of
from provisioner.vocabulary import vocabulary

LOGS = "security_logs"
HOSTING = "hosting"


def in_force(answers: Protection | None) -> dict[str, Period]:
    """Return key -> period: what gdpr.yaml chose, else the default of catalog/gdpr.yaml."""
    return periods(answers.retention if answers else {}, vocabulary())


def days(answers: Protection | None) -> dict[str, int]:
    """Return key -> days after which data of that key is deleted."""
    known = vocabulary().retention
    return {key: days_of(period, known[key]) for key, period in in_force(answers).items()}


def log_days(answers: Protection) -> int:
    """Return for how many days the host keeps its logs: a law's year where the public may publish, else the map's."""
    return days(answers)[HOSTING if answers.public_content else LOGS]


def bound(entry: CatalogEntry, answers: Protection | None) -> dict[str, str]:
    """Return setting -> value for every setting of a service that is bound to the map."""
    chosen, known = in_force(answers), vocabulary().retention
    return {
        name: value_of(chosen[setting.retention], known[setting.retention], setting.unit)
        for name, setting in entry.service.settings.items()
        if setting.retention
    }


def on_host(entry: CatalogEntry, answers: Protection | None) -> dict[str, dict[str, object]]:
    """Return key -> {days, settings: name -> value} for what the host deletes or has an application delete.

    The host deletes nothing by itself as long as the association has not answered: without gdpr.yaml, no purges.
    """
    allowed, values = days(answers), bound(entry, answers)
    purged = entry.service.gdpr.purges if answers else {}
    found: dict[str, dict[str, object]] = {key: {"days": allowed[key]} for key in purged}
    for name, setting in entry.service.settings.items():
        if setting.retention:
            mine = found.setdefault(setting.retention, {"days": allowed[setting.retention]})
            mine["settings"] = {**dict(mine.get("settings", {})), name: values[name]}  # type: ignore[call-overload]
    return found


def check_bound(
    stack: Stack, document: Document, entries: dict[str, CatalogEntry], answers: Protection | None
) -> Iterator[Finding]:
    """Yield where stack.yaml sets what the map sets, to another value. The same value, as older versions wrote, is
    right."""
    for service, chosen in stack.services.items():
        wanted = bound(entries[service], answers)
        for name, value in chosen.settings.items():
            if wanted.get(name, value) != value:
                key = entries[service].service.settings[name].retention
                text = _("set it in gdpr.yaml: retention.{key} ({value} there now), and take this line out")
                place = ("services", service, "settings", name)
                yield document.finding(place, text.format(key=key, value=in_force(answers)[str(key)].text()))
