"""Who can use a component and what that is worth, computed a second time, with fractions."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from provisioner.matching.candidates import Candidate
from provisioner.models.matching import Rules
from provisioner.models.profile import NeedWish, Profile

ORDER = ["none", "email", "basic", "comfortable", "advanced"]


@dataclass(frozen=True)
class Worth:
    """What a component brings to a need: points (0: no coverage), quality, reach over all and least, by group."""

    points: int
    quality: int
    mean: int
    least: int
    groups: dict[str, int]


def worth(need: NeedWish, item: Candidate, profile: Profile, rules: Rules) -> Worth:
    """Given a need and a component that covers it, return its Worth."""
    quality, level = item.covers[need.id].quality, ORDER.index(item.covers[need.id].min_skill)
    kind = rules.taxonomy.needs[need.id]
    shares: dict[str, int] = {group: _share(group, level, item, profile, rules) for group in need.audience}
    mean, least = floor(Fraction(sum(shares.values()), len(shares))), min(shares.values())
    if kind.mode == "O":
        mean = least = _operators(need.audience, level, item, profile, rules)
    groups: dict[str, int] = {} if kind.mode == "O" else shares
    governance = kind.family == "governance"
    enough = Fraction(quality * mean, 100) >= rules.weights.coverage_threshold
    if not enough or (governance and least < rules.weights.governance_floor):
        return Worth(0, quality, mean, least, groups)
    points = floor(Fraction(weight(need, rules) * quality * mean, 10**4))
    if governance:
        points -= floor(Fraction(_priority(need, rules) * (100 - least), 2))
    return Worth(points, quality, mean, least, groups)


def weight(need: NeedWish, rules: Rules) -> int:
    """Return W x A of a need."""
    audience = rules.weights.audience
    widest = audience["other"]
    for group in need.audience:
        if group in ("beneficiaries", "members", "volunteers"):
            widest = max(widest, audience[group])
    return _priority(need, rules) * widest


def _priority(need: NeedWish, rules: Rules) -> int:
    return rules.weights.priority[need.priority] if need.priority != "not_now" else 0


def _skills(group: str, profile: Profile, rules: Rules) -> tuple[dict[str, int], Fraction]:
    """Return the percent at each level of a group, and the hours of training there are for one person of it."""
    if group in ("public", "partners"):
        return rules.weights.outside_skills.model_dump(), Fraction(0)
    known = getattr(profile.people, group)
    skills = known.skills if known and known.skills else rules.weights.unknown_skills
    return skills.model_dump(), Fraction(str(profile.referents.training_hours_per_person))


def _trained(group: str, level: int, item: Candidate, profile: Profile, rules: Rules) -> int:
    """Return the percent one level below who can be trained; people who know nothing never are."""
    skills, hours = _skills(group, profile, rules)
    below = ORDER[level - 1] if level >= 2 else ""
    return skills[below] if below and floor(hours * 60) >= item.training_minutes else 0


def _share(group: str, level: int, item: Candidate, profile: Profile, rules: Rules) -> int:
    skills, _hours = _skills(group, profile, rules)
    able = Fraction(sum(skills[name] for name in ORDER[level:]))
    share = floor(able + Fraction(_trained(group, level, item, profile, rules), 2))
    if group in ("members", "volunteers", "beneficiaries"):
        share = min(share, 100 - profile.people.no_device_percent)
        if not item.mobile_ok:
            share = floor(Fraction(share * (100 - profile.people.smartphone_only_percent), 100))
    return share


def _operators(audience: Sequence[str], level: int, item: Candidate, profile: Profile, rules: Rules) -> int:
    if any(sum(_skills(group, profile, rules)[0][name] for name in ORDER[level:]) for group in audience):
        return 100
    return 50 if any(_trained(group, level, item, profile, rules) for group in audience) else 0
