"""Check the lists of a plan: what is chosen and kept with all figures, what is left, open or not chosen."""

from typing import Any

from provisioner.i18n import _
from provisioner.matching.candidates import KEEP, Candidate, registry_covers, tool_title
from provisioner.matching.check import Check, compared
from provisioner.matching.recount import Recount, assigned, memory_of
from provisioner.models.proposal import Chosen, Covered, Kept, Proposal

COUNTED = 40
OPEN = ("U4", "U5", "U6")


def list_checks(plan: Proposal, counted: Recount) -> list[Check]:
    """Return the checks of all lists."""
    ids = frozenset(plan.components)
    services = [item for item in plan.chosen if item.service != plan.single_sign_on]
    hosted = sorted(name for name in ids if not counted.components[name].intent)
    kept = sorted(name for name in ids if counted.components[name].intent)
    left = sorted(n for n, item in counted.components.items() if item.intent and n not in ids)
    impossible = plan.verdict == "mandate_impossible"
    expected = [_chosen(counted, ids, name) for name in hosted]
    if plan.single_sign_on and counted.sso:
        expected.append(
            _figures(counted, counted.sso) | {"mandated": False, "covers": [], "replaced": [], "replaces": []}
        )
    found = [_of_chosen(item) for item in plan.chosen]
    return [
        Check(_("no component is listed twice"), len(services) + len(plan.kept) == len(ids)),
        compared(_("the services chosen have the figures of the catalog and of their coverage"), expected, found),
        compared(
            _("the tools kept have their figures"),
            [_kept(counted, name) | {"covers": _covers(counted, ids, name)} for name in kept],
            [_of_kept(item) for item in plan.kept],
        ),
        compared(
            _("the tools left are those that are not kept"),
            [] if impossible else [_kept(counted, name) | {"covers": []} for name in left],
            [_of_kept(item) for item in plan.dropped],
        ),
        _gaps(plan, counted, ids),
        _reasons(plan, counted),
        _not_chosen(plan, counted, ids),
    ]


def _gaps(plan: Proposal, counted: Recount, ids: frozenset[str]) -> Check:
    there = assigned(counted, ids)
    ranks = ("must", "should", "could")
    gaps = [(need.priority, name) for name, need in counted.needs.items() if name not in there]
    expected = [
        {"need": name, "priority": priority, "label": counted.rules.taxonomy.needs[name].label.model_dump()}
        for priority, name in sorted(gaps, key=lambda gap: (ranks.index(gap[0]), gap[1]))
    ]
    found = [item.model_dump(include={"need", "priority", "label"}) for item in plan.not_covered]
    return compared(_("each need is covered or named as a gap, once"), expected, found)


def _reasons(plan: Proposal, counted: Recount) -> Check:
    wrong = []
    for item in plan.not_covered:
        right = _open_codes(counted, item.need)
        if item.code not in right or not item.reason.fr.strip() or not item.reason.en.strip():
            wrong.append(f"{item.need}: {item.code} ({'/'.join(right)})")
    return Check(_("each gap has a reason, U1 to U6"), not wrong, "; ".join(wrong))


def _open_codes(counted: Recount, need: str) -> tuple[str, ...]:
    """Return the codes a need without coverage may have."""
    covering = [name for name in counted.components if need in asked(counted, name)]
    if not covering:
        return ("U1",)
    if any((need, name) in counted.worth for name in covering):
        return OPEN
    people = any(counted.ruled.get((need, name)) == "" for name in covering)
    return ("U3",) if people else ("U2",)


def _not_chosen(plan: Proposal, counted: Recount, ids: frozenset[str]) -> Check:
    named = {item.service: item.code for item in plan.excluded}
    expected = []
    for name in sorted(counted.components):
        if not counted.components[name].intent and name not in ids:
            right = _codes(counted, name)
            code = named.get(name, "")
            shown = code if code in right else "/".join(right)
            title = counted.components[name].title.model_dump()
            expected.append({"service": name, "title": title, "needs": asked(counted, name), "code": shown})
    found = [item.model_dump(exclude={"reason"}) for item in plan.excluded]
    return compared(_("every service that is not chosen is named with its rule"), expected, found)


