"""Levers: what the best choice would be with one limit less. With more memory and disk, the price stays as it is."""

from collections.abc import Iterator
from dataclasses import replace

from provisioner.matching.prices import machine
from provisioner.matching.problem import Problem
from provisioner.matching.programme import solve
from provisioner.matching.reasons import lacking_beside
from provisioner.matching.rules import Reason
from provisioner.matching.score import Plan, index_of
from provisioner.matching.words import joined, say
from provisioner.models.base import Text
from provisioner.models.explanation import Lever
from provisioner.models.profile import Profile
from provisioner.models.profile_people import Group, People, Skills

MORE_MINUTES, MORE_CENTS = 120, 1000
GROUPS = ("board", "employees", "volunteers", "members", "beneficiaries")
WHEN_BINDING = ("disk", "budget")


def levers_of(problem: Problem, plan: Plan) -> list[Lever]:
    """Given a problem and its best plan, return what each lever gains; disk and money only where they bind."""
    found = []
    for lever, label, relaxed in _relaxed(problem):
        best = solve(relaxed)
        if best and (best.score > plan.score or lever not in WHEN_BINDING):
            found.append(_lever(problem, plan, lever, label, relaxed, best))
    return found


def trained(profile: Profile, problem: Problem) -> Profile:
    """Return the profile with half of the people at level "basic" (rounded down) trained to "comfortable"."""
    groups: dict[str, Group | None] = {}
    for name in GROUPS:
        group: Group | None = getattr(profile.people, name)
        groups[name] = group and group.model_copy(
            update={"skills": _half_trained(group.skills or problem.rules.weights.unknown_skills)}
        )
    people: People = profile.people.model_copy(update=groups)
    return profile.model_copy(update={"people": people})


def _half_trained(skills: Skills) -> Skills:
    half = skills.basic // 2
    return skills.model_copy(update={"basic": skills.basic - half, "comfortable": skills.comfortable + half})


def _relaxed(problem: Problem) -> Iterator[tuple[str, Reason, Problem]]:
    limits, resources = problem.limits, problem.profile.hosting.resources
    yield "memory", Reason("lever_memory", {"amount": 2 * resources.ram_mb}), _more_memory(problem)
    minutes = limits.admin_minutes + MORE_MINUTES
    hours = Reason("lever_admin_hours", {"more": MORE_MINUTES // 60, "hours": f"{minutes / 60:g}"})
    yield "admin_hours", hours, problem.with_limits(admin_minutes=minutes)
    tools = {"community_tools": limits.community_tools + 1, "tools": limits.tools + 1}
    yield "tool", Reason("lever_tool", {"amount": tools["community_tools"]}), problem.with_limits(**tools)
    yield "training", Reason("lever_training"), problem.with_profile(trained(problem.profile, problem))
    disk = Reason("lever_disk", {"amount": 2 * resources.disk_gb})
    yield "disk", disk, problem.with_limits(disk_mb=2 * limits.disk_mb)
    cents = limits.cents + MORE_CENTS
    money = Reason("lever_budget", {"more": MORE_CENTS // 100, "amount": f"{cents / 100:g}"})
    yield "budget", money, problem.with_limits(cents=cents)


def _more_memory(problem: Problem) -> Problem:
    hosting = problem.profile.hosting
    resources = hosting.resources.model_copy(update={"ram_mb": 2 * hosting.resources.ram_mb})
    profile = problem.profile.model_copy(update={"hosting": hosting.model_copy(update={"resources": resources})})
    limits = replace(problem.limits, memory_mb=resources.ram_mb)
    return replace(problem, profile=profile, limits=limits, solved={})


def _lever(problem: Problem, plan: Plan, lever: str, label: Reason, relaxed: Problem, best: Plan) -> Lever:
    gained = [need for need in best.assigned if need not in plan.assigned]
    notes = [*_dearer(problem, relaxed, lever), *_next(relaxed, best, better=best.score > plan.score)]
    data = {
        "lever": lever,
        "label": say(problem.rules, label),
        "score": best.score,
        "gain": best.score - plan.score,
        "coverage_index": index_of(relaxed, best),
        "components": list(best.ids),
        "note": joined(notes, " ") if notes else None,
        "gained": gained,
        "labels": [problem.rules.taxonomy.needs[need].label for need in gained],
    }
    return Lever.model_validate(data)


def _dearer(problem: Problem, relaxed: Problem, lever: str) -> list[Text]:
    """Tell by how much a machine with twice the memory is dearer in the price file."""
    now, then = (machine(each.profile, problem.rules.prices) for each in (problem, relaxed))
    if lever != "memory" or not now or not then or then.monthly_eur <= now.monthly_eur:
        return []
    amount = f"{then.monthly_eur - now.monthly_eur:.2f}"
    return [say(problem.rules, Reason("lever_dearer", {"amount": amount}))]


def _next(relaxed: Problem, best: Plan, *, better: bool) -> list[Text]:
    """Tell which limit binds next, for the first need that is still open for want of room."""
    for need in relaxed.needs if better else ():
        if need not in best.assigned:
            found = lacking_beside(relaxed, best, need)
            if found:
                title, lacking = found
                return [say(relaxed.rules, Reason("lever_next", {"title": title, "lacking": lacking}))]
    return []
