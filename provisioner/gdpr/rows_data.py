"""Rows about the data itself: how long it stays, logs, copies, cookies, what leaves the host, leaving. Pure."""

from datetime import UTC, datetime

from provisioner.gdpr.durations import ages
from provisioner.gdpr.facts import ERASES, Facts
from provisioner.gdpr.told import Told
from provisioner.gdpr.words import joined, period_text, plain
from provisioner.models.base import Text
from provisioner.retention import Period, days_of, out_of_bounds, periods
from provisioner.vocabulary import vocabulary

RAN_DAYS, DRILL_SLACK, YEAR_OF_LOGS = 3, 2, 365
HOURS_OF_DAY = 24


def retention(facts: Facts) -> Told:
    """Article 5(1)(e): nothing stays longer than said, and what makes it go has really run."""
    told, chosen = Told(), facts.protection.retention if facts.protection else {}
    for key in out_of_bounds(chosen, vocabulary()):
        bounds = vocabulary().retention.get(key)
        least, most = (bounds.least, bounds.most) if bounds else (None, None)
        told.bad("bounds", key=key, chosen=_period(chosen[key]), least=_period(least), most=_period(most))
    if facts.retention is None:
        told.unsure("not_asked", why=facts.why_not)
        return told
    own = f"{facts.stack.association.id}_"
    spans, answered, runs = periods(chosen, vocabulary()), facts.retention.get("instances") or {}, []
    for service, entry in facts.services.items():
        for key in entry.service.gdpr.purges:
            if key not in answered.get(f"{own}{service}", {}):
                told.bad("purge_absent", service=service, key=key)
    for name, keys in sorted(answered.items()):
        for key, item in sorted(keys.items()):
            wanted = days_of(spans[key], vocabulary().retention[key]) if key in spans else item.get("days")
            if item.get("days") != wanted:
                told.bad("days_differ", name=name, key=key, there=item.get("days"), here=wanted)
            _purge(told, facts, name, key, item)
            runs.append(_moment(item.get("ran")))
    if runs:
        told.well("purges", count=len(runs), last=max((f"{run:%Y-%m-%d}" for run in runs if run), default="-"))
    else:
        told.unsure("nothing_measured")
    return told


def _period(text: str | None) -> Text:
    return period_text(Period.of(text)) if text else plain("-")


def _purge(told: Told, facts: Facts, name: str, key: str, item: dict[str, object]) -> None:
    """Note how a purge of ours went. What goes by a setting or by itself has none: the application alone knows."""
    ran, entry = _moment(item.get("ran")), facts.services.get(name.partition("_")[2])
    if item.get("ok") is not False and not (entry and key in entry.service.gdpr.purges):
        return
    if item.get("ok") is False:
        told.bad("purge_failed", name=name, key=key, message=item.get("message") or "-")
    elif ran is None or (facts.now - ran).days >= RAN_DAYS:
        told.bad("purge_old", name=name, key=key, day=f"{ran:%Y-%m-%d}" if ran else "-")
    if item.get("aged"):
        told.bad("purge_left", name=name, key=key, count=item["aged"])


def logs(facts: Facts) -> Told:
    """Six months to a year; a year where the public may publish; nothing older on the host."""
    told, kept = Told(), facts.log_days
    if facts.stack.security.effective == "none":
        told.bad("logs_unset")
    if facts.retention is None:
        told.unsure("not_asked", why=facts.why_not)
        return told
    places = facts.retention.get("logs") or {}
    for place, item in sorted(places.items()):
        if (item.get("oldest_days") or 0) > (item.get("days") or kept) + 1:
            told.bad("logs_old", place=place, oldest=item["oldest_days"], days=item.get("days") or kept)
        if facts.protection and facts.protection.public_content and (item.get("days") or kept) < YEAR_OF_LOGS:
            told.bad("logs_short", days=item["days"])
    if places:
        told.well(
            "logs", count=len(places), days=kept, oldest=max(each.get("oldest_days") or 0 for each in places.values())
        )
    else:
        told.unsure("logs_untold")
    return told


def minimal_logs(facts: Facts) -> Told:
    """Article 5(1)(c): logs without more of people than is needed. A person reads one."""
    told = Told(look=True)
    names = [name for name, entry in facts.services.items() if entry.service.gdpr.logs == "account"]
    told.well("logs_say", names=", ".join(names) or "-")
    return told


