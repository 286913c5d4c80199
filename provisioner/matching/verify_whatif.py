"""Check the counterfactuals of a plan: each names the choice it speaks of, which is counted again."""

from collections.abc import Iterator
from dataclasses import replace

from provisioner.i18n import _
from provisioner.matching.check import Check, compared
from provisioner.matching.recount import Recount, amounts, assigned, index, score, value
from provisioner.matching.verify_levers import lever_problems
from provisioner.matching.verify_limits import violations
from provisioner.models.explanation import Outcome
from provisioner.models.proposal import Chosen, Proposal

NEAR = 0.97


def whatif_checks(plan: Proposal, counted: Recount) -> list[Check]:
    """Return the checks of loss, alternatives, levers, curve, next best choice and choice without mandates."""
    losses = [text for item in plan.chosen for text in _loss(plan, counted, item)]
    rivals = [text for item in plan.chosen for text in _alternatives(plan, counted, item)]
    return [
        Check(_("what is lost without each component is right"), not losses, "; ".join(losses[:3])),
        Check(_("the alternatives are no better"), not rivals, "; ".join(rivals[:3])),
        _checked(_("the levers gain what they say"), lever_problems(plan, counted)),
        _checked(_("the curve is right"), _curve(plan, counted)),
        _checked(_("the next best choice is right"), _runner_up(plan, counted)),
        _checked(_("the choice without mandates is right"), _free(plan, counted)),
    ]


def _checked(name: str, problems: Iterator[str]) -> Check:
    found = list(problems)
    return Check(name, not found, "; ".join(found[:3]))


def free(counted: Recount, name: str = "") -> Recount:
    """Return the same with nothing mandated but what is kept; or, with a name, that one not forced."""
    kept = {one for one in counted.forced if counted.components[one].intent == "keep"}
    return replace(counted, forced=counted.forced - {name} if name else frozenset(kept))


def _loss(plan: Proposal, counted: Recount, item: Chosen) -> Iterator[str]:
    if item.service == plan.single_sign_on:
        return
    loss, ids = item.loss, frozenset(plan.components)
    if loss is None:
        yield f"{item.service}: -"
        return
    here = assigned(counted, ids)
    if loss.score is None:
        yield from compared("", [list(here), None, []], [loss.needs, loss.points, loss.components]).detail.splitlines()
        return
    without = frozenset(loss.components)
    broken = violations(free(counted, item.service), without) + [f"{item.service}?"] * (item.service in without)
    lost = [need for need in here if need not in assigned(counted, without)]
    points = score(counted, without)
    found = [loss.score, loss.points, loss.needs, [label.model_dump() for label in loss.labels]]
    labels = [counted.rules.taxonomy.needs[need].label.model_dump() for need in lost]
    yield from broken
    yield from compared("", [points, plan.score - points, lost, labels], found).detail.splitlines()
    if item.service not in counted.forced and points > plan.score:
        yield f"{item.service}: {points:g} > {plan.score:g}"


def _alternatives(plan: Proposal, counted: Recount, item: Chosen) -> Iterator[str]:
    needs = {cover.need for cover in item.covers}
    able = {name for need, name in counted.worth if need in needs} - set(plan.components)
    named = [other.component for other in item.alternatives]
    most = item.loss.score if item.loss and item.loss.score is not None else plan.score
    if len(named) != len(set(named)) or not set(named) <= able:
        yield f"{item.service}: {', '.join(named)}"
    if named != [o.component for o in sorted(item.alternatives, key=lambda o: (-o.score, o.component))]:
        yield f"{item.service}: {', '.join(named)}"
    for other in item.alternatives:
        title = counted.components[other.component].title if other.component in counted.components else None
        if other.score > most or other.title != title:
            yield f"{other.component}: {other.score:g} > {most:g}"


def _curve(plan: Proposal, counted: Recount) -> Iterator[str]:
    before: frozenset[str] = frozenset()
    for number, step in enumerate(plan.curve):
        ids = frozenset(step.components)
        titles = [counted.components[name].title for name in step.components]
        added = [counted.components[name].title for name in step.components if name not in before]
        expected = [value(counted, ids), score(counted, ids), index(counted, ids)]
        yield from violations(counted, ids)
        yield from compared("", expected, [step.value, step.score, step.coverage_index]).detail.splitlines()
        later = number and step.score < plan.curve[number - 1].score
        if titles != step.titles or added != step.added or later or amounts(counted, ids)["tools"] > step.tools:
            yield f"{step.tools}: {', '.join(step.components)}"
        before = ids
    ends = [(step.tools, step.components) for step in plan.curve[-1:]]
    last = amounts(counted, frozenset(plan.components))["tools"]
    if plan.verdict != "mandate_impossible" and ends != [(last, plan.components)]:
        yield f"{ends} / {last}"
    if [step.tools for step in plan.curve] != list(range(last + 1 - len(plan.curve), last + 1)) and plan.curve:
        yield ", ".join(str(step.tools) for step in plan.curve)


def _outcome(counted: Recount, outcome: Outcome) -> Iterator[str]:
    ids = frozenset(outcome.components)
    titles = [counted.components[name].title for name in outcome.components]
    yield from violations(counted, ids)
    found = [outcome.score, outcome.coverage_index, outcome.titles]
    yield from compared("", [score(counted, ids), index(counted, ids), titles], found).detail.splitlines()


def _runner_up(plan: Proposal, counted: Recount) -> Iterator[str]:
    second = plan.runner_up
    if second:
        yield from _outcome(counted, second)
        if second.components == plan.components or not NEAR * plan.score <= second.score <= plan.score:
            yield f"{second.score:g} / {plan.score:g}"


def _free(plan: Proposal, counted: Recount) -> Iterator[str]:
    if plan.without_mandate:
        if plan.verdict != "mandate_impossible":
            yield plan.verdict
        yield from _outcome(free(counted), plan.without_mandate)
