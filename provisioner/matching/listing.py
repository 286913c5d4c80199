"""What is chosen and kept, each with the needs it covers, the people it reaches, what it replaces and why."""

from provisioner.matching.candidates import KEEP, MB_PER_GB, Candidate, registry_covers, tool_title
from provisioner.matching.counterfactual import alternatives_to, loss_of
from provisioner.matching.problem import Problem
from provisioner.matching.programme import solve
from provisioner.matching.reach import groups_of
from provisioner.matching.rules import Reason
from provisioner.matching.score import Plan
from provisioner.matching.words import joined, labels, say
from provisioner.models.base import Text
from provisioner.models.profile_people import Group
from provisioner.models.proposal import Chosen, Covered, GroupReach, Kept


def chosen(problem: Problem, plan: Plan | None, sso: Candidate | None) -> list[Chosen]:
    """Return the services to deploy, with the single sign-on last where there is one."""
    names = [name for name in plan.ids if problem.candidates[name].hosted] if plan else []
    found = [_chosen(problem, plan, name) for name in names] if plan else []
    return [*found, _single_sign_on(problem, sso)] if sso else found


def kept(problem: Problem, plan: Plan | None) -> list[Kept]:
    """Return the tools of others that stay."""
    found = []
    for name in plan.ids if plan else ():
        candidate = problem.candidates[name]
        if plan and not candidate.hosted:
            reason = Reason("kept" if candidate.intent == "keep" else "kept_undecided")
            found.append(kept_entry(problem, name, reason, covered(problem, plan, name)))
    return found


def kept_entry(problem: Problem, name: str, reason: Reason, covers: list[Covered]) -> Kept:
    """Return the entry of one tool of others."""
    candidate = problem.everything[name]
    return Kept(
        tool=name,
        title=candidate.title,
        facing="community" if candidate.facing == "community" else "backoffice",
        monthly_eur=candidate.monthly_cents / 100,
        outside_eea=candidate.outside_eea,
        covers=covers,
        reason=say(problem.rules, reason),
    )


def covered(problem: Problem, plan: Plan, name: str) -> list[Covered]:
    """Return the needs a component of the plan covers, with their figures."""
    found = []
    for need in [need for need, by in plan.assigned.items() if by == name]:
        value, wish = problem.values[need, name], problem.needs[need]
        kind = problem.rules.taxonomy.needs[need]
        assert wish.priority != "not_now"
        item = Covered(
            need=need,
            label=kind.label,
            priority=wish.priority,
            quality=value.quality,
            reach=value.reach.mean,
            reach_least=value.reach.least,
            mode=kind.mode,
            data=wish.data,
            min_skill=problem.candidates[name].covers[need].min_skill,
            phone=problem.candidates[name].mobile_ok,
            groups=_groups(problem, need, name) if kind.mode != "O" else [],
            points=value.points,
        )
        found.append(item)
    return found


def _groups(problem: Problem, need: str, name: str) -> list[GroupReach]:
    profile = problem.profile
    shares = groups_of(problem.needs[need], problem.candidates[name], profile, problem.rules)
    people: dict[str, Group | None] = {group: getattr(profile.people, group, None) for group in shares}
    return [
        GroupReach(group=group, percent=percent, people=known.count if (known := people[group]) else None)
        for group, percent in shares.items()
    ]


def _chosen(problem: Problem, plan: Plan, name: str) -> Chosen:
    candidate = problem.candidates[name]
    replaced = _replaced(problem, plan, name)
    first = problem.profile.organisation.languages[0][:2]
    return Chosen(
        service=name,
        title=candidate.title,
        covers=covered(problem, plan, name),
        mandated=name in problem.forced,
        reason=say(problem.rules, _why_chosen(problem, plan, name)),
        tool=candidate.tool,
        facing="community" if candidate.facing == "community" else "backoffice",
        deployable=candidate.deployable and name not in problem.absent,
        memory_mb=problem.memory(name),
        disk_gb=candidate.disk_mb / MB_PER_GB,
        admin_minutes=candidate.admin_minutes,
        training_minutes=candidate.training_minutes,
        replaces=[title.in_language("en" if first == "en" else "fr") for title in replaced],
        replaced=replaced,
        loss=loss_of(problem, plan, name),
        alternatives=alternatives_to(problem, plan, name),
    )


def _replaced(problem: Problem, plan: Plan, name: str) -> list[Text]:
    """Return the tools that go (to be replaced, or left) and served a need this component now covers."""
    needs = {need for need, by in plan.assigned.items() if by == name}
    found = []
    for existing in problem.profile.existing_tools:
        stays = existing.intent == "keep" or any(one.split("~")[0] == KEEP + existing.tool for one in plan.ids)
        if not stays and needs & registry_covers(existing, problem.rules).keys():
            found.append(tool_title(existing, problem.rules))
    return found


def _single_sign_on(problem: Problem, sso: Candidate) -> Chosen:
    return Chosen(
        service=sso.id,
        title=sso.title,
        reason=say(problem.rules, Reason("chosen_sso")),
        tool=sso.tool,
        facing="backoffice",
        deployable=sso.deployable and sso.id not in problem.absent,
        memory_mb=sso.memory_for(problem.profile.people.concurrent_users),
        disk_gb=sso.disk_mb / MB_PER_GB,
        admin_minutes=sso.admin_minutes,
    )


def _why_chosen(problem: Problem, plan: Plan, name: str) -> Reason:
    needs = [need for need, by in plan.assigned.items() if by == name]
    if name in problem.forced:
        who = say(problem.rules, Reason(f"who_{problem.profile.limits.mandated_by or 'profile'}"))
        text = labels(problem.rules, needs)
        return Reason("chosen_mandated_needs" if needs else "chosen_mandated", {"who": who, "needs": text})
    users = [other for other in plan.ids if name in problem.candidates[other].requires]
    if users and not needs:
        return Reason("chosen_required", {"names": joined([problem.candidates[other].title for other in users])})
    without = solve(problem.without(name))
    if without and without.score == plan.score:
        others = joined([problem.candidates[other].title for other in without.ids if other not in plan.ids])
        return Reason("chosen_tie", {"needs": labels(problem.rules, needs), "names": others})
    scores: dict[str, str | int | Text] = {"needs": labels(problem.rules, needs), "score": plan.score}
    if without is None:
        return Reason("chosen_only", scores)
    lost = [need for need in plan.assigned if need not in without.assigned]
    more: dict[str, str | int | Text] = {"without": without.score, "lost": labels(problem.rules, lost)}
    return Reason("chosen_lost" if lost else "chosen", {**scores, **more})
