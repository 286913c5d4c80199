"""What would be if: the best choice without a component, with another in its place, the next best, without mandates."""

from provisioner.matching.problem import Problem
from provisioner.matching.programme import best_score, solve
from provisioner.matching.score import Plan, index_of
from provisioner.models.base import Text
from provisioner.models.explanation import Alternative, Loss, Outcome

NEAR_PERCENT = 3


def loss_of(problem: Problem, plan: Plan, name: str) -> Loss:
    """Given a chosen component, return what the best choice without it loses."""
    without = solve(problem.without(name))
    if without is None:
        return Loss(needs=list(plan.assigned), labels=_labels(problem, list(plan.assigned)))
    lost = [need for need in plan.assigned if need not in without.assigned]
    return Loss(
        score=without.score,
        points=plan.score - without.score,
        components=list(without.ids),
        needs=lost,
        labels=_labels(problem, lost),
    )


def alternatives_to(problem: Problem, plan: Plan, name: str) -> list[Alternative]:
    """Given a chosen component, return every rival that can cover one of its needs, in its place; the best first."""
    needs = [need for need, by in plan.assigned.items() if by == name]
    rivals = {other for need, other in problem.values if need in needs and other not in plan.ids}
    found = []
    for rival in sorted(rivals):
        score = best_score(problem.without(name).with_forced(rival))
        if score is not None:
            found.append(Alternative(component=rival, title=problem.candidates[rival].title, score=score))
    return sorted(found, key=lambda item: (-item.score, item.component))


def runner_up(problem: Problem, plan: Plan) -> Outcome | None:
    """Return the best different choice when it scores at most 3 percent less, else None."""
    score = best_score(problem.another_than(plan.ids))
    if score is None or 100 * (plan.score - score) > NEAR_PERCENT * plan.score:
        return None
    second = solve(problem.another_than(plan.ids))
    return outcome(problem, second) if second else None


def without_mandate(problem: Problem) -> Outcome | None:
    """Return the best choice if nothing were mandated; None when even what is kept does not fit."""
    free = problem.without_mandate()
    plan = solve(free)
    return outcome(free, plan) if plan else None


def outcome(problem: Problem, plan: Plan) -> Outcome:
    """Return another choice in short."""
    return Outcome(
        components=list(plan.ids),
        titles=[problem.candidates[name].title for name in plan.ids],
        score=plan.score,
        coverage_index=index_of(problem, plan),
    )


def _labels(problem: Problem, needs: list[str]) -> list[Text]:
    return [problem.rules.taxonomy.needs[need].label for need in needs]
