"""Rows that papers answer: record, bases, notices, processors, transfers, screening, minors. Pure."""

from collections import Counter

from provisioner.adequacy import adequacy, ground
from provisioner.gdpr.facts import Facts
from provisioner.gdpr.processors import processors as processors_of
from provisioner.gdpr.told import Told
from provisioner.protection_refusals import houses_health, open_to_all, tool_here, transfer_refused
from provisioner.screening import answered, questions, verdict
from provisioner.vocabulary import vocabulary

YEAR = 366


def record(facts: Facts) -> Told:
    """Article 30: a sheet for every service, and an association that says who answers for it."""
    told, data = Told(), facts.protection
    for name, entry in facts.services.items():
        if not entry.service.gdpr or not entry.service.gdpr.activities:
            told.bad("no_sheet", service=name)
    if not data:
        told.bad("no_file")
        return told
    age = (facts.today - data.updated).days
    if age < 0:
        told.bad("updated_future", day=data.updated)
    elif age > YEAR:
        told.bad("updated_old", day=data.updated)
    if not data.controller.number.strip():
        told.bad("no_number")
    if facts.lacks:
        told.bad("record_lacks", places=", ".join(dict.fromkeys(facts.lacks)))
    told.well("record", services=len(facts.services), own=len(data.own), day=data.updated)
    return told


def basis(facts: Facts) -> Told:
    """Article 6: one legal basis for each purpose, and only purposes that exist."""
    told, found, unsaid = Told(), Counter[str](), 0
    for name, entry in facts.services.items():
        about = facts.protection.services.get(name) if facts.protection else None
        chosen = about.legal_basis if about else {}
        numbers = set(chosen) | set(about.interest if about else {})
        activities = entry.service.gdpr.activities if entry.service.gdpr else []
        for number in sorted(numbers - set(range(1, len(activities) + 1))):
            told.bad("basis_number", service=name, number=number, count=len(activities))
        for number, activity in enumerate(activities, 1):
            used = chosen.get(number, activity.legal_basis)
            if not used:
                told.bad("no_basis", service=name, number=number)
                continue
            found[used] += 1
            told_of = activity.interest or (about and about.interest.get(number))
            unsaid += used == "legitimate-interest" and not told_of
    own = facts.protection.own if facts.protection else []
    unsaid += sum(each.legal_basis == "legitimate-interest" and not each.interest for each in own)
    found.update(each.legal_basis for each in own)
    if found:
        told.well("bases", count=sum(found.values()), bases=", ".join(f"{key} {n}" for key, n in sorted(found.items())))
    if unsaid:
        told.unsure("interest_unsaid", count=unsaid)
    return told


def notice(facts: Facts) -> Told:
    """Article 13: notices that people find on the start page."""
    told = Told()
    if not facts.protection:
        told.bad("no_file")
    if not facts.stack.portal:
        told.bad("no_portal")
    if told.wrong:
        return told
    if facts.notice is None:
        told.unsure("not_asked", why=facts.why_not)
    elif facts.notice.get("error"):
        told.unsure("portal_silent", why=facts.notice["error"])
    elif not facts.notice.get("linked"):
        told.bad("notice_not_linked", domain=facts.notice.get("domain", ""))
    else:
        told.well("notice_linked", domain=facts.notice.get("domain", ""), day=facts.today)
    return told


def processors(facts: Facts) -> Told:
    """Article 28: every body that processes data is named, with the day of its contract."""
    told, data = Told(), facts.protection
    if not data:
        told.bad("no_file")
        return told
    for each in data.processors:
        if each.contract is None:
            told.bad("no_contract", name=each.name)
        elif each.contract > facts.today:
            told.bad("contract_future", name=each.name, day=each.contract)
    for unnamed in processors_of(facts.stack, data).unnamed:
        if unnamed.role == "mail":
            told.bad("mail_not_named", host=unnamed.name)
        else:
            told.bad("backup_not_named", name=unnamed.name)
    roles = {each.role for each in data.processors}
    if not data.own_host and "host" not in roles:
        told.bad("host_not_named")
    days = [each.contract for each in data.processors if each.contract]
    if days:
        told.well("contracts", count=len(days), first=min(days), last=max(days))
    elif not data.processors:
        told.well("no_processors")
    return told


