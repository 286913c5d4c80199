"""The matching of 40 needs, proved optimal, against branch and bound and trying every choice in plain Python."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from bench.branch_and_bound import Search
from bench.clock import seconds
from provisioner.catalog import load_catalog
from provisioner.matching.brute import remaining
from provisioner.matching.candidates import Offer, candidate_from_service
from provisioner.matching.data import load_rules
from provisioner.matching.file import load_file_catalog
from provisioner.matching.match import match_
from provisioner.matching.problem import problem_of
from provisioner.matching.programme import solve
from provisioner.matching.recount import recount
from provisioner.models.matching import Rules
from provisioner.models.profile import Profile

CASES = Path(__file__).resolve().parent.parent / "tests" / "cases" / "match"
ALL_NEEDS = CASES / "golden" / "08_all_needs_4gb.yaml"
GOAL = "goal < 0.1 s"


def run() -> Iterator[dict[str, object]]:
    """Yield the fixture catalog by all three ways, then our own catalog (with services that have no recipe yet)."""
    profile = Profile.model_validate(yaml.safe_load(ALL_NEEDS.read_text("utf-8"))["profile"])
    offer, rules = load_file_catalog(CASES / "fixture-catalog.yaml")
    search = Search(recount(profile, offer, rules))
    brute = seconds(lambda: _same(search.every_choice(), profile, offer, rules))
    yield {"what": f"try every allowed choice ({search.visited} of them)", "seconds": brute, "goal": ""}
    bounded = seconds(lambda: _same(search.bounded(), profile, offer, rules))
    yield {"what": f"branch and bound ({search.visited} nodes)", "seconds": bounded, "goal": ""}
    ours = seconds(lambda: _solved(profile, offer, rules), times=5)
    count = len(remaining(recount(profile, offer, rules)))
    ratio = f"{bounded / ours:.0f}x"
    what = f"integer programme, 40 needs x {count} components, proved"
    yield {"what": what, "seconds": ours, "ratio": ratio, "goal": GOAL}
    catalog, own = load_catalog(), load_rules()
    candidates = [candidate_from_service(item) for item in catalog.all_outlines]
    living = Offer(candidates, sso=own.weights.single_sign_on, images="any")
    mine = seconds(lambda: _solved(profile, living, own), times=5)
    yield {"what": f"the same with our catalog ({len(candidates)} components)", "seconds": mine, "goal": GOAL}
    whole = seconds(lambda: match_(profile, offer, rules), times=2)
    yield {
        "what": "the whole plan: every reason, loss, alternative, lever, curve",
        "seconds": whole,
        "goal": "goal < 2 s",
    }


def _solved(profile: Profile, offer: Offer, rules: Rules) -> None:
    plan = solve(problem_of(profile, offer, rules))
    assert plan and plan.proved


def _same(found: tuple[int, tuple[str, ...]], profile: Profile, offer: Offer, rules: Rules) -> None:
    plan = solve(problem_of(profile, offer, rules))
    assert plan and (plan.score, plan.ids) == found, (plan, found)
