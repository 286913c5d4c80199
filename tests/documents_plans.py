"""The plans the papers are tried on: golden cases and examples, on the frozen fixture catalog and on the living one."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import yaml
from match_fixture import CASES, EXAMPLES, GOLDEN, fixture_data, fixture_offer

from provisioner.catalog import load_catalog
from provisioner.documents.board import board_paper
from provisioner.documents.paper import Paper
from provisioner.matching.candidates import Offer, candidate_from_service
from provisioner.matching.data import load_rules
from provisioner.matching.match import match_
from provisioner.models.base import Text
from provisioner.models.costs import Costs
from provisioner.models.profile import Profile
from provisioner.models.proposal import Proposal

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".work" / "plans"
EXAMPLE_A = "sports-culture-association"
EXAMPLE_B = "work-integration-structure"
EXAMPLE_C = "federation"
EXAMPLE_NAMES = [EXAMPLE_A, EXAMPLE_B, EXAMPLE_C]
GOLDEN_NAMES = [path.stem for path in GOLDEN]
NAMES = [*EXAMPLE_NAMES, *GOLDEN_NAMES]


def profile(name: str) -> Profile:
    """Return a profile of the examples or of the golden cases."""
    if name in EXAMPLE_NAMES:
        return Profile.model_validate(yaml.safe_load((EXAMPLES / f"{name}.yaml").read_text("utf-8")))
    path = next(path for path in GOLDEN if path.stem == name)
    return Profile.model_validate(yaml.safe_load(path.read_text("utf-8"))["profile"])


NAMED = {
    "nextcloud": "Nextcloud", "paheko": "Paheko", "sympa": "Sympa", "wordpress": "WordPress", "collabora": "Collabora",
    "dolibarr": "Dolibarr", "facebook_page": "page Facebook", "helloasso": "HelloAsso", "whatsapp": "WhatsApp",
    "google_drive": "Google Drive", "doodle": "Doodle", "loomio": "Loomio", "belenios": "Belenios",
    "jitsi": "Jitsi Meet", "metabase": "Metabase", "moodle": "Moodle", "kiwix": "Kiwix", "grist": "Grist",
    "vaultwarden": "Vaultwarden", "sage": "Sage", "zoom": "Zoom", "rallly": "Rallly",
    "yeswiki": "YesWiki", "etherpad": "Etherpad",
}  # fmt: skip


def _label(tool: str) -> dict[str, str]:
    french = NAMED.get(tool, tool)
    return {"fr": french, "en": french.replace("page Facebook", "Facebook page")}


@cache
def _sources() -> str:
    """Return the digest of everything a plan of the tests follows from."""
    folders = [ROOT / "provisioner" / "matching", ROOT / "provisioner" / "models", ROOT / "catalog", EXAMPLES, CASES]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in (".py", ".yaml"))
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


def _remembered(kind: str, name: str, make: Callable[[], Proposal]) -> Proposal:
    """Return a plan as its file says it; made only once for the same sources, whatever the test runs or workers."""
    path = CACHE / f"{_sources()}-{kind}-{name}.json"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        for old in CACHE.glob(f"*-{kind}-{name}.json"):
            old.unlink(missing_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(make().text(), "utf-8")
        draft.replace(path)
    return Proposal.model_validate_json(path.read_text("utf-8"))


@cache
def plan(name: str) -> Proposal:
    """Return the plan of a case on the fixture catalog, with the names people know, and our prices."""
    return _remembered("fixture", name, lambda: _plan(name))


def _plan(name: str) -> Proposal:
    rules = load_rules()
    tools = {tool: {**entry, "label": _label(tool)} for tool, entry in fixture_data()["kept_tools"].items()}
    registry = type(rules.tools).model_validate({**rules.tools.model_dump(exclude_unset=True), "tools": tools})
    known = {"tools": registry, "prices": rules.prices}
    offer = fixture_offer()
    named = [replace(item, title=Text(**_label(item.id))) for item in offer.candidates]
    return match_(profile(name), replace(offer, candidates=named), rules.model_copy(update=known))


@cache
def living_offer() -> Offer:
    """Return all services of the living catalog, those without a recipe included."""
    catalog = load_catalog()
    services = [candidate_from_service(entry.service) for entry in catalog.services.values()]
    outlines = [candidate_from_service(outline, deployable=False) for outline in catalog.outlines.values()]
    everything = [*services, *outlines]
    names = frozenset(item.id for item in everything)
    sso, digest = load_rules().weights.single_sign_on, catalog.digest
    return Offer(everything, sso=sso, available=names, catalog_version=digest, images="any")


@cache
def living_plan(name: str) -> Proposal:
    """Return the plan of a case on the living catalog."""
    return _remembered("living", name, lambda: match_(profile(name), living_offer(), load_rules()))


def plans(name: str) -> list[Proposal]:
    """Return the plans of a case: with our prices, without any, and for the examples on the living catalog, too."""
    found = [plan(name), plan(name).model_copy(update={"costs": Costs()})]
    return [*found, living_plan(name)] if name in EXAMPLE_NAMES else found


@cache
def board(name: str) -> Paper:
    """Return the board's page of the first plan of a case."""
    return board_paper(plan(name))
