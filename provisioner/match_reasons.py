"""Why not: the reason of each need that stays uncovered and of each service that was not chosen."""

from provisioner.match_problem import Problem
from provisioner.match_programme import solve
from provisioner.match_reach import Value
from provisioner.match_rules import Reason
from provisioner.match_score import Plan, plan_of
from provisioner.match_words import joined, lacking, points, say
from provisioner.models.base import Text

COUNTED = 40


def asked_of(problem: Problem, name: str) -> list[str]:
    """Return the needs of the profile a candidate could serve by its quality."""
    covers = problem.everything[name].covers
    return [need for need in problem.needs if need in covers and covers[need].quality >= COUNTED]


def why_not_covered(problem: Problem, plan: Plan | None, need: str) -> Reason:
    """Given a need no chosen component covers, return the first reason U1 to U6 that applies."""
    covering = [name for name in problem.everything if need in asked_of(problem, name)]
    if not covering:
        return Reason("U1")
    able = [name for name in covering if (need, name) in problem.values]
    if able and plan is None:
        names = _titles(problem, problem.forced)
        return Reason("U6", {"title": problem.everything[able[0]].title, "names": names})
    if able and plan:
        return _best_reason(problem, plan, able)
    people = [name for name in covering if isinstance(problem.refused.get((need, name)), Value)]
    if people:
        return _people(problem, need, people)
    return Reason("U2", {"barred": joined([_barred_text(problem, need, name) for name in covering], " ")})


def why_not_chosen(problem: Problem, plan: Plan | None, name: str) -> Reason:
    """Given a candidate that was not chosen, return the hard rule or the reason that kept it out."""
    needs = asked_of(problem, name)
    if not needs:
        return Reason("N")
    if name in problem.barred:
        return problem.barred[name]
    able = [need for need in needs if (need, name) in problem.values]
    if not able:
        rules = [found for need in needs if isinstance(found := problem.refused[need, name], Reason)]
        return rules[0] if rules else _people(problem, needs[0], [name])
    if plan is None:
        return Reason("U6", {"title": problem.everything[name].title, "names": _titles(problem, problem.forced)})
    score, reason = against(problem, plan, name)
    return _forced_in(problem, plan, name) if reason.code == "U4" and score < plan.half_points else reason


def _forced_in(problem: Problem, plan: Plan, name: str) -> Reason:
    """Return U4 with the score of the best choice that has the candidate."""
    best = solve(problem.with_forced(name))
    if best and best.half_points == plan.half_points:
        return Reason("U4_equal")
    title, score = problem.everything[name].title, points(best.half_points if best else 0)
    return Reason("U4", {"title": title, "with_it": score, "score": points(plan.half_points)})


def against(problem: Problem, plan: Plan, name: str) -> tuple[int, Reason]:
    """Given a candidate beside a plan, return the score with it and why it is not there."""
    title = problem.everything[name].title
    added = closure(problem, {name})
    rivals = set(_rivals(problem, plan, added))
    larger = plan_of(problem, {*plan.ids, *added} - rivals)
    over = larger.used.over(problem.limits)
    scores: dict[str, str | int | Text] = {
        "title": title, "with_it": points(larger.half_points), "score": points(plan.half_points),
    }  # fmt: skip
    if rivals & problem.forced:
        names = _titles(problem, sorted(rivals & problem.forced))
        return larger.half_points, Reason("U6_conflict", {"title": title, "names": names})
    if larger.half_points < plan.half_points:
        return larger.half_points, Reason("U4", scores)
    if not over:
        return larger.half_points, Reason("U4_equal")
    if rivals:
        return larger.half_points, Reason("U4", scores)
    idle = [other for other in problem.forced if other in plan.ids and other not in plan.assigned.values()]
    if idle and not plan_of(problem, {*plan.ids, *added} - set(idle)).used.over(problem.limits):
        return larger.half_points, Reason("U6", {"title": title, "names": _titles(problem, idle)})
    return larger.half_points, Reason("U5", {"title": title, "lacking": lacking(problem.rules, over)})


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


def _best_reason(problem: Problem, plan: Plan, able: list[str]) -> Reason:
    results = [(*against(problem, plan, name), name) for name in able]
    return max(results, key=lambda item: (item[0], item[2]))[1]


def _rivals(problem: Problem, plan: Plan, added: set[str]) -> list[str]:
    return sorted(
        other for other in plan.ids for name in added
        if other in problem.candidates[name].conflicts or name in problem.candidates[other].conflicts
    )  # fmt: skip


def _people(problem: Problem, need: str, names: list[str]) -> Reason:
    figures = {name: value for name in names if isinstance(value := problem.refused.get((need, name)), Value)}
    name = max(figures, key=lambda key: (figures[key].quality * figures[key].reach.mean, key))
    value, threshold = figures[name], problem.rules.weights.coverage_threshold
    title = problem.everything[name].title
    if value.quality * value.reach.mean >= threshold * 100:
        return Reason("U3_group", {"title": title, "reach": value.reach.least})
    if value.reach.mean < threshold:
        return Reason("U3", {"title": title, "reach": value.reach.mean})
    return Reason("U3_quality", {"title": title, "reach": value.reach.mean, "quality": value.quality})


def _barred_text(problem: Problem, need: str, name: str) -> Text:
    found = problem.barred.get(name) or problem.refused[need, name]
    sentence = say(problem.rules, found) if isinstance(found, Reason) else joined([])
    values: dict[str, str | int | Text] = {"title": problem.everything[name].title, "reason": sentence}
    return say(problem.rules, Reason("cause_barred", values))


def _titles(problem: Problem, names: list[str] | frozenset[str]) -> Text:
    return joined([problem.everything[name].title for name in sorted(names)])
