"""The matching: from a needs profile and what can be had, the smallest set of services people will really use."""

import hashlib

from provisioner.match_candidates import MB_PER_GB, Candidate, Offer
from provisioner.match_problem import Amounts, Problem, problem_of, sso_of
from provisioner.match_programme import solve
from provisioner.match_reasons import asked_of, why_not_chosen, why_not_covered
from provisioner.match_rules import Reason
from provisioner.match_score import Plan, index_of
from provisioner.match_verdict import decide, warnings
from provisioner.match_words import joined, labels, points, say
from provisioner.models.matching import Rules
from provisioner.models.profile import Profile
from provisioner.models.proposal import (
    Chosen,
    Covered,
    Excluded,
    Kept,
    NotCovered,
    ProfileRef,
    Proposal,
    Total,
    Totals,
    Versions,
)


def match_(profile: Profile, offer: Offer, rules: Rules, sha256: str = "") -> Proposal:
    """Given a profile, what can be chosen and the rules, return the best Proposal. There is always one.

    `sha256` is that of the profile's file; without it, that of its content.
    """
    problem = problem_of(profile, offer, rules)
    plan = solve(problem)
    hosted = [name for name in plan.ids if problem.candidates[name].hosted] if plan else []
    chosen = [_chosen(problem, plan, name) for name in hosted] if plan else []
    sso = sso_of(profile, offer) if hosted else None
    return Proposal(
        profile=_reference(profile, sha256),
        content=profile,
        versions=_versions(offer, rules),
        decision=decide(problem, plan),
        chosen=[*chosen, _single_sign_on(problem, sso)] if sso else chosen,
        kept=_kept(problem, plan),
        dropped=_dropped(problem, plan),
        excluded=_excluded(problem, plan),
        not_covered=_not_covered(problem, plan),
        score=plan.score if plan else 0,
        coverage_index=index_of(problem, plan) if plan else 0,
        target_index=rules.weights.target,
        totals=_totals(plan.used if plan else Amounts(), problem.limits),
        proved_optimal=plan.proved if plan else True,
        warnings=warnings(problem, plan),
    )


def _reference(profile: Profile, sha256: str) -> ProfileRef:
    content = profile.model_dump_json(exclude_none=True).encode()
    return ProfileRef(
        id=profile.profile.id,
        revision=profile.profile.revision,
        sha256=sha256 or hashlib.sha256(content).hexdigest(),
        public_name=profile.organisation.public_name,
        languages=profile.organisation.languages,
    )


def _versions(offer: Offer, rules: Rules) -> Versions:
    return Versions(
        taxonomy=rules.taxonomy.version,
        weights=rules.weights.version,
        tools=rules.tools.version,
        catalog=offer.catalog_version,
        images=offer.images,
    )


def _chosen(problem: Problem, plan: Plan, name: str) -> Chosen:
    candidate = problem.candidates[name]
    return Chosen(
        service=name,
        title=candidate.title,
        covers=_covered(problem, plan, name),
        mandated=name in problem.forced,
        reason=say(problem.rules, _why_chosen(problem, plan, name)),
        memory_mb=problem.memory(name),
        disk_gb=candidate.disk_mb / MB_PER_GB,
        admin_minutes=candidate.admin_minutes,
    )


def _single_sign_on(problem: Problem, sso: Candidate) -> Chosen:
    return Chosen(
        service=sso.id,
        title=sso.title,
        reason=say(problem.rules, Reason("chosen_sso")),
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
    if without and without.half_points == plan.half_points:
        others = joined([problem.candidates[other].title for other in without.ids if other not in plan.ids])
        return Reason("chosen_tie", {"needs": labels(problem.rules, needs), "names": others})
    scores = {"without": points(without.half_points if without else 0), "score": points(plan.half_points)}
    return Reason("chosen", {"needs": labels(problem.rules, needs), **scores})


def _covered(problem: Problem, plan: Plan, name: str) -> list[Covered]:
    found = []
    for need in [need for need, by in plan.assigned.items() if by == name]:
        value, priority = problem.values[need, name], problem.needs[need].priority
        assert priority != "not_now"
        label = problem.rules.taxonomy.needs[need].label
        figures = {"quality": value.quality, "reach": value.reach.mean, "reach_least": value.reach.least}
        found.append(Covered(need=need, label=label, priority=priority, **figures))
    return found


def _kept(problem: Problem, plan: Plan | None) -> list[Kept]:
    found = []
    for name in plan.ids if plan else ():
        candidate = problem.candidates[name]
        if not candidate.hosted:
            reason = Reason("kept" if candidate.intent == "keep" else "kept_undecided")
            covers = _covered(problem, plan, name) if plan else []
            found.append(Kept(tool=name, title=candidate.title, covers=covers, reason=say(problem.rules, reason)))
    return found


def _dropped(problem: Problem, plan: Plan | None) -> list[Kept]:
    left = [name for name, item in problem.everything.items() if not item.hosted and not (plan and name in plan.ids)]
    found = []
    for name in left if plan else []:
        reason = problem.barred.get(name, Reason("dropped"))
        found.append(Kept(tool=name, title=problem.everything[name].title, reason=say(problem.rules, reason)))
    return found


def _excluded(problem: Problem, plan: Plan | None) -> list[Excluded]:
    found = []
    for name, candidate in problem.everything.items():
        if candidate.hosted and not (plan and name in plan.ids):
            reason = why_not_chosen(problem, plan, name)
            sentence = say(problem.rules, reason)
            needs = asked_of(problem, name)
            item = Excluded(service=name, title=candidate.title, code=reason.code, needs=needs, reason=sentence)
            found.append(item)
    return found


def _not_covered(problem: Problem, plan: Plan | None) -> list[NotCovered]:
    found = []
    for need, wish in problem.needs.items():
        if wish.priority != "not_now" and not (plan and need in plan.assigned):
            reason = why_not_covered(problem, plan, need)
            label = problem.rules.taxonomy.needs[need].label
            sentence = say(problem.rules, reason)
            item = NotCovered(need=need, label=label, priority=wish.priority, code=reason.code, reason=sentence)
            found.append(item)
    return sorted(found, key=lambda n: (("must", "should", "could").index(n.priority), n.need))


def _totals(used: Amounts, limits: Amounts) -> Totals:
    return Totals(
        memory_mb=Total(used=used.memory_mb, limit=limits.memory_mb),
        disk_gb=Total(used=used.disk_mb / MB_PER_GB, limit=limits.disk_mb / MB_PER_GB),
        admin_minutes=Total(used=used.admin_minutes, limit=limits.admin_minutes),
        monthly_eur=Total(used=used.cents / 100, limit=limits.cents / 100),
        community_tools=Total(used=used.community_tools, limit=limits.community_tools),
        tools=Total(used=used.tools, limit=limits.tools),
    )