def transfers(facts: Facts) -> Told:
    """Chapter V, and health data: where the data is, and whether it may be there."""
    told, data = Told(), facts.protection
    if not data:
        told.bad("no_file")
        return told
    for each in data.processors:
        if transfer_refused(each, data.transfers):
            told.bad("outside", name=each.name, country=each.country)
        elif ground(each.country) != "eea":
            decision = adequacy().adequate.get(each.country)
            if decision and decision.until and decision.until < facts.today and not each.safeguard:
                told.bad("decision_ended", name=each.name, country=each.country, day=decision.until)
                continue
            why = each.safeguard or (decision.decision if decision else "-")
            told.well("allowed", name=each.name, country=each.country, why=why)
    if holds_health(facts):
        if not houses_health(data):
            told.bad("health_host")
        for each in data.processors:
            if each.role == "backup" and not each.hds:
                told.bad("health_backup", name=each.name)
    countries = ", ".join(sorted({each.country for each in data.processors})) or "-"
    told.well("countries", countries=countries, read=adequacy().dated)
    return told


def holds_health(facts: Facts) -> bool:
    """Tell whether stack.yaml or gdpr.yaml says that health data is kept here."""
    data = facts.protection
    if facts.stack.security.data == "health":
        return True
    if not data:
        return False
    own = any("health" in each.data and tool_here(each.tool, facts.stack, facts.catalog) for each in data.own)
    return own or any("health" in about.sensitive for about in data.services.values())


def sensitive(facts: Facts) -> list[str]:
    """Return the sensitive categories that gdpr.yaml says people put into services."""
    words = vocabulary().data
    data = facts.protection
    given = [key for about in (data.services if data else {}).values() for key in about.sensitive]
    given += [
        key for own in (data.own if data else []) if tool_here(own.tool, facts.stack, facts.catalog) for key in own.data
    ]
    return sorted({key for key in given if key in words and words[key].sensitive})


def screening(facts: Facts) -> Told:
    """Articles 35 and 37: whether an assessment and an officer are needed was asked, answered and followed."""
    told, data = Told(), facts.protection
    if not data:
        told.bad("no_file")
        return told
    answers = data.screening
    if answers.answered is None:
        told.bad("not_screened")
    elif answers.answered > facts.today:
        told.bad("screened_future", day=answers.answered)
    elif (facts.today - answers.answered).days > YEAR:
        told.unsure("screened_old", day=answers.answered)
    found = verdict(answered(answers))
    left = [name for name in found.unanswered if questions()[name].kind != "minors"]  # that is a row of its own
    if left:
        told.bad("unanswered", count=len(left), names=", ".join(left[:5]))
    if found.dpia:
        if answers.dpia_done is None:
            told.bad("dpia_not_done")
        elif answers.dpia_done > facts.today:
            told.bad("dpia_future", day=answers.dpia_done)
        else:
            told.well("dpia_done", day=answers.dpia_done)
    if found.dpo and data.officer.kind == "none":
        told.bad("no_dpo")
    if data.officer.kind != "none" and _same(data.officer.name, data.controller.representative.name):
        told.bad("dpo_is_president")
    told.well("screened", day=answers.answered or "-", count=len(answers.dpia) + len(answers.dpo))
    return told


def minors(facts: Facts) -> Told:
    """Article 8 and article 45 of the French law: under 15, a parent consents as well."""
    told, data = Told(), facts.protection
    if not data or data.minors is None:
        told.bad("minors_unanswered")
        return told
    asked = data.screening.minors
    if asked.get("minors_under15", data.minors.concerned) != data.minors.concerned:
        told.bad("minors_contradict")
    elif not data.minors.concerned:
        return told.without("no_minors", day=data.updated)
    if asked.get("minors_under15") and asked.get("minors_parents") is False:
        told.bad("minors_no_parents")
    opened = ", ".join(open_to_all(facts.stack, facts.catalog))
    if data.minors.concerned and not data.minors.consent.strip():
        told.bad("no_consent", services=opened or "-")
    elif data.minors.concerned:
        told.well("consent", said=data.minors.consent, services=opened or "-")
    return told


def _same(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())
