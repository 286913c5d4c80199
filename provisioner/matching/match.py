"""The matching: from a needs profile and what can be had, the smallest set of services people will really use."""

import hashlib

from provisioner.matching.candidates import MB_PER_GB, Offer
from provisioner.matching.costs import costs_of
from provisioner.matching.counterfactual import runner_up, without_mandate
from provisioner.matching.curve import curve_of
from provisioner.matching.fleet import fleet_of
from provisioner.matching.gaps import dropped, excluded, not_covered
from provisioner.matching.levers import levers_of
from provisioner.matching.listing import chosen, kept
from provisioner.matching.problem import Amounts, problem_of, sso_of
from provisioner.matching.programme import solve
from provisioner.matching.score import index_of
from provisioner.matching.terms import terms_of
from provisioner.matching.verdict import decide
from provisioner.matching.warnings import warnings
from provisioner.models.matching import Rules
from provisioner.models.profile import Profile
from provisioner.models.proposal import ProfileRef, Proposal, Total, Totals, Versions


def match_(profile: Profile, offer: Offer, rules: Rules, sha256: str = "") -> Proposal:
    """Given a profile, what can be chosen and the rules, return the best Proposal. There is always one.

    `sha256` is that of the profile's file; without it, that of its content.
    """
    problem = problem_of(profile, offer, rules)
    plan = solve(problem)
    hosted = any(problem.candidates[name].hosted for name in plan.ids) if plan else False
    sso = sso_of(profile, offer) if hosted else None
    return Proposal(
        profile=_reference(profile, sha256),
        content=profile,
        versions=_versions(offer, rules),
        decision=decide(problem, plan),
        chosen=chosen(problem, plan, sso),
        kept=kept(problem, plan),
        dropped=dropped(problem, plan),
        excluded=excluded(problem, plan),
        not_covered=not_covered(problem, plan),
        score=plan.score if plan else 0,
        coverage_index=index_of(problem, plan) if plan else 0,
        target_index=rules.weights.target,
        totals=_totals(plan.used if plan else Amounts(), problem.limits),
        proved_optimal=plan.proved if plan else True,
        terms=terms_of(problem, plan) if plan else [],
        runner_up=runner_up(problem, plan) if plan else None,
        without_mandate=None if plan else without_mandate(problem),
        levers=levers_of(problem, plan) if plan else [],
        curve=curve_of(problem, plan) if plan else [],
        costs=costs_of(problem, plan),
        fleet=fleet_of(problem, plan),
        single_sign_on=sso.id if sso else "",
        warnings=warnings(problem, plan),
    )


def content_sha256(profile: Profile) -> str:
    """Return the SHA-256 of a profile's content, for where there is no file."""
    return hashlib.sha256(profile.model_dump_json(exclude_none=True).encode()).hexdigest()


def _reference(profile: Profile, sha256: str) -> ProfileRef:
    return ProfileRef(
        id=profile.profile.id,
        revision=profile.profile.revision,
        sha256=sha256 or content_sha256(profile),
        public_name=profile.organisation.public_name,
        languages=profile.organisation.languages,
    )


def _versions(offer: Offer, rules: Rules) -> Versions:
    return Versions(
        taxonomy=rules.taxonomy.version,
        weights=rules.weights.version,
        tools=rules.tools.version,
        prices=rules.prices.version if rules.prices else "",
        aliases=offer.aliases,
        catalog=offer.catalog_version,
        images=offer.images,
        unavailable=sorted(offer.absent),
    )


def _totals(used: Amounts, limits: Amounts) -> Totals:
    return Totals(
        memory_mb=Total(used=used.memory_mb, limit=limits.memory_mb),
        disk_gb=Total(used=used.disk_mb / MB_PER_GB, limit=limits.disk_mb / MB_PER_GB),
        admin_minutes=Total(used=used.admin_minutes, limit=limits.admin_minutes),
        monthly_eur=Total(used=used.cents / 100, limit=limits.cents / 100),
        community_tools=Total(used=used.community_tools, limit=limits.community_tools),
        tools=Total(used=used.tools, limit=limits.tools),
    )