def _codes(counted: Recount, name: str) -> tuple[str, ...]:
    """Return the codes a service that is not chosen may have."""
    needs = asked(counted, name)
    if not needs:
        return ("N",)
    if name in counted.barred:
        return (counted.barred[name],)
    if any((need, name) in counted.worth for need in needs):
        return OPEN
    rules = [code for need in needs if (code := counted.ruled[need, name])]
    return (rules[0],) if rules else ("U3",)


def asked(counted: Recount, name: str) -> list[str]:
    """Return the needs a component could serve by its quality, sorted."""
    covers = counted.components[name].covers
    return [need for need in sorted(counted.needs) if need in covers and covers[need].quality >= COUNTED]


def _figures(counted: Recount, item: Candidate) -> dict[str, Any]:
    return {
        "service": item.id,
        "title": item.title.model_dump(),
        "tool": item.tool,
        "facing": item.facing,
        "deployable": item.deployable and item.id not in counted.absent,
        "memory_mb": memory_of(item, counted.profile.people.concurrent_users),
        "disk_gb": item.disk_mb / 1024,
        "admin_minutes": item.admin_minutes,
        "training_minutes": item.training_minutes,
    }


def _chosen(counted: Recount, ids: frozenset[str], name: str) -> dict[str, Any]:
    replaced = []
    needs = {need for need, by in assigned(counted, ids).items() if by == name}
    for tool in counted.profile.existing_tools:
        stays = tool.intent == "keep" or any(one.partition("~")[0] == KEEP + tool.tool for one in ids)
        if not stays and needs & set(registry_covers(tool, counted.rules)):
            replaced.append(tool_title(tool, counted.rules).model_dump())
    spoken = "en" if counted.profile.organisation.languages[0].startswith("en") else "fr"
    named = {"replaced": replaced, "replaces": [title[spoken] for title in replaced]}
    more = {"mandated": name in counted.forced, "covers": _covers(counted, ids, name), **named}
    return _figures(counted, counted.components[name]) | more


def _covers(counted: Recount, ids: frozenset[str], name: str) -> list[dict[str, Any]]:
    found = []
    for need in [need for need, by in assigned(counted, ids).items() if by == name]:
        worth, kind = counted.worth[need, name], counted.rules.taxonomy.needs[need]
        found.append(
            {
                "need": need,
                "label": kind.label.model_dump(),
                "priority": counted.needs[need].priority,
                "quality": worth.quality,
                "reach": worth.mean,
                "reach_least": worth.least,
                "mode": kind.mode,
                "data": counted.needs[need].data,
                "min_skill": counted.components[name].covers[need].min_skill,
                "phone": counted.components[name].mobile_ok,
                "groups": [_group(counted, group, percent) for group, percent in worth.groups.items()],
                "points": worth.points,
            }
        )
    return found


def _group(counted: Recount, group: str, percent: int) -> dict[str, Any]:
    people = getattr(counted.profile.people, group, None)
    return {"group": group, "percent": percent, "people": people.count if people else None}


def _kept(counted: Recount, name: str) -> dict[str, Any]:
    item = counted.components[name]
    return {
        "tool": name,
        "title": item.title.model_dump(),
        "facing": item.facing,
        "monthly_eur": item.monthly_cents / 100,
        "outside_eea": item.outside_eea,
    }


def _of_chosen(item: Chosen) -> dict[str, Any]:
    data = item.model_dump(exclude={"reason", "loss", "alternatives", "covers"})
    return data | {"covers": [_of_covered(cover) for cover in item.covers]}


def _of_kept(item: Kept) -> dict[str, Any]:
    return item.model_dump(exclude={"reason", "covers"}) | {"covers": [_of_covered(cover) for cover in item.covers]}


def _of_covered(item: Covered) -> dict[str, Any]:
    return item.model_dump()
