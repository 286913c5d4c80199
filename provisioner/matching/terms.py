"""The score on paper: one line for each value and each cost, with its computation, adding up to the score exactly."""

from provisioner.matching.problem import Problem
from provisioner.matching.reach import Value, weight_of
from provisioner.matching.rules import Reason
from provisioner.matching.score import Plan, fixed_penalty, outside_penalty, switching
from provisioner.matching.words import say
from provisioner.models.explanation import Term


def terms_of(problem: Problem, plan: Plan) -> list[Term]:
    """Given a problem and a plan of it, return the lines of its score: values first, then costs."""
    values = [_value(problem, need, name) for need, name in sorted(plan.assigned.items())]
    return [*values, *_shared(problem, plan), *_single(problem, plan)]


def _value(problem: Problem, need: str, name: str) -> Term:
    wish, kind = problem.needs[need], problem.rules.taxonomy.needs[need]
    assert wish.priority != "not_now"
    value, weight = problem.values[need, name], problem.rules.weights.priority[wish.priority]
    audience = weight_of(wish, problem.rules) // weight
    reason = Reason("term_value", {"need": kind.label, "title": problem.candidates[name].title})
    return Term(
        kind="value",
        label=say(problem.rules, reason),
        need=need,
        component=name,
        points=value.points,
        how=_computed(value, weight, audience, governance=kind.family == "governance"),
    )


def _computed(value: Value, weight: int, audience: int, *, governance: bool) -> str:
    product = f"floor({weight} x {audience} x {value.quality} x {value.reach.mean} / 10000)"
    if governance:
        product += f" - floor({weight} x (100 - {value.reach.least}) / 2)"
    return f"{product} = {value.points}"


def _shared(problem: Problem, plan: Plan) -> list[Term]:
    """Return the costs of the choice as a whole: tools, care, training, memory."""
    weights, used, profile = problem.rules.weights, plan.used, problem.profile
    community, office = used.community_tools, used.tools - used.community_tools
    price, available = weights.tool_cost[profile.maturity.level], profile.hosting.resources.ram_mb
    training = sum(problem.candidates[name].training_minutes for name in plan.ids)
    tools = price * (community * (community + 1) // 2 + office)
    admin = used.admin_minutes // weights.admin_minutes_per_point
    learned = weights.training_points_per_hour * training // 60
    memory = weights.memory_points * used.memory_mb // available
    rows = [
        ("tools", tools, f"{price} x ({community} x {community + 1} / 2 + {office}) = {tools}"),
        ("admin", admin, f"floor({used.admin_minutes} / {weights.admin_minutes_per_point}) = {admin}"),
        ("training", learned, f"floor({weights.training_points_per_hour} x {training} / 60) = {learned}"),
        ("memory", memory, f"floor({weights.memory_points} x {used.memory_mb} / {available}) = {memory}"),
    ]
    return [_cost(problem, kind, points, how) for kind, points, how in rows if points]


def _single(problem: Problem, plan: Plan) -> list[Term]:
    """Return the costs of single components: a tool that is dropped, one more password, data outside the EEA."""
    found = []
    for name in sorted(problem.everything):
        if name not in plan.ids:
            rows = [("switching", switching(problem, name))]
        else:
            outside = outside_penalty(problem, name)
            rows = [("single_sign_on", fixed_penalty(problem, name) - outside), ("outside_eea", outside)]
        found += [_cost(problem, kind, points, str(points), name) for kind, points in rows if points]
    return found


def _cost(problem: Problem, kind: str, points: int, how: str, name: str = "") -> Term:
    values = {"title": problem.everything[name].title} if name else {}
    data = {"kind": kind, "label": say(problem.rules, Reason(f"term_{kind}", {**values})), "component": name}
    return Term.model_validate({**data, "points": -points, "how": how})
