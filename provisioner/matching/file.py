"""A whole catalog for the matching in one YAML file: components, kept tools, a single sign-on; no recipes, no prices.

This is the form of frozen test catalogs, so that a case gives the same plan whatever becomes of the living catalog.
"""

import hashlib
from math import ceil
from pathlib import Path
from typing import Literal

from pydantic import Field

from provisioner.load import load_model
from provisioner.matching.candidates import MB_PER_GB, Candidate, Cover, Offer
from provisioner.matching.data import load_rules
from provisioner.models.base import Model, NeedId, Text
from provisioner.models.matching import Rules, Tool
from provisioner.models.service import Coverage, Sensitivity, Skill

SAME = (
    "tool", "facing", "offline_ok", "intermittent_ok", "needs_smtp", "needs_udp", "uplink_mbps_per_user",
    "accounts", "sso", "max_data", "mobile_ok",
)  # fmt: skip


class FileCover(Model):
    """How well a need is covered; below 40 it is not counted."""

    quality: int = Field(ge=0, le=100)
    min_skill: Skill


class FileComponent(Model):
    """One component with the figures of the specification."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")
    tool: str
    facing: Literal["community", "backoffice"]
    covers: dict[NeedId, FileCover]
    ram_mb: int = Field(ge=0)
    ram_mb_per_concurrent_user: float = Field(default=0, ge=0)
    disk_gb: float = Field(ge=0)
    admin_min_per_month: int = Field(ge=0)
    training_h: float = Field(ge=0)
    requires: list[str] = []
    conflicts: list[str] = []
    offline_ok: bool = False
    intermittent_ok: bool = True
    needs_smtp: bool = False
    needs_udp: bool = False
    uplink_mbps_per_user: float = Field(default=0, ge=0)
    accounts: bool = True
    sso: bool = False
    max_data: Sensitivity = "personal"
    mobile_ok: bool = True
    architectures: list[Literal["amd64", "arm64"]] = ["amd64", "arm64"]
    languages: list[str] = ["fr", "en"]
    wcag: Literal["unknown", "ok", "blocking"] = "unknown"


class FileSignOn(Model):
    """The single sign-on."""

    id: str = "sso"
    ram_mb: int
    admin_min_per_month: int


class FileTool(Model):
    """One tool of others."""

    covers: dict[NeedId, Coverage]
    facing: Literal["community", "backoffice"]
    outside_eea: bool
    max_data: Sensitivity


class FileCatalog(Model):
    """The whole file."""

    sso: FileSignOn
    components: list[FileComponent]
    kept_tools: dict[str, FileTool] = {}


def load_file_catalog(path: Path) -> tuple[Offer, Rules]:
    """Given such a file, return what it offers, and our rules with its tools and no prices.

    Raise InputError with every finding.
    """
    data = load_model(path, FileCatalog)
    candidates = [*map(candidate_from_file, data.components), _sign_on(data.sso)]
    digest = hashlib.sha256(data.model_dump_json().encode()).hexdigest()
    return Offer(candidates, sso=data.sso.id, catalog_version=digest), rules_with(data)


def rules_with(data: FileCatalog) -> Rules:
    """Return our rules with the tools of a file, and without prices: hosting is free there."""
    rules = load_rules()
    tools = {
        name: Tool(label=Text(fr=name, en=name), **tool.model_dump(exclude_unset=True))
        for name, tool in data.kept_tools.items()
    }
    return rules.model_copy(update={"tools": rules.tools.model_copy(update={"tools": tools}), "prices": None})


def candidate_from_file(item: FileComponent) -> Candidate:
    """Given one component of a file, return the Candidate."""
    return Candidate(
        id=item.id,
        title=Text(fr=item.id, en=item.id),
        covers={need: Cover(cover.quality, cover.min_skill) for need, cover in item.covers.items()},
        memory_mb=item.ram_mb,
        memory_mb_per_user=item.ram_mb_per_concurrent_user,
        disk_mb=ceil(item.disk_gb * MB_PER_GB),
        admin_minutes=item.admin_min_per_month,
        training_minutes=ceil(round(item.training_h * 60, 6)),
        requires=tuple(item.requires),
        conflicts=tuple(item.conflicts),
        architectures=tuple(item.architectures),
        languages=tuple(item.languages),
        accessibility=item.wcag,
        **{name: getattr(item, name) for name in SAME},
    )


def _sign_on(item: FileSignOn) -> Candidate:
    return Candidate(
        id=item.id, title=Text(fr=item.id, en=item.id), tool=item.id, facing="backoffice", covers={},
        languages=("fr", "en"), memory_mb=item.ram_mb, admin_minutes=item.admin_min_per_month, accounts=True, sso=True,
    )  # fmt: skip
