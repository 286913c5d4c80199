"""Why not: the reason of each need that stays uncovered and of each service that was not chosen."""

from provisioner.matching.beside import against, lacking_of
from provisioner.matching.problem import Problem
from provisioner.matching.programme import best_score, solve
from provisioner.matching.reach import Value, value_of
from provisioner.matching.rules import Reason
from provisioner.matching.score import Plan
from provisioner.matching.words import inside, joined, say
from provisioner.models.base import Text

COUNTED = 40


def asked_of(problem: Problem, name: str) -> list[str]:
    """Return the needs of the profile a candidate could serve by its quality."""
    covers = problem.everything[name].covers
    return [need for need in problem.needs if need in covers and covers[need].quality >= COUNTED]


def why_not_covered(problem: Problem, plan: Plan | None, need: str) -> Reason:
    """Given a need no chosen component covers, return the first reason U1 to U6 that applies.

    U4: even if nothing were limited, adding the best candidate would lower the score. U5: it would raise it, but a
    limit binds. U6: it clashes with what is mandated or kept, or only that takes the room: no other reason fits then.
    """
    covering = [name for name in problem.everything if need in asked_of(problem, name)]
    if not covering:
        signpost = problem.rules.taxonomy.needs[need].signpost
        return Reason("U1_signpost", {"signpost": signpost}) if signpost else Reason("U1")
    able = [name for name in covering if (need, name) in problem.values]
    if able and plan is None:
        return _impossible(problem, need)
    if able and plan:
        return _best_reason(problem, plan, able)
    people = [name for name in covering if isinstance(problem.refused.get((need, name)), Value)]
    if people:
        return _with_better(problem, need, covering, _people(problem, need, people))
    return Reason("U2", {"barred": _barred_texts(problem, need, covering)})


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
    if plan is None and name in problem.forced:
        return Reason("U6_mandated", {"title": problem.everything[name].title})
    if plan is None:
        return Reason("U6_impossible")
    return _exact(problem, plan, name, against(problem, plan, name)[1])


def lacking_beside(problem: Problem, plan: Plan, need: str) -> tuple[Text, Text] | None:
    """Given an open need, return which candidate would be worth having and what it lacks beside the plan, if any."""
    able = [name for name in problem.everything if (need, name) in problem.values]
    for _score, name in sorted((-against(problem, plan, name)[0], name) for name in able):
        found = against(problem, plan, name)[1]
        if found.code == "U5":
            return problem.everything[name].title, lacking_of(problem, plan, name)
    return None


def _best_reason(problem: Problem, plan: Plan, able: list[str]) -> Reason:
    results = [(*against(problem, plan, name), name) for name in able]
    _score, reason, name = max(results, key=lambda item: (item[0], item[2]))
    return _exact(problem, plan, name, reason)


def _exact(problem: Problem, plan: Plan, name: str, reason: Reason) -> Reason:
    """Return the reason with the exact score of the best choice that has the candidate, where there is one."""
    if reason.code not in ("U4", "U5"):
        return reason
    best = best_score(problem.with_forced(name))
    if best == plan.score:
        return Reason("U4_equal", {"title": problem.everything[name].title})
    if best is None:
        return Reason("U4_anyway", reason.values) if reason.code == "U4" else reason
    scores = {"with_it": best, "score": plan.score}
    return Reason(reason.key if reason.code == "U4" else "U5_forced", {**reason.values, **scores})


def _impossible(problem: Problem, need: str) -> Reason:
    """Return why a need is open where no choice is allowed, and what would cover it if nothing were mandated."""
    free = solve(problem.without_mandate())
    by = free.assigned.get(need) if free else None
    return Reason("U6_without", {"title": problem.everything[by].title}) if by else Reason("U6_impossible")


def _people(problem: Problem, need: str, names: list[str]) -> Reason:
    figures = {name: value for name in names if isinstance(value := problem.refused.get((need, name)), Value)}
    name = max(figures, key=lambda key: (figures[key].quality * figures[key].reach.mean, key))
    value, threshold = figures[name], problem.rules.weights.coverage_threshold
    groups = joined([say(problem.rules, Reason(f"group_{group}")) for group in problem.needs[need].audience])
    known: dict[str, str | int | Text] = {"title": problem.everything[name].title, "groups": groups}
    if value.quality * value.reach.mean >= threshold * 100:
        return Reason("U3_group", {**known, "reach": value.reach.least})
    if not value.reach.mean:
        return Reason("U3_nobody", known)
    if value.reach.mean < threshold:
        return Reason("U3", {**known, "reach": value.reach.mean})
    return Reason("U3_quality", {**known, "reach": value.reach.mean, "quality": value.quality})


def _with_better(problem: Problem, need: str, covering: list[str], reason: Reason) -> Reason:
    """Add which candidate people could use, but that a hard rule bars: the first by name, where there is one."""
    for name in covering:
        candidate, barred = problem.everything[name], problem.barred.get(name)
        if barred and value_of(problem.needs[need], candidate, problem.profile, problem.rules).points:
            values = {"title": candidate.title, "reason": inside(say(problem.rules, barred))}
            parts = [say(problem.rules, reason), say(problem.rules, Reason("better_barred", {**values}))]
            return Reason("U3_better", {"reasons": joined(parts, " ")})
    return reason


def _barred_texts(problem: Problem, need: str, names: list[str]) -> Text:
    """Return what bars these candidates, those with the same reason together."""
    together: dict[tuple[str, str], list[Text]] = {}
    for name in names:
        found = problem.barred.get(name) or problem.refused[need, name]
        sentence = say(problem.rules, found) if isinstance(found, Reason) else joined([])
        together.setdefault((sentence.fr, sentence.en), []).append(problem.everything[name].title)
    parts: list[dict[str, str | int | Text]] = [
        {"title": joined(titles), "reason": Text(fr=fr, en=en)} for (fr, en), titles in together.items()
    ]
    return joined([say(problem.rules, Reason("barred", values)) for values in parts], " ")
