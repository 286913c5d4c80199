"""Check the hard rules H1 to H14 of a plan, each with its numbers."""

from provisioner.i18n import _
from provisioner.matching.candidates import Offer
from provisioner.matching.check import Check, compared
from provisioner.matching.recount import Recount, amounts, limits, unknown_mandates
from provisioner.models.proposal import Proposal

CODES = {
    "memory_mb": "H1",
    "disk_mb": "H2",
    "admin_minutes": "H9",
    "cents": "H10",
    "community_tools": "H11",
    "tools": "H11",
}


def limit_checks(plan: Proposal, counted: Recount, offer: Offer) -> list[Check]:
    """Return the checks of limits, of rules between components, and of what is forced and single sign-on."""
    ids = frozenset(plan.components)
    used, allowed = amounts(counted, ids), limits(counted)
    checks = [_limit(name, used[name], allowed[name]) for name in used]
    barred = [f"{name}: {counted.barred[name]}" for name in sorted(ids & counted.barred.keys())]
    missing = sorted({*(counted.forced - ids), *unknown_mandates(counted, offer.sso)})
    sign_on = counted.sso.id if counted.sso and used["admin_minutes"] else ""
    return [
        *checks,
        totals_check(plan, counted),
        Check(_("H3 to H8, H13, H15: nothing that is barred is chosen"), not barred, "; ".join(barred)),
        _between(counted, ids),
        Check(_("H12: what is mandated or kept is there"), not missing, ", ".join(missing)),
        compared(_("H13: single sign-on is added where it is required"), sign_on, plan.single_sign_on),
    ]


def _limit(name: str, used: int, allowed: int) -> Check:
    labels = {
        "memory_mb": _("memory (MB)"),
        "disk_mb": _("disk (MB)"),
        "admin_minutes": _("care (minutes a month)"),
        "cents": _("price (cents a month)"),
        "community_tools": _("everyday tools"),
        "tools": _("tools in all"),
    }
    return Check(f"{CODES[name]}: {labels[name]}", used <= allowed, f"{used} <= {allowed}")


def totals_check(plan: Proposal, counted: Recount) -> Check:
    """Return the check of all totals and limits the plan shows."""
    used, allowed = amounts(counted, frozenset(plan.components)), limits(counted)
    totals = {name: {"used": used[name], "limit": allowed[name]} for name in used}
    return compared(_("the totals are those of the choice"), _shown(totals), plan.totals.model_dump())


def violations(counted: Recount, ids: frozenset[str]) -> list[str]:
    """Return every hard rule a choice breaks; empty when it is allowed."""
    used, allowed = amounts(counted, ids), limits(counted)
    found = [f"{CODES[name]} {name} {used[name]} > {allowed[name]}" for name in used if used[name] > allowed[name]]
    found += [f"{name} {counted.barred[name]}" for name in sorted(ids & counted.barred.keys())]
    found += [f"H12 {name}" for name in sorted(counted.forced - ids)]
    between = _between(counted, ids)
    return found if between.ok else [*found, between.detail]


def _between(counted: Recount, ids: frozenset[str]) -> Check:
    there = ids | ({counted.sso.id} if counted.sso else set())
    found = []
    for name in sorted(ids):
        item = counted.components[name]
        found += [f"{name} requires {other}" for other in item.requires if other not in there]
        found += [f"{name} excludes {other}" for other in item.conflicts if other in ids]
    return Check(_("H12: what a component requires is there, what it excludes is not"), not found, "; ".join(found))


def _shown(totals: dict[str, dict[str, int]]) -> dict[str, dict[str, float]]:
    """Return the totals in the units and under the names of the plan."""
    names = {"disk_mb": ("disk_gb", 1024), "cents": ("monthly_eur", 100)}
    found = {}
    for name, total in totals.items():
        shown, per = names.get(name, (name, 1))
        found[shown] = {key: amount / per for key, amount in total.items()}
    return found
