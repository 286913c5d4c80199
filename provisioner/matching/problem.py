"""One profile against one offer, in whole numbers: who is barred, what assignments are worth, what the limits are."""

from dataclasses import dataclass, field, fields, replace
from typing import Any

from provisioner.matching.candidates import MB_PER_GB, Candidate, Offer, kept_candidates
from provisioner.matching.prices import backup_cents, standing_cents
from provisioner.matching.reach import Value, value_of
from provisioner.matching.rules import Reason, barred, barred_for, canonical
from provisioner.matching.words import joined
from provisioner.models.matching import Rules
from provisioner.models.profile import NeedWish, Profile


@dataclass(frozen=True)
class Amounts:
    """Used, or allowed, of everything that is limited."""

    memory_mb: int = 0
    disk_mb: int = 0
    admin_minutes: int = 0
    cents: int = 0
    community_tools: int = 0
    tools: int = 0

    def over(self, limits: "Amounts") -> dict[str, int]:
        """Return by how much each limit is passed; empty when all are kept."""
        found = {f.name: getattr(self, f.name) - getattr(limits, f.name) for f in fields(self)}
        return {name: much for name, much in found.items() if much > 0}


@dataclass(frozen=True)
class Problem:
    """The matching problem of one profile. `values` holds only assignments that are coverage.

    `cuts` are choices that may not be made again; `solved` remembers solutions, by what differs between problems.
    """

    profile: Profile
    rules: Rules
    needs: dict[str, NeedWish]
    candidates: dict[str, Candidate]
    barred: dict[str, Reason]
    values: dict[tuple[str, str], Value]
    refused: dict[tuple[str, str], Reason | Value]
    forced: frozenset[str]
    unknown_mandates: tuple[str, ...]
    limits: Amounts
    base: Amounts
    everything: dict[str, Candidate] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()
    cuts: tuple[tuple[str, ...], ...] = ()
    solved: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def key(self) -> tuple[Any, ...]:
        """Return what distinguishes this problem from those made of it that share `solved`."""
        return self.forced, self.forbidden, self.cuts, self.limits, self.unknown_mandates

    def memory(self, name: str) -> int:
        """Return the MB a candidate takes at the busiest moment."""
        candidate = self.candidates[name]
        return candidate.memory_for(self.profile.people.concurrent_users) if candidate.hosted else 0

    def with_limits(self, **limits: int) -> "Problem":
        """Return the same problem with other limits."""
        return replace(self, limits=replace(self.limits, **limits))

    def with_forced(self, name: str) -> "Problem":
        """Return the same problem with one candidate that must be chosen."""
        return replace(self, forced=self.forced | {name})

    def without(self, name: str) -> "Problem":
        """Return the same problem with one candidate forbidden."""
        return replace(self, forbidden=self.forbidden | {name}, forced=self.forced - {name})

    def without_mandate(self) -> "Problem":
        """Return the same problem with nothing mandated; what people keep stays."""
        kept = frozenset(name for name in self.forced if self.everything[name].intent == "keep")
        return replace(self, forced=kept, unknown_mandates=())

    def another_than(self, ids: tuple[str, ...]) -> "Problem":
        """Return the same problem with one choice that may not be made again."""
        return replace(self, cuts=(*self.cuts, ids))

    def with_profile(self, profile: Profile) -> "Problem":
        """Return the same candidates for a profile of other people or of another machine; prices stay."""
        values, refused = _values(self.needs, self.candidates, profile, self.rules)
        limits = replace(limits_of(profile, self.rules), cents=self.limits.cents)
        return replace(self, profile=profile, values=values, refused=refused, limits=limits, solved={})


def problem_of(profile: Profile, offer: Offer, rules: Rules) -> Problem:
    """Given a profile, an offer and the rules, return the Problem."""
    required = profile.security.single_sign_on == "required"
    offered = [item for item in offer.candidates if not (required and item.id == offer.sso)]
    priced = [replace(item, monthly_cents=backup_cents(item.disk_mb, profile, rules.prices)) for item in offered]
    everything = {item.id: item for item in sorted([*priced, *kept_candidates(profile, rules)], key=lambda c: c.id)}
    reasons = _barred(everything, profile, offer)
    candidates = {name: item for name, item in everything.items() if name not in reasons}
    wishes = sorted(profile.needs, key=lambda need: need.id)
    needs: dict[str, NeedWish] = {need.id: need for need in wishes if need.priority != "not_now"}
    values, refused = _values(needs, candidates, profile, rules)
    forced, unknown = _forced(everything, profile, offer)
    return Problem(
        profile, rules, needs, candidates, reasons, values, refused, forced, unknown,
        limits_of(profile, rules), _base(profile, offer, rules), everything, offer.absent,
    )  # fmt: skip