def copies(facts: Facts) -> Told:
    """Articles 17 and 32(1)(c): copies that come back, and erased people who do not."""
    told, backup = Told(), facts.stack.backup
    if not backup:
        told.bad("no_backup")
        return told
    if not any(each.offsite for each in backup.destinations):
        told.bad("no_offsite")
    if not backup.drill_days:
        told.bad("no_drills")
    told.well("kept", places=joined(ages(facts.stack), "; "))
    if facts.host is None:
        told.unsure("not_asked", why=facts.why_not)
    elif not facts.backups:
        told.bad("no_backup_there")
    else:
        _ages(told, facts, facts.backups, backup.drill_days)
    _replayed(told, facts)
    if strange := [name for name in facts.unreadable if name.startswith("drills/")]:
        told.unsure("unreadable", files=", ".join(strange))
    return told


def _ages(told: Told, facts: Facts, summary: dict[str, object], drill_days: int) -> None:
    found, instances = [], summary.get("instances")
    for name, item in sorted(instances.items() if isinstance(instances, dict) else []):
        for place, copy in sorted(item["destinations"].items()):
            hours = copy["good_hours"]
            if hours is None:
                told.bad("copy_never", name=name, place=place)
            elif hours > float(str(summary["late_hours"])):
                told.bad("copy_old", name=name, place=place, hours=round(hours))
            else:
                found.append(hours)
        drill = item["drill"]
        if drill_days and drill["hours"] is None:
            told.bad("drill_never", name=name)
        elif drill.get("ok") is False:
            told.bad("drill_failed", name=name)
        elif drill_days and drill["hours"] > DRILL_SLACK * drill_days * HOURS_OF_DAY:
            told.bad("drill_old", name=name, days=round(drill["hours"] / HOURS_OF_DAY))
    if found:
        told.well("copy_ages", count=len(found), hours=round(max(found)))


def _replayed(told: Told, facts: Facts) -> None:
    """Say whether somebody erased was erased again from an older copy, as a drill shows it."""
    erased = [each.closed for each in facts.cases if each.kind in ERASES and each.closed]
    if not erased:
        told.well("none_erased")
        return
    last = max(erased)
    trusted = [each for each in facts.drills if each.ok and each.signed == "yes"]
    drills = [each for each in trusted if datetime.fromtimestamp(each.time, UTC).date() >= last]
    again = sum(item.erased for each in drills for item in each.instances)
    if again:
        told.well("erased_again", count=again, day=f"{datetime.fromtimestamp(drills[-1].time, UTC):%Y-%m-%d}")
    else:
        told.unsure("not_erased_again", day=last)


def cookies(_facts: Facts) -> Told:
    """Article 82 of the French law: no tracker before consent. Only a browser sees that."""
    return Told(look=True)


def analytics(facts: Facts) -> Told:
    """The exemption for audience measurement: only where there is such a program."""
    if "matomo" in facts.stack.services:
        return Told(look=True)
    return Told().without("no_analytics", count=len(facts.services))


def minimisation(facts: Facts) -> Told:
    """Article 25: what the services may reach outside, and nothing else."""
    told, named = Told(look=True), set()
    for name, chosen in facts.stack.services.items():
        needed = [each.to for each in facts.catalog.entry(name).service.egress if not each.to.startswith("setting:")]
        for to in [*chosen.outgoing, *needed]:
            if to.startswith("any:") and to in chosen.outgoing:
                told.bad("any_outgoing", service=name, to=to)
            elif not to.startswith("proxy:"):
                named.add(to)
    told.well("outgoing", count=len(named), names=", ".join(sorted(named)) or "-")
    return told


def leaving(facts: Facts) -> Told:
    """Articles 20 and 28(3)(g): the data can be taken away in an open form."""
    told, tried = Told(), []
    for name, entry in facts.services.items():
        ways = entry.service.exports
        if not ways:
            told.bad("no_exports", service=name)
        elif any(each.tried for each in ways):
            tried.append(name)
        else:
            told.look = True
            told.well("export_untried", service=name, form=ways[0].format)
    if tried:
        told.well("exports_tried", count=len(tried), names=", ".join(tried))
    return told


def _moment(value: object) -> datetime | None:
    if isinstance(value, int | float) and value > 0:
        return datetime.fromtimestamp(value, UTC)
    try:
        found = datetime.fromisoformat(str(value).replace("Z", "+00:00")) if value else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and not found.tzinfo else found
