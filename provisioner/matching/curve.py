"""The curve: the best choice for each number of tools, so that a board sees where to stop."""

from provisioner.matching.problem import Problem
from provisioner.matching.programme import solve
from provisioner.matching.score import Plan, index_of
from provisioner.models.explanation import Step


def curve_of(problem: Problem, plan: Plan) -> list[Step]:
    """Given a problem and its best plan, return the best choice with at most 0, 1 ... tools, up to its number."""
    steps: list[Step] = []
    before: tuple[str, ...] = ()
    for tools in range(plan.used.tools + 1):
        limit = min(tools, problem.limits.tools)
        best = plan if tools == plan.used.tools else solve(problem.with_limits(tools=limit))
        if best is None:
            continue
        added = [name for name in best.ids if name not in before]
        before = best.ids
        steps.append(_step(problem, best, tools, added))
    return steps


def _step(problem: Problem, best: Plan, tools: int, added: list[str]) -> Step:
    value = sum(problem.values[need, name].points for need, name in best.assigned.items())
    return Step(
        tools=tools,
        components=list(best.ids),
        titles=[problem.candidates[name].title for name in best.ids],
        added=[problem.candidates[name].title for name in added],
        value=value,
        score=best.score,
        coverage_index=index_of(problem, best),
    )
