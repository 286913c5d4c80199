"""Check the money of a plan, and the capacity for a federation's instances."""

from provisioner.i18n import _
from provisioner.matching.candidates import tool_title
from provisioner.matching.check import Check, compared
from provisioner.matching.recount import Recount, amounts, limits, memory_of
from provisioner.matching.verify_figures import computed
from provisioner.models.base import Text
from provisioner.models.costs import CostLine
from provisioner.models.proposal import Proposal

USERS = 5


def cost_checks(plan: Proposal, counted: Recount) -> list[Check]:
    """Return the checks of costs and fleet."""
    costs = plan.costs
    used = amounts(counted, frozenset(plan.components))["cents"]
    now = [
        (tool_title(tool, counted.rules), round(tool.monthly_eur * 100), 0.0)
        for tool in counted.profile.existing_tools
        if tool.monthly_eur
    ]
    today = sum(cents for _title, cents, _once in now)
    lines = _cents([line for line in costs.lines if line.counted])
    once = sum(line.one_off_eur for line in costs.lines if line.counted)
    wrong = [line.how for line in [*costs.lines, *costs.today] if not _computed(line)]
    found = [costs.monthly_eur * 100, lines, costs.one_off_eur, costs.today_monthly_eur * 100, _cents(costs.today)]
    return [
        compared(
            _("H10: the costs add up, and are those of prices and tools"), [used, used, once, today, today], found
        ),
        Check(_("each price's computation gives it"), not wrong, "; ".join(wrong[:3])),
        compared(_("today's costs are those of the profile"), now, [_row(line) for line in costs.today]),
        _fleet(plan, counted),
    ]


def _computed(line: CostLine) -> bool:
    """Tell whether a line shows no computation, or one that gives its cents; only a dated price may show one."""
    if not line.how:
        return line.kind in ("hosting", "tool", "mail")
    return line.how.endswith(" ct") and computed(line.how.removesuffix(" ct")) == round(line.monthly_eur * 100)


def _row(line: CostLine) -> tuple[Text, int, float]:
    return line.label, round(line.monthly_eur * 100), line.one_off_eur


def _cents(lines: list[CostLine]) -> int:
    return sum(round(line.monthly_eur * 100) for line in lines)


def _fleet(plan: Proposal, counted: Recount) -> Check:
    name = _("the federation's instances are counted right")
    federation, fleet = counted.profile.federation, plan.fleet
    known = {key.replace("-", "_"): item for key, item in counted.components.items()}
    base = list(federation.common_base) if federation and federation.tenancy != "shared" else []
    if not federation or not base or any(part not in known for part in base):
        return Check(name, fleet is None)
    if fleet is None:
        return Check(name, False)
    each = sum(memory_of(known[part], USERS) for part in base)
    used = amounts(counted, frozenset(plan.components))["memory_mb"]
    base_used = counted.rules.weights.system_memory_mb
    if counted.sso:
        base_used += memory_of(counted.sso, counted.profile.people.concurrent_users)
    free = limits(counted)["memory_mb"] - (used or base_used)
    sizes = federation.waves or [federation.instances_planned or federation.member_associations]
    fit = max(0, free) // each if each else 0
    before = [sum(sizes[:number]) for number in range(len(sizes))]
    expected = {
        "base": [known[part].id for part in base],
        "memory_mb_each": each,
        "free_memory_mb": free,
        "instances_planned": sum(sizes),
        "instances_fit": fit,
        "waves": [
            {"wave": number + 1, "instances": size, "fit": max(0, min(size, fit - before[number]))}
            for number, size in enumerate(sizes)
        ],
    }
    return compared(name, expected, fleet.model_dump(exclude={"sentence"}))
