"""Blocks 7 and 8 of the board's page: money and hours, data and risks. Nothing here is ever shortened."""

from provisioner.documents.board_people import most_sensitive
from provisioner.documents.figures import day, euros_down, euros_up, hours_down, hours_up
from provisioner.documents.paper import Part
from provisioner.documents.tools import tools_of
from provisioner.documents.training import shortfalls, training
from provisioner.documents.words import capital, listed, say, words
from provisioner.models.base import Text
from provisioner.models.proposal import Proposal

OUTSIDE = ("other_provider", "federation", "own_disk", "rotated_usb")
HERE = ("own_server", "refurbished_pc", "offline_box")


def cost(proposal: Proposal) -> Part:
    """Return block 7: once, each month, ceilings, today, hours of care and of training."""
    lines = _money(proposal)
    minutes = proposal.totals.admin_minutes
    if tools_of(proposal):
        lines.append(say("cost_care", used=hours_up(minutes.used), limit=hours_down(minutes.limit)))
        lines += _training(proposal)
    else:
        lines.append(say("cost_no_hours"))
    return Part(title=say("board_cost"), lines=lines)


def _training(proposal: Proposal) -> list[Text]:
    plan = training(proposal)
    if not plan.minutes:
        return []
    key = "cost_training_relays" if plan.relays else "cost_training_peers" if plan.by_peers else "cost_training"
    lines = [say(key, hours=hours_up(plan.minutes), each=hours_up(plan.longest_minutes))]
    lines += [say("cost_trainers")] if plan.relays and not plan.by_peers else []
    return [*lines, *_shortfalls(proposal)]


def _money(proposal: Proposal) -> list[Text]:
    costs, budget = proposal.costs, proposal.content.budget
    monthly, once = euros_down(budget.monthly_eur), euros_down(budget.one_off_eur)
    if not costs.lines:
        return [say("cost_ceiling", monthly=monthly, once=once)] if tools_of(proposal) else [say("cost_none")]
    figures = {"monthly": euros_up(costs.monthly_eur), "once": euros_up(costs.one_off_eur)}
    lines = [say("cost_money", most_monthly=monthly, most_once=once, **figures)]
    lines.append(say(_estimates(proposal)))
    if costs.monthly_eur > budget.monthly_eur or costs.one_off_eur > budget.one_off_eur:
        lines.append(say("cost_over"))
    power = sum(line.monthly_eur for line in costs.lines if line.kind == "energy" and not line.counted)
    lines += [say("cost_energy", monthly=euros_up(power))] if power else []
    return [*lines, say("cost_today", monthly=euros_down(costs.today_monthly_eur))]


def _estimates(proposal: Proposal) -> str:
    """Return the sentence on the prices: dated, some estimated, or all of those that count."""
    counted = [line.estimate for line in proposal.costs.lines if line.counted and line.kind != "tool"]
    if counted and all(counted):
        return "cost_all_estimated"
    return "cost_estimate" if any(line.estimate for line in proposal.costs.lines) else "cost_dated"


def _shortfalls(proposal: Proposal) -> list[Text]:
    found = shortfalls(proposal)
    return found if len(found) == 1 else [say("cost_training_short", count=len(found))] if found else []


def risks(proposal: Proposal) -> Part:
    """Return block 8: kinds of data, where they lie, copies, who takes over, how to leave."""
    title, outside = say("board_risks"), _outside(proposal)
    if not tools_of(proposal):
        return Part(title=title, lines=[say("risk_nothing_new"), *outside])
    lines = [
        *_data(proposal),
        *_place(proposal),
        *_care(proposal),
        *outside,
        *_not_deployable(proposal),
        *_fleet(proposal),
    ]
    accessible = proposal.content.accessibility
    if accessible.target == "wcag_aa" or accessible.screen_reader_users:
        lines.append(say("risk_accessibility"))
    return Part(title=title, lines=[*lines, say("risk_leave")])


def _data(proposal: Proposal) -> list[Text]:
    kind = most_sensitive(proposal)
    if kind == "sensitive" and proposal.content.data_protection.minors:
        return [say("risk_data_sensitive_minors")]
    lines = [say(f"risk_data_{kind}")] if kind in ("sensitive", "health") else []
    return [*lines, say("risk_minors")] if proposal.content.data_protection.minors else lines


def _place(proposal: Proposal) -> list[Text]:
    """Return where data lie, where copies lie, and when a restore was last tried."""
    hosting, backups = proposal.content.hosting, proposal.content.backups
    place = words().hosting[hosting.kind]
    if hosting.country and hosting.kind not in HERE:
        country = words().countries.get(hosting.country) or say("country_other", code=hosting.country)
        place = say("risk_place_country", place=place, country=country)
    kinds = list(dict.fromkeys(item.kind for item in backups.destinations))
    outside = [kind for kind in kinds if kind in OUTSIDE and (kind != "own_disk" or hosting.kind not in HERE)]
    if not outside:
        lines = [say("risk_place", place=capital(place)), say("risk_same_place" if kinds else "risk_no_copy")]
    else:
        copies = listed([words().backups[kind] for kind in outside])
        lines = [say("risk_place_copies", place=capital(place), copies=copies)]
    tested = backups.last_restore_test
    return [*lines, say("risk_restore", date=day(tested)) if tested else say("risk_never_restored")]


def _care(proposal: Proposal) -> list[Text]:
    referents = proposal.content.referents
    if referents.count == 0:
        return [say("risk_nobody")]
    lines = [] if referents.technical or referents.outside_help != "none" else [say("risk_no_skill")]
    if referents.count == 1:
        return [*lines, say("risk_one_person")]
    return lines if referents.replacement_named else [*lines, say("risk_no_replacement")]


def _outside(proposal: Proposal) -> list[Text]:
    names = [item.title for item in proposal.kept if item.outside_eea]
    return [say("risk_outside", names=capital(listed(names)))] if names else []


def _not_deployable(proposal: Proposal) -> list[Text]:
    return [] if all(item.deployable for item in proposal.chosen) else [say("risk_not_deployable")]


def _fleet(proposal: Proposal) -> list[Text]:
    short = [wave.wave for wave in proposal.fleet.waves if wave.fit < wave.instances] if proposal.fleet else []
    return [say("risk_fleet", wave=short[0])] if short else []
