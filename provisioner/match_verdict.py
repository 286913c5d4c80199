"""What to tell the board in one sentence: deploy, in part, delegate, impossible as mandated, or no tool needed."""

from provisioner.match_problem import Problem
from provisioner.match_programme import solve
from provisioner.match_reasons import closure, why_not_covered
from provisioner.match_rules import Reason
from provisioner.match_score import Plan, used_by
from provisioner.match_words import joined, labels, lacking, say
from provisioner.models.base import Text
from provisioner.models.proposal import Decision

UNLIMITED = 10**9
MANY_MUSTS, MANY_NEEDS = 7, 20


def decide(problem: Problem, plan: Plan | None) -> Decision:
    """Given a problem and its best plan (None when what is forced does not fit), return the verdict with its reason."""
    if plan is None:
        return Decision(verdict="mandate_impossible", reason=say(problem.rules, _impossible(problem)))
    if not any(problem.candidates[name].hosted for name in plan.ids):
        return _nothing(problem, plan)
    missing = [n for n, wish in problem.needs.items() if wish.priority == "must" and n not in plan.assigned]
    if missing:
        values: dict[str, str | int | Text] = {"count": len(missing), "needs": labels(problem.rules, missing)}
        return Decision(verdict="deploy_partly", reason=say(problem.rules, Reason("deploy_partly", values)))
    return Decision(verdict="deploy", reason=say(problem.rules, Reason("deploy")))


def warnings(problem: Problem, plan: Plan | None) -> list[Text]:
    """Return what a board should hear beside the proposal."""
    found = []
    musts = [need for need in problem.needs.values() if need.priority == "must"]
    if len(musts) > MANY_MUSTS or len(problem.needs) > MANY_NEEDS:
        found.append(Reason("warn_musts"))
    wanted = problem.profile.accessibility
    if plan and (wanted.target == "wcag_aa" or wanted.screen_reader_users):
        chosen = [problem.candidates[name] for name in plan.ids]
        unknown = [item.title for item in chosen if item.hosted and item.accessibility == "unknown"]
        found += [Reason("warn_accessibility", {"names": joined(unknown)})] if unknown else []
    if plan and not plan.proved:
        found.append(Reason("warn_time"))
    return [say(problem.rules, reason) for reason in found]


def _nothing(problem: Problem, plan: Plan) -> Decision:
    """Tell whether nothing can be hosted here (delegate), for want of room or by the rules, or is not worth it."""
    roomy = solve(problem.with_limits(memory_mb=UNLIMITED, disk_mb=UNLIMITED, admin_minutes=UNLIMITED))
    if roomy and any(problem.candidates[name].hosted for name in roomy.ids):
        over = lacking(problem.rules, roomy.used.over(problem.limits))
        limits = say(problem.rules, Reason("cause_limits", {"lacking": over}))
        return Decision(verdict="delegate", reason=say(problem.rules, Reason("delegate", {"limits": limits})))
    left = [need for need in problem.needs if need not in plan.assigned]
    if any(why_not_covered(problem, plan, need).code == "U2" for need in left):
        barred = say(problem.rules, Reason("cause_rules"))
        return Decision(verdict="delegate", reason=say(problem.rules, Reason("delegate", {"limits": barred})))
    return Decision(verdict="no_tool_needed", reason=say(problem.rules, Reason("no_tool_needed")))


def _impossible(problem: Problem) -> Reason:
    return Reason("mandate_impossible", {"cause": say(problem.rules, _cause(problem))})


def _cause(problem: Problem) -> Reason:
    if problem.unknown_mandates:
        return Reason("cause_unknown", {"names": ", ".join(problem.unknown_mandates)})
    for name in sorted(problem.forced & problem.barred.keys()):
        reason = say(problem.rules, problem.barred[name])
        return Reason("cause_barred", {"title": problem.everything[name].title, "reason": reason})
    names = closure(problem, set(problem.forced))
    over = used_by(problem, names).over(problem.limits)
    if over:
        return Reason("cause_limits", {"lacking": lacking(problem.rules, over)})
    rivals = sorted(name for name in names if set(problem.candidates[name].conflicts) & names)
    titles = joined([problem.everything[name].title for name in rivals])
    return Reason("cause_conflict", {"names": titles}) if rivals else Reason("cause_none")
