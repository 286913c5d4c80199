"""The matching problem as an integer programme, solved exactly, ties included."""

from dataclasses import dataclass, field

from provisioner.matching.problem import Problem
from provisioner.matching.score import Plan, fixed_penalty, plan_of, switching
from provisioner.matching.solver import Programme, maximise

Factors = dict[int, int]


@dataclass
class _Build:
    """The programme under construction: which variable stands for what, and the goal in points."""

    problem: Problem
    programme: Programme = field(default_factory=Programme)
    chosen: dict[str, int] = field(default_factory=dict)
    goal: Factors = field(default_factory=dict)
    sums: dict[str, Factors] = field(default_factory=dict)


def solve(problem: Problem) -> Plan | None:
    """Given a problem, return its best plan by score, tools, memory, minutes and names; None when none is allowed.

    The same question is solved once.
    """
    if problem.key not in problem.solved:
        problem.solved[problem.key] = _solve(problem)
    found: Plan | None = problem.solved[problem.key]
    return found


def best_score(problem: Problem) -> int | None:
    """Given a problem, return the score of its best plan, whichever of equal ones that is; None as above."""
    if problem.key in problem.solved:
        known = solve(problem)
        return known.score if known else None
    key = ("score", *problem.key)
    if key not in problem.solved:
        build = _build(problem) if possible(problem) else None
        found = _best(build, build.goal) if build else None
        problem.solved[key] = found.score if found else None
    score: int | None = problem.solved[key]
    return score


def possible(problem: Problem) -> bool:
    """Return whether what is forced can be chosen at all, limits apart."""
    return not problem.unknown_mandates and problem.forced <= set(problem.candidates) - problem.forbidden


def _solve(problem: Problem) -> Plan | None:
    if not possible(problem):
        return None
    build = _build(problem)
    best = _best(build, build.goal)
    if best is None or not best.proved:
        return best
    build.programme.row(build.goal, lowest=_goal_of(build, best))
    if _another(build, [best]) is None:
        return best
    return _break_tie(build, best)


def _best(build: _Build, goal: Factors) -> Plan | None:
    solution = maximise(build.programme, goal)
    if solution is None:
        return None
    ids = [name for name, number in build.chosen.items() if solution.values[number]]
    return plan_of(build.problem, ids, proved=solution.proved)


def _goal_of(build: _Build, plan: Plan) -> int:
    """Return a plan's score as the programme counts it: every undecided tool dropped is its zero."""
    constant = sum(switching(build.problem, name) for name in build.problem.everything)
    return plan.score + constant


def _another(build: _Build, known: list[Plan]) -> Plan | None:
    """Return a plan that differs from the known ones, or None."""
    cut = Programme(build.programme.lowest, build.programme.highest, list(build.programme.rows))
    for plan in known:
        _cut(cut, build.chosen, plan.ids)
    solution = maximise(cut, {})
    if solution is None:
        return None
    return plan_of(build.problem, [name for name, number in build.chosen.items() if solution.values[number]])


def _cut(programme: Programme, chosen: dict[str, int], ids: tuple[str, ...]) -> None:
    """Forbid exactly this choice."""
    factors = {number: 1 if name in ids else -1 for name, number in chosen.items()}
    programme.row(factors, highest=len(ids) - 1)


def _break_tie(build: _Build, best: Plan) -> Plan:
    """Among plans of one score: fewest tools, then least memory, fewest minutes, and the smallest names."""
    for name in ("tools", "memory_mb", "admin_minutes"):
        factors = build.sums[name]
        found = _best(build, {number: -factor for number, factor in factors.items()})
        best = found or best
        build.programme.row(factors, highest=getattr(best.used, name))
    return _smallest_names(build, best)


def _smallest_names(build: _Build, best: Plan) -> Plan:
    """Fix names in order: the next one taken is the smallest that some plan among the equal ones still has."""
    taken: list[str] = []
    names = sorted(build.chosen)
    for name in names:
        if tuple(taken) == best.ids:
            return best
        lowest = build.programme.lowest
        lowest[build.chosen[name]] = 1
        found = best if name in best.ids else _best(build, {})
        if found is None:
            lowest[build.chosen[name]] = 0
            build.programme.highest[build.chosen[name]] = 0
            continue
        taken.append(name)
        best = _shortest(build, taken, found)
    return best


def _shortest(build: _Build, taken: list[str], found: Plan) -> Plan:
    """Return the plan of exactly the names taken when it is among the equal ones, else the plan found."""
    rest = {number: -1 for name, number in build.chosen.items() if name not in taken}
    plan = _best(build, rest)
    return plan if plan and plan.ids == tuple(taken) else found


