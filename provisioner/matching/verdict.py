"""What to tell the board in one sentence: deploy, in part, delegate, impossible as mandated, or no tool needed."""

from math import ceil

from provisioner.matching.beside import closure, titles
from provisioner.matching.problem import Problem
from provisioner.matching.programme import solve
from provisioner.matching.reasons import why_not_covered
from provisioner.matching.rules import Reason
from provisioner.matching.score import Plan, index_of, used_by
from provisioner.matching.spelling import tool_titles, unknown_names
from provisioner.matching.words import amount_of, joined, labels, lack, lacking, say
from provisioner.models.base import Text
from provisioner.models.proposal import Decision

UNLIMITED = 10**9


def decide(problem: Problem, plan: Plan | None) -> Decision:
    """Given a problem and its best plan (None when what is forced does not fit), return the verdict with its reason."""
    if plan is None:
        return Decision(verdict="mandate_impossible", reason=say(problem.rules, _impossible(problem)))
    if not any(problem.candidates[name].hosted for name in plan.ids):
        return _nothing(problem, plan)
    missing = [n for n, wish in problem.needs.items() if wish.priority == "must" and n not in plan.assigned]
    if missing:
        values: dict[str, str | int | Text] = {"count": len(missing), "needs": labels(problem.rules, missing)}
        key = "deploy_partly" if len(missing) > 1 else "deploy_partly_one"
        return Decision(verdict="deploy_partly", reason=say(problem.rules, Reason(key, values)))
    musts = any(wish.priority == "must" for wish in problem.needs.values())
    return Decision(verdict="deploy", reason=say(problem.rules, Reason("deploy" if musts else "deploy_no_must")))


def more_time(problem: Problem, plan: Plan) -> Reason | None:
    """Where nothing is hosted for want of time, return what enough hours a month would change; else None."""
    if any(problem.candidates[name].hosted for name in plan.ids):
        return None
    timely = problem.with_limits(admin_minutes=UNLIMITED)
    best = solve(timely)
    hosted = [name for name in best.ids if problem.candidates[name].hosted] if best else []
    if not best or not hosted:
        return None
    values = {"hours": ceil(best.used.admin_minutes / 60), "index": index_of(timely, best)}
    return Reason("warn_more_time", {**values, "names": titles(problem, hosted)})


def _nothing(problem: Problem, plan: Plan) -> Decision:
    """Tell whether nothing can be hosted here (delegate), for want of room or by the rules, or is not worth it."""
    roomy = solve(problem.with_limits(memory_mb=UNLIMITED, disk_mb=UNLIMITED, admin_minutes=UNLIMITED, cents=UNLIMITED))
    if roomy and any(problem.candidates[name].hosted for name in roomy.ids):
        limits = say(problem.rules, _short_of(problem, roomy))
        return Decision(verdict="delegate", reason=say(problem.rules, Reason("delegate", {"limits": limits})))
    left = [need for need in problem.needs if need not in plan.assigned]
    if any(why_not_covered(problem, plan, need).code == "U2" for need in left):
        barred = say(problem.rules, Reason("cause_rules"))
        return Decision(verdict="delegate", reason=say(problem.rules, Reason("delegate", {"limits": barred})))
    return Decision(verdict="no_tool_needed", reason=say(problem.rules, Reason("no_tool_needed")))


def _short_of(problem: Problem, roomy: Plan) -> Reason:
    base, there = problem.base.admin_minutes, problem.limits.admin_minutes
    if there < base:
        return Reason("cause_time", {"base": base, "there": there})
    return Reason("cause_limits", {"lacking": lacking(problem.rules, roomy.used.over(problem.limits))})


def _impossible(problem: Problem) -> Reason:
    return Reason("mandate_impossible", {"cause": say(problem.rules, _cause(problem))})


def _cause(problem: Problem) -> Reason:
    unknown = problem.unknown_mandates
    if unknown:
        tools = tool_titles(problem, unknown)
        if tools:
            return Reason("impossible_tool", {"names": tools})
        return Reason("impossible_unknown", {"names": unknown_names(problem, list(unknown))})
    for name in sorted(problem.forced & problem.barred.keys()):
        reason = say(problem.rules, problem.barred[name])
        return Reason("impossible_barred", {"title": problem.everything[name].title, "reason": reason})
    names = closure(problem, set(problem.forced))
    used = used_by(problem, names)
    over = used.over(problem.limits)
    if over:
        wanted = [_wanted(problem, name, getattr(used, name), getattr(problem.limits, name)) for name in over]
        return Reason("impossible_limits", {"names": titles(problem, names), "wanted": joined(wanted, "; ")})
    rivals = sorted(name for name in names if set(problem.candidates[name].conflicts) & names)
    return Reason("impossible_conflict", {"names": titles(problem, rivals)}) if rivals else Reason("impossible_none")


def _wanted(problem: Problem, name: str, used: int, limit: int) -> Text:
    values: dict[str, str | int | Text] = {
        "wanted": say(problem.rules, lack(problem.rules, name, used)),
        "there": amount_of(name, limit),
    }
    return say(problem.rules, Reason("wanted_of", values))
