"""The frozen fixture catalog of the golden cases, as candidates and rules."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from provisioner.matching.candidates import Candidate, Offer
from provisioner.matching.file import FileComponent, candidate_from_file, load_file_catalog
from provisioner.matching.match import match_
from provisioner.models.matching import Rules
from provisioner.models.profile import Profile
from provisioner.models.proposal import Proposal
from provisioner.profiles.rules import load_profile

CASES = Path(__file__).parent / "cases" / "match"
EXAMPLES = Path(__file__).parent.parent / "examples" / "profiles"
FIXTURE = CASES / "fixture-catalog.yaml"
GOLDEN = sorted((CASES / "golden").glob("*.yaml"))
MORE = sorted((CASES / "more").glob("*.yaml"))


@cache
def fixture_data() -> dict[str, Any]:
    """Return the fixture file as data."""
    data: dict[str, Any] = yaml.safe_load(FIXTURE.read_text("utf-8"))
    return data


@cache
def _loaded() -> tuple[Offer, Rules]:
    return load_file_catalog(FIXTURE)


def fixture_rules() -> Rules:
    """Return our rules with the tools of the fixture, without prices."""
    return _loaded()[1]


def fixture_offer() -> Offer:
    """Return all components of the fixture, and its single sign-on."""
    return _loaded()[0]


def candidate_from_fixture(data: dict[str, Any]) -> Candidate:
    """Given one component of the fixture file, return the Candidate."""
    return candidate_from_file(FileComponent.model_validate(data))


def golden(start: str) -> dict[str, Any]:
    """Return the data of the golden case whose name starts so."""
    path = next(path for path in GOLDEN if path.stem.startswith(start))
    data: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return data


def golden_profile(start: str) -> Profile:
    """Return the profile of the golden case whose name starts so."""
    return Profile.model_validate(golden(start)["profile"])


def example(name: str) -> Profile:
    """Return an example profile."""
    return load_profile(EXAMPLES / f"{name}.yaml")


@cache
def golden_plan(start: str) -> Proposal:
    """Return the plan of the golden case whose name starts so."""
    return match_(golden_profile(start), fixture_offer(), fixture_rules())


@cache
def example_plan(name: str) -> Proposal:
    """Return the plan of an example profile on the fixture."""
    return match_(example(name), fixture_offer(), fixture_rules())
