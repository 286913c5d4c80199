"""Rows about people's rights, and breaches: requests in time, services that can answer them. Pure."""

from collections.abc import Collection

from provisioner.gdpr.facts import ERASES, OBJECTS, Case, Facts
from provisioner.gdpr.told import Told


def access(facts: Facts) -> Told:
    """Articles 12, 15, 16, 20: what is held of one person can be put together, and requests are answered in time."""
    told = Told()
    _cases(told, facts, [each for each in facts.cases if each.kind not in (*ERASES, *OBJECTS)])
    _adapters(told, facts, "export")
    return told


def erasure(facts: Facts) -> Told:
    """Article 17: one person can be erased from every service, and requests are answered in time."""
    told = Told()
    _cases(told, facts, [each for each in facts.cases if each.kind in ERASES])
    _adapters(told, facts, "erase")
    return told


def objection(facts: Facts) -> Told:
    """Articles 18 and 21: who objected is left in peace, and requests are answered in time."""
    told = Told(look=True)
    _cases(told, facts, [each for each in facts.cases if each.kind in OBJECTS])
    return told


def breach(facts: Facts) -> Told:
    """Articles 33 and 34: the authority is told within 72 hours; every breach is in the register."""
    told = Told()
    strange = [name for name in facts.unreadable if "breach" in name]
    if strange:
        told.unsure("unreadable", files=", ".join(strange))
    for each in facts.breaches:
        if each.overdue(facts.now):
            told.bad("breach_overdue", name=each.name, aware=f"{each.aware:%Y-%m-%d %H:%M}" if each.aware else "?")
        elif each.late:
            told.bad("breach_late", name=each.name)
        if each.risk == "high" and not each.people_told:
            told.bad("breach_people", name=each.name)
        if each.owed:
            told.bad("breach_owed", name=each.name)
    if facts.breaches:
        count = sum(each.closed is None for each in facts.breaches)
        told.well("breaches", count=len(facts.breaches), open=count)
    else:
        told.look = True
    return told


def _cases(told: Told, facts: Facts, cases: Collection[Case]) -> None:
    strange = [name for name in facts.unreadable if "request" in name]
    if strange:
        told.unsure("unreadable", files=", ".join(strange))
    for each in cases:
        if each.overdue(facts.today):
            told.bad("overdue", name=each.name, due=each.due or "?")
    left = [each for each in cases if each.closed is None]
    due = [each.due for each in left if each.due]
    told.well("cases", count=len(cases), open=len(left), next=min(due) if due else "-")


def _adapters(told: Told, facts: Facts, what: str) -> None:
    """Note the services that cannot do it by themselves: with instructions by hand, or without."""
    by_hand, able = [], []
    for name, entry in facts.services.items():
        sheet = entry.service.gdpr
        if getattr(sheet, what):
            able.append(name)
        elif sheet.manual:
            by_hand.append(name)
        else:
            told.bad(f"no_{what}", service=name)
    if able:
        told.well("adapters", count=len(able), total=len(facts.services), names=", ".join(able))
    if by_hand:
        told.well("by_hand", names=", ".join(by_hand))
