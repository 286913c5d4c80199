"""What is not: tools that are left, services that were not chosen, needs that stay without coverage."""

from provisioner.matching.listing import kept_entry
from provisioner.matching.problem import Problem
from provisioner.matching.reasons import asked_of, why_not_chosen, why_not_covered
from provisioner.matching.rules import Reason
from provisioner.matching.score import Plan
from provisioner.matching.words import say
from provisioner.models.proposal import Excluded, Kept, NotCovered

PRIORITIES = ("must", "should", "could")


def dropped(problem: Problem, plan: Plan | None) -> list[Kept]:
    """Return the tools people were undecided about that the best choice does without."""
    left = [name for name, item in problem.everything.items() if not item.hosted and not (plan and name in plan.ids)]
    found = []
    for name in left if plan else []:
        found.append(kept_entry(problem, name, problem.barred.get(name, Reason("dropped")), []))
    return found


def excluded(problem: Problem, plan: Plan | None) -> list[Excluded]:
    """Return every service that was not chosen, with the rule or the reason."""
    found = []
    for name, candidate in problem.everything.items():
        if candidate.hosted and not (plan and name in plan.ids):
            reason = why_not_chosen(problem, plan, name)
            sentence = say(problem.rules, reason)
            needs = asked_of(problem, name)
            item = Excluded(service=name, title=candidate.title, code=reason.code, needs=needs, reason=sentence)
            found.append(item)
    return found


def not_covered(problem: Problem, plan: Plan | None) -> list[NotCovered]:
    """Return every need without coverage, with the first reason that applies; the most important first."""
    found = []
    for need, wish in problem.needs.items():
        if wish.priority != "not_now" and not (plan and need in plan.assigned):
            reason = why_not_covered(problem, plan, need)
            label = problem.rules.taxonomy.needs[need].label
            sentence = say(problem.rules, reason)
            item = NotCovered(need=need, label=label, priority=wish.priority, code=reason.code, reason=sentence)
            found.append(item)
    return sorted(found, key=lambda item: (PRIORITIES.index(item.priority), item.need))
