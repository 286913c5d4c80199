"""One candidate put beside a plan: what the score would be if nothing were limited, and what stands in its way."""

from collections.abc import Iterable

from provisioner.matching.problem import Problem
from provisioner.matching.rules import Reason
from provisioner.matching.score import Plan, plan_of
from provisioner.matching.words import joined, lacking
from provisioner.models.base import Text


def against(problem: Problem, plan: Plan, name: str) -> tuple[int, Reason]:
    """Given a candidate beside a plan, return the score with it, limits apart, and why it is not there (U4 to U6)."""
    title = problem.everything[name].title
    added, rivals = _change(problem, plan, name)
    larger = plan_of(problem, {*plan.ids, *added} - rivals)
    over = larger.used.over(problem.limits)
    scores: dict[str, str | int | Text] = {
        "title": title, "with_it": larger.score, "score": plan.score,
    }  # fmt: skip
    if rivals & problem.forced:
        names = titles(problem, rivals & problem.forced)
        return larger.score, Reason("U6_conflict", {"title": title, "names": names})
    if larger.score < plan.score:
        return larger.score, Reason("U4", scores)
    if not over:
        return larger.score, Reason("U4_equal", {"title": title})
    idle = {other for other in problem.forced if other in plan.ids and other not in plan.assigned.values()}
    if idle and not plan_of(problem, {*plan.ids, *added} - rivals - idle).used.over(problem.limits):
        return larger.score, Reason("U6", {"title": title, "names": titles(problem, idle)})
    return larger.score, Reason("U5", {"title": title, "lacking": lacking(problem.rules, over)})


def lacking_of(problem: Problem, plan: Plan, name: str) -> Text:
    """Return in words what is lacking for a candidate beside a plan."""
    added, rivals = _change(problem, plan, name)
    larger = plan_of(problem, {*plan.ids, *added} - rivals)
    return lacking(problem.rules, larger.used.over(problem.limits))


def closure(problem: Problem, names: set[str]) -> set[str]:
    """Return names with everything they require, as far as it is there."""
    found: set[str] = set()
    waiting = sorted(names)
    while waiting:
        name = waiting.pop()
        if name not in found and name in problem.candidates:
            found.add(name)
            waiting += problem.candidates[name].requires
    return found


def titles(problem: Problem, names: Iterable[str]) -> Text:
    """Return what people call these components, joined."""
    return joined([problem.everything[name].title for name in sorted(names)])


def _change(problem: Problem, plan: Plan, name: str) -> tuple[set[str], set[str]]:
    """Return what comes with a candidate, and what of the plan it excludes (with what needs that)."""
    added = closure(problem, {name})
    rivals = {
        other for other in plan.ids for one in added
        if other in problem.candidates[one].conflicts or one in problem.candidates[other].conflicts
    }  # fmt: skip
    while more := {other for other in plan.ids if set(problem.candidates[other].requires) & rivals} - rivals:
        rivals |= more
    return added, rivals
