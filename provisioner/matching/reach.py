"""Who can really use a component for a need, and what that is worth. Integer arithmetic, floors as specified."""

from typing import Literal, NamedTuple

from provisioner.matching.candidates import Candidate
from provisioner.models.matching import Rules
from provisioner.models.profile import NeedWish, Profile
from provisioner.models.profile_people import Skills

LEVELS = ("none", "email", "basic", "comfortable", "advanced")
OUTSIDE = ("public", "partners")
AT_HOME = ("members", "volunteers", "beneficiaries")


class Reach(NamedTuple):
    """Percent of the people meant who can use it: the mean over the groups, and the group reached least."""

    mean: int
    least: int


class Value(NamedTuple):
    """What an assignment brings, in points, and the figures it comes from."""

    points: int
    quality: int
    reach: Reach


def reach_of(need: NeedWish, candidate: Candidate, profile: Profile, rules: Rules) -> Reach:
    """Given a need and a candidate that covers it, return who can use it after the training there is time for."""
    level = LEVELS.index(candidate.covers[need.id].min_skill)
    groups = [_Group(name, profile, rules, candidate) for name in need.audience]
    if rules.taxonomy.needs[need.id].mode == "O":
        able = any(group.able(level) for group in groups)
        percent = 100 if able else 50 if any(group.trainable(level) for group in groups) else 0
        return Reach(percent, percent)
    shares = [group.reach(level) for group in groups]
    return Reach(sum(shares) // len(shares), min(shares))


def groups_of(need: NeedWish, candidate: Candidate, profile: Profile, rules: Rules) -> dict[str, int]:
    """Given a need and a candidate that covers it, return percent who can use it by group of the audience."""
    level = LEVELS.index(candidate.covers[need.id].min_skill)
    return {name: _Group(name, profile, rules, candidate).reach(level) for name in need.audience}


def value_of(need: NeedWish, candidate: Candidate, profile: Profile, rules: Rules) -> Value:
    """Given a need and a candidate that covers it, return the value; points are 0 where it is no coverage."""
    quality, reach = candidate.covers[need.id].quality, reach_of(need, candidate, profile, rules)
    if quality * reach.mean < rules.weights.coverage_threshold * 100:
        return Value(0, quality, reach)
    governance = rules.taxonomy.needs[need.id].family == "governance"
    if governance and reach.least < rules.weights.governance_floor:
        return Value(0, quality, reach)
    points = weight_of(need, rules) * quality * reach.mean // 10_000
    if governance:
        points -= _priority(need, rules) * (100 - reach.least) // 2
    return Value(max(0, points), quality, reach)


def weight_of(need: NeedWish, rules: Rules) -> int:
    """Return priority times audience (percent): how much a need counts."""
    groups: list[Literal["beneficiaries", "members", "volunteers"]] = ["beneficiaries", "members", "volunteers"]
    widest = [rules.weights.audience[name] for name in groups if name in need.audience]
    return _priority(need, rules) * max(widest, default=rules.weights.audience["other"])


def _priority(need: NeedWish, rules: Rules) -> int:
    return 0 if need.priority == "not_now" else rules.weights.priority[need.priority]


class _Group:
    """One group of an audience, with the skills it has or is assumed to have."""

    def __init__(self, name: str, profile: Profile, rules: Rules, candidate: Candidate) -> None:
        self.name, self.people, self.candidate = name, profile.people, candidate
        self.training = 0
        skills = rules.weights.outside_skills
        if name not in OUTSIDE:
            group = getattr(profile.people, name)
            skills = (group.skills if group else None) or rules.weights.unknown_skills
            self.training = int(round(profile.referents.training_hours_per_person * 60, 6))
        self.shares = _shares(skills)

    def able(self, level: int) -> bool:
        return sum(self.shares[level:]) > 0

    def trainable(self, level: int) -> bool:
        """Return whether people one level below can be trained; those who know nothing are never assumed to be."""
        enough = self.training >= self.candidate.training_minutes
        return enough and level - 1 >= LEVELS.index("email") and self.shares[level - 1] > 0

    def reach(self, level: int) -> int:
        share = sum(self.shares[level:])
        if self.trainable(level):
            share = (2 * share + self.shares[level - 1]) // 2
        if self.name in AT_HOME:
            share = min(share, 100 - self.people.no_device_percent)
            if not self.candidate.mobile_ok:
                share = share * (100 - self.people.smartphone_only_percent) // 100
        return share


def _shares(skills: Skills) -> list[int]:
    return [getattr(skills, level) for level in LEVELS]
