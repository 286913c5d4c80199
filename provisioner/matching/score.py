"""The score of a given choice, exactly: what it covers, what it uses, what it costs. The judge of the optimiser."""

from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.matching.problem import Amounts, Problem
from provisioner.matching.reach import weight_of


@dataclass(frozen=True)
class Plan:
    """A choice of candidates: its ids, the component each covered need is assigned to, its figures.

    `proved` tells that no better choice exists.
    """

    ids: tuple[str, ...]
    assigned: dict[str, str]
    score: int
    used: Amounts
    proved: bool = True

    @property
    def order(self) -> tuple[int, int, int, int, tuple[str, ...]]:
        """Return what plans are compared by: the smallest is the best."""
        return (-self.score, self.used.tools, self.used.memory_mb, self.used.admin_minutes, self.ids)


def plan_of(problem: Problem, chosen: Iterable[str], *, proved: bool = True) -> Plan:
    """Given a set of candidate ids, return its Plan; whether it keeps the rules is not asked."""
    ids = tuple(sorted(chosen))
    assigned = _assign(problem, ids)
    used = used_by(problem, ids)
    value = sum(problem.values[need, name].points for need, name in assigned.items())
    return Plan(ids, assigned, value - _penalties(problem, ids, used), used, proved)


def used_by(problem: Problem, ids: Iterable[str]) -> Amounts:
    """Given candidate ids, return what they use of everything limited, the host itself included."""
    chosen = [problem.candidates[name] for name in ids]
    hosted = [item for item in chosen if item.hosted]
    base = problem.base if hosted else Amounts()
    tools = {item.tool for item in chosen}
    community = {item.tool for item in chosen if item.facing == "community"}
    return Amounts(
        memory_mb=base.memory_mb + sum(problem.memory(item.id) for item in hosted),
        disk_mb=base.disk_mb + sum(item.disk_mb for item in hosted),
        admin_minutes=base.admin_minutes + sum(item.admin_minutes for item in hosted),
        cents=base.cents + sum(item.monthly_cents for item in chosen),
        community_tools=len(community),
        tools=len(tools),
    )


def index_of(problem: Problem, plan: Plan) -> int:
    """Return the coverage index in whole percent, never rounded up."""
    total = sum(weight_of(need, problem.rules) for need in problem.needs.values())
    covered = 0
    for need, name in plan.assigned.items():
        value = problem.values[need, name]
        covered += weight_of(problem.needs[need], problem.rules) * value.quality * value.reach.mean
    return covered // (100 * total) if total else 0


def fixed_penalty(problem: Problem, name: str) -> int:
    """Return the points a candidate costs by itself when chosen: an account more, data outside the EEA."""
    candidate, weights = problem.candidates[name], problem.rules.weights
    preferred = problem.profile.security.single_sign_on == "preferred"
    password = preferred and candidate.hosted and candidate.accounts and not candidate.sso
    return weights.no_single_sign_on * password + outside_penalty(problem, name)


def outside_penalty(problem: Problem, name: str) -> int:
    """Return the points it costs that a kept tool takes data that is not public out of the EEA."""
    candidate = problem.candidates[name]
    avoid = problem.profile.data_protection.transfers_outside_eea == "avoid"
    outside = avoid and candidate.outside_eea and candidate.max_data != "public"
    return problem.rules.weights.outside_eea * outside


def switching(problem: Problem, name: str) -> int:
    """Return the points it costs to drop a tool people are undecided about."""
    candidate, weights = problem.everything[name], problem.rules.weights
    if candidate.intent != "undecided":
        return 0
    if candidate.adoption == "high" or candidate.adoption == "medium":
        return weights.switching["high" if candidate.adoption == "high" else "medium"]
    return weights.switching["other"]


def _assign(problem: Problem, ids: tuple[str, ...]) -> dict[str, str]:
    assigned = {}
    for need in problem.needs:
        able = [name for name in ids if (need, name) in problem.values]
        if able:
            assigned[need] = min(able, key=lambda name: (-problem.values[need, name].points, name))
    return assigned


def _penalties(problem: Problem, ids: tuple[str, ...], used: Amounts) -> int:
    weights, community = problem.rules.weights, used.community_tools
    training = sum(problem.candidates[name].training_minutes for name in ids)
    tools = weights.tool_cost[problem.profile.maturity.level]
    return (
        tools * (community * (community + 1) // 2 + used.tools - community)
        + used.admin_minutes // weights.admin_minutes_per_point
        + weights.training_points_per_hour * training // 60
        + weights.memory_points * used.memory_mb // problem.profile.hosting.resources.ram_mb
        + sum(switching(problem, name) for name in problem.everything if name not in ids)
        + sum(fixed_penalty(problem, name) for name in ids)
    )
