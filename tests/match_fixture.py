"""The frozen fixture catalog of the golden cases, as candidates and rules."""

from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

import yaml

from provisioner.match_candidates import Candidate, Cover, Offer
from provisioner.match_data import load_rules
from provisioner.models.base import Text
from provisioner.models.matching import Rules

CASES = Path(__file__).parent / "cases" / "match"
EXAMPLES = Path(__file__).parent.parent / "examples" / "profiles"
GOLDEN = sorted((CASES / "golden").glob("*.yaml"))
SAME = (
    "tool", "facing", "offline_ok", "intermittent_ok", "needs_smtp", "needs_udp", "uplink_mbps_per_user",
    "accounts", "sso", "max_data", "mobile_ok",
)  # fmt: skip


@cache
def fixture_data() -> dict[str, Any]:
    """Return the fixture file as data."""
    data: dict[str, Any] = yaml.safe_load((CASES / "fixture-catalog.yaml").read_text("utf-8"))
    return data


@cache
def fixture_rules() -> Rules:
    """Return our rules with the tools of the fixture."""
    rules = load_rules()
    tools = {
        name: {**tool, "label": {"fr": name, "en": name}} for name, tool in fixture_data()["kept_tools"].items()
    }
    registry = type(rules.tools).model_validate({**rules.tools.model_dump(), "tools": tools})
    return rules.model_copy(update={"tools": registry})


def fixture_offer() -> Offer:
    """Return all components of the fixture, and its single sign-on."""
    sso = fixture_data()["sso"]
    identity = Candidate(
        id="sso", title=Text(fr="sso", en="sso"), tool="sso", facing="backoffice", covers={}, languages=("fr", "en"),
        memory_mb=sso["ram_mb"], admin_minutes=sso["admin_min_per_month"], accounts=True, sso=True,
    )  # fmt: skip
    return Offer([*map(candidate_from_fixture, fixture_data()["components"]), identity], sso="sso")


def candidate_from_fixture(data: dict[str, Any]) -> Candidate:
    """Given one component of the fixture file, return the Candidate."""
    return Candidate(
        id=data["id"],
        title=Text(fr=data["id"], en=data["id"]),
        covers={need: Cover(cover["quality"], cover["min_skill"]) for need, cover in data["covers"].items()},
        memory_mb=data["ram_mb"],
        memory_mb_per_user=data["ram_mb_per_concurrent_user"],
        disk_mb=data["disk_gb"] * 1024,
        admin_minutes=data["admin_min_per_month"],
        training_minutes=ceil(data["training_h"] * 60),
        requires=tuple(data["requires"]),
        conflicts=tuple(data["conflicts"]),
        architectures=tuple(data["architectures"]),
        languages=tuple(data["languages"]),
        **{name: data[name] for name in SAME},
    )
