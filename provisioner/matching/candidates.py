"""What the optimiser chooses among: services of the catalog, and the tools people may keep. Whole numbers only."""

from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from provisioner.models.base import Text
from provisioner.models.matching import Rules
from provisioner.models.profile import Profile
from provisioner.models.profile_people import ExistingTool
from provisioner.models.service import Outline

MB_PER_GB = 1024
KEEP = "keep:"


class Cover(NamedTuple):
    """How well a need is covered, and the least skill it takes."""

    quality: int
    min_skill: str


@dataclass(frozen=True)
class Candidate:
    """One component that may be deployed, or (with `intent`) a tool of others that may be kept."""

    id: str
    title: Text
    tool: str
    facing: str
    covers: dict[str, Cover]
    memory_mb: int = 0
    memory_mb_per_user: float = 0
    disk_mb: int = 0
    admin_minutes: int = 0
    training_minutes: int = 0
    requires: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    offline_ok: bool = True
    intermittent_ok: bool = True
    needs_smtp: bool = False
    needs_udp: bool = False
    uplink_mbps_per_user: float = 0
    accounts: bool = False
    sso: bool = False
    max_data: str = "personal"
    mobile_ok: bool = True
    architectures: tuple[str, ...] = ("amd64", "arm64")
    languages: tuple[str, ...] = ()
    accessibility: str = "unknown"
    intent: str = ""
    adoption: str = ""
    outside_eea: bool = False
    monthly_cents: int = 0
    deployable: bool = True

    @property
    def hosted(self) -> bool:
        """Return whether it would run on the association's host."""
        return not self.intent

    def memory_for(self, users: int) -> int:
        """Return the MB it takes with so many people at the same time."""
        return self.memory_mb + ceil(round(self.memory_mb_per_user * users, 6))


@dataclass(frozen=True)
class Offer:
    """What can be chosen: candidates, which of them is the single sign-on, whose images can be had here (None: all).

    With `images` "any", those without recipe or images are offered too. `aliases` is the version of the alias registry,
    noted in the plan.
    """

    candidates: list[Candidate]
    sso: str = ""
    available: frozenset[str] | None = None
    catalog_version: str = ""
    images: str = "auto"
    aliases: str = ""

    @property
    def absent(self) -> frozenset[str]:
        """Return the services with a recipe whose images cannot be had here."""
        there = self.available
        return frozenset(
            item.id for item in self.candidates if item.deployable and there is not None and item.id not in there
        )


def candidate_from_service(service: Outline, *, deployable: bool = True) -> Candidate:
    """Given a catalog service or outline (which nothing can deploy yet), return what the optimiser reads of it."""
    figures = service.matching
    return Candidate(
        id=service.name,
        title=Text(fr=service.title, en=service.title),
        tool=figures.tool,
        facing=figures.facing,
        covers={need: Cover(cover.quality, cover.min_skill) for need, cover in service.needs.items()},
        memory_mb=service.resources.memory_mb,
        memory_mb_per_user=service.resources.memory_mb_per_concurrent_user,
        disk_mb=ceil(service.resources.disk_gb * MB_PER_GB),
        admin_minutes=figures.admin_minutes_per_month,
        training_minutes=ceil(round(figures.training_hours * 60, 6)),
        requires=tuple(figures.requires),
        conflicts=tuple(figures.conflicts),
        offline_ok=figures.offline_ok,
        intermittent_ok=figures.intermittent_ok,
        needs_smtp=figures.needs_smtp,
        needs_udp=figures.needs_udp,
        uplink_mbps_per_user=figures.uplink_mbps_per_user,
        accounts=figures.accounts,
        sso=figures.sso,
        max_data=figures.max_data,
        mobile_ok=figures.mobile_ok,
        architectures=tuple(figures.architectures),
        languages=tuple(figures.languages),
        accessibility=figures.accessibility,
        deployable=deployable,
    )


def kept_candidates(profile: Profile, rules: Rules) -> list[Candidate]:
    """Given a profile, return its tools with intent keep or undecided; those to be replaced are gone."""
    found: list[Candidate] = []
    for existing in profile.existing_tools:
        if existing.intent in ("keep", "undecided"):
            double = sum(item.id.split("~")[0] == KEEP + existing.tool for item in found)
            found.append(_kept(existing, rules, f"~{double + 1}" if double else ""))
    return found


def _kept(existing: ExistingTool, rules: Rules, suffix: str) -> Candidate:
    known = rules.tools.tools.get(existing.tool)
    tool = known or rules.tools.unknown
    name = KEEP + existing.tool + suffix
    return Candidate(
        id=name,
        title=tool_title(existing, rules),
        tool=name,
        facing=tool.facing,
        covers=registry_covers(existing, rules),
        intent=existing.intent,
        adoption=existing.adoption,
        outside_eea=tool.outside_eea,
        max_data=tool.max_data,
        monthly_cents=round(existing.monthly_eur * 100),
    )


def registry_covers(existing: ExistingTool, rules: Rules) -> dict[str, Cover]:
    """Return what a tool covers: of the registry, what the profile uses it for (all of it where it does not say)."""
    known = rules.tools.tools.get(existing.tool)
    if known:
        used = existing.covers or known.covers
        return {need: Cover(cover.quality, cover.min_skill) for need, cover in known.covers.items() if need in used}
    cover = rules.tools.unknown_coverage
    return {need: Cover(cover.quality, cover.min_skill) for need in existing.covers}


def tool_title(existing: ExistingTool, rules: Rules) -> Text:
    """Return what people call a tool of theirs."""
    known = rules.tools.tools.get(existing.tool)
    if known:
        return known.label
    label = existing.label or existing.tool
    return Text(fr=label, en=label)