def _build(problem: Problem) -> _Build:
    build = _Build(problem)
    for name in problem.candidates:
        allowed = 0 if name in problem.forbidden else 1
        build.chosen[name] = build.programme.variable(allowed, 1 if name in problem.forced else 0)
    _assignments(build)
    _relations(build)
    _tools(build)
    _sums(build)
    _costs(build)
    for ids in problem.cuts:
        _cut(build.programme, build.chosen, ids)
    return build


def _assignments(build: _Build) -> None:
    per_need: dict[str, Factors] = {}
    for (need, name), value in build.problem.values.items():
        number = build.programme.variable()
        build.goal[number] = value.points
        build.programme.row({number: 1, build.chosen[name]: -1}, highest=0)
        per_need.setdefault(need, {})[number] = 1
    for factors in per_need.values():
        build.programme.row(factors, highest=1)


def _relations(build: _Build) -> None:
    for name, candidate in build.problem.candidates.items():
        for other in candidate.requires:
            if other in build.chosen:
                build.programme.row({build.chosen[name]: 1, build.chosen[other]: -1}, highest=0)
        for other in candidate.conflicts:
            if other in build.chosen:
                build.programme.row({build.chosen[name]: 1, build.chosen[other]: 1}, highest=1)


def _tools(build: _Build) -> None:
    """One variable a tool and facing; the nth community tool costs n times the price of a tool."""
    problem, programme = build.problem, build.programme
    community: Factors = {}
    other: Factors = {}
    for tool in sorted({item.tool for item in problem.candidates.values()}):
        members = [item for item in problem.candidates.values() if item.tool == tool]
        everyday = programme.variable() if any(item.facing == "community" for item in members) else None
        office = programme.variable() if any(item.facing != "community" for item in members) else None
        if everyday is not None:
            community[everyday] = 1
        if office is not None:
            other[office] = 1
        for item in members:
            able = [everyday] if item.facing == "community" else [everyday, office]
            programme.row({build.chosen[item.id]: 1, **{n: -1 for n in able if n is not None}}, highest=0)
    price = problem.rules.weights.tool_cost[problem.profile.maturity.level]
    steps = [programme.variable() for _tool in community]
    programme.row({**community, **dict.fromkeys(steps, -1)}, highest=0)
    build.goal |= {number: -price * (count + 1) for count, number in enumerate(steps)}
    build.goal |= dict.fromkeys(other, -price)
    build.sums |= {"community_tools": community, "tools": {**community, **other}}


def _sums(build: _Build) -> None:
    problem, programme = build.problem, build.programme
    host = programme.variable()
    hosted = [name for name, item in problem.candidates.items() if item.hosted]
    for name in hosted:
        programme.row({build.chosen[name]: 1, host: -1}, highest=0)
    for amount in ("memory_mb", "disk_mb", "admin_minutes"):
        factors = {build.chosen[name]: _amount(problem, name, amount) for name in hosted}
        build.sums[amount] = {host: getattr(problem.base, amount), **factors}
    prices = {build.chosen[name]: item.monthly_cents for name, item in problem.candidates.items()}
    build.sums["cents"] = {host: problem.base.cents, **prices}
    for amount, factors in build.sums.items():
        programme.row(factors, highest=getattr(problem.limits, amount))


def _amount(problem: Problem, name: str, amount: str) -> int:
    return problem.memory(name) if amount == "memory_mb" else int(getattr(problem.candidates[name], amount))


def _costs(build: _Build) -> None:
    """The costs that are rounded down, each as a whole-number variable, and those of single candidates."""
    problem, weights = build.problem, build.problem.rules.weights
    training = {build.chosen[name]: item.training_minutes for name, item in problem.candidates.items()}
    _floor(build, build.sums["memory_mb"], weights.memory_points, problem.profile.hosting.resources.ram_mb)
    _floor(build, build.sums["admin_minutes"], 1, weights.admin_minutes_per_point)
    _floor(build, training, weights.training_points_per_hour, 60)
    for name, number in build.chosen.items():
        build.goal[number] = switching(problem, name) - fixed_penalty(problem, name)


def _floor(build: _Build, factors: Factors, points: int, per: int) -> None:
    """Add the cost floor(points x sum / per): the smallest whole number c with per x c >= points x sum - (per - 1)."""
    cost = build.programme.variable(highest=10**7)
    row = {number: -points * factor for number, factor in factors.items() if factor}
    build.programme.row({cost: per, **row}, lowest=-(per - 1))
    build.goal[cost] = -1