def sso_of(profile: Profile, offer: Offer) -> Candidate | None:
    """Return the single sign-on service when the profile requires one and the offer has it."""
    if profile.security.single_sign_on != "required":
        return None
    found = next((item for item in offer.candidates if item.id == offer.sso), None)
    return found if found and not barred(found, profile, offer) else None


def _barred(everything: dict[str, Candidate], profile: Profile, offer: Offer) -> dict[str, Reason]:
    reasons = {name: reason for name, item in everything.items() if (reason := barred(item, profile, offer))}
    if profile.security.single_sign_on == "required" and sso_of(profile, offer) is None:
        for name, item in everything.items():
            if item.hosted:
                reasons.setdefault(name, Reason("H13_nosso"))
    there, changed = {offer.sso} if sso_of(profile, offer) else set(), True
    while changed:
        changed = False
        for name, item in everything.items():
            possible = there | (everything.keys() - reasons.keys())
            lacking = [other for other in item.requires if other not in possible]
            if name not in reasons and lacking:
                titles = joined([everything[other].title if other in everything else other for other in lacking])
                reasons[name], changed = Reason("H12_requires", {"names": titles}), True
    return reasons


def _values(
    needs: dict[str, NeedWish], candidates: dict[str, Candidate], profile: Profile, rules: Rules
) -> tuple[dict[tuple[str, str], Value], dict[tuple[str, str], Reason | Value]]:
    values: dict[tuple[str, str], Value] = {}
    refused: dict[tuple[str, str], Reason | Value] = {}
    for need in needs.values():
        for name, candidate in candidates.items():
            if need.id not in candidate.covers:
                continue
            reason = barred_for(need, candidate, profile, rules)
            value = value_of(need, candidate, profile, rules)
            if reason or not value.points:
                refused[need.id, name] = reason or value
            else:
                values[need.id, name] = value
    return values, refused


def _forced(everything: dict[str, Candidate], profile: Profile, offer: Offer) -> tuple[frozenset[str], tuple[str, ...]]:
    names = {canonical(name): name for name in everything}
    names |= {name.removeprefix("keep:"): name for name in everything if name.startswith("keep:")}
    wanted = [name for name in profile.limits.mandated if name != canonical(offer.sso) or name in names]
    kept = [name for name, item in everything.items() if item.intent == "keep"]
    unknown = tuple(sorted(name for name in wanted if name not in names))
    return frozenset([*kept, *(names[name] for name in wanted if name in names)]), unknown


def limits_of(profile: Profile, rules: Rules) -> Amounts:
    """Return what a profile allows of everything that is limited."""
    weights, resources = rules.weights, profile.hosting.resources
    cap = weights.tool_cap[profile.maturity.level] if profile.limits.max_tools is None else profile.limits.max_tools
    return Amounts(
        memory_mb=resources.ram_mb,
        disk_mb=resources.disk_gb * MB_PER_GB * weights.usable_disk_percent // 100,
        admin_minutes=int(round(profile.referents.admin_hours_per_month * 60, 6)),
        cents=int(round(profile.budget.monthly_eur * 100, 6)),
        community_tools=cap,
        tools=cap + weights.backoffice_allowance,
    )


def _base(profile: Profile, offer: Offer, rules: Rules) -> Amounts:
    """Return what the host itself takes (with its single sign-on) as soon as one service runs on it."""
    weights, sso = rules.weights, sso_of(profile, offer)
    return Amounts(
        memory_mb=weights.system_memory_mb + (sso.memory_for(profile.people.concurrent_users) if sso else 0),
        disk_mb=weights.system_disk_gb * MB_PER_GB + (sso.disk_mb if sso else 0),
        admin_minutes=weights.admin_base_minutes + (sso.admin_minutes if sso else 0),
        cents=standing_cents(profile, rules.prices) + backup_cents(sso.disk_mb if sso else 0, profile, rules.prices),
    )
