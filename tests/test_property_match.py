"""Properties of the optimiser: what trying every subset gives, in any order, and never less with more."""

import copy
import random
from dataclasses import replace
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from match_fixture import GOLDEN, candidate_from_fixture, fixture_data, fixture_offer, fixture_rules
from match_oracle import best_plan

from provisioner.match_candidates import Offer
from provisioner.match_problem import problem_of
from provisioner.match_programme import solve
from provisioner.match_score import Plan
from provisioner.models.matching import Rules
from provisioner.models.profile import Profile

BASE: dict[str, Any] = yaml.safe_load(GOLDEN[0].read_text("utf-8"))["profile"]
GROUPS = ["board", "employees", "volunteers", "members", "beneficiaries", "public"]
MODES = {name: need.mode for name, need in fixture_rules().taxonomy.needs.items()}
FEW = settings(max_examples=40, deadline=None, derandomize=True)
FEWER = settings(max_examples=12, deadline=None, derandomize=True)
seeds = st.integers(min_value=0, max_value=10**6)


def best(data: dict[str, Any], components: list[dict[str, Any]], rules: Rules | None = None) -> Plan | None:
    sso = [item for item in fixture_offer().candidates if item.id == "sso"]
    offer = Offer([*map(candidate_from_fixture, components), *sso], sso="sso")
    return solve(problem_of(Profile.model_validate(data), offer, rules or fixture_rules()))


def case_of(seed: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a random small profile and some components of the fixture with changed figures."""
    dice = random.Random(seed)
    components = [copy.deepcopy(c) for c in dice.sample(fixture_data()["components"], 6)]
    if dice.random() < 0.4:
        components += [c for c in fixture_data()["components"] if c["id"] in ("nextcloud", "collabora")]
        components = list({c["id"]: c for c in components}.values())
    for component in components:
        component["ram_mb"] = dice.choice([component["ram_mb"], 200, 300])
        component["facing"] = dice.choice([component["facing"], "backoffice"])
        component["mobile_ok"] = dice.random() < 0.8
    data = copy.deepcopy(BASE)
    data["existing_tools"] = [
        {"tool": tool, "intent": dice.choice(["keep", "undecided"]), "adoption": dice.choice(["high", "low"]),
         "monthly_eur": dice.choice([0, 9.99])}
        for tool in dice.sample(sorted(fixture_data()["kept_tools"]), dice.randint(0, 2))
    ]  # fmt: skip
    _needs(dice, data, components)
    _people(dice, data)
    data["maturity"]["level"] = dice.choice(["novice", "progressing", "experienced"])
    data["hosting"]["resources"] = {"ram_mb": dice.choice([1024, 2048, 3001, 8192]), "disk_gb": dice.choice([30, 80])}
    data["referents"]["admin_hours_per_month"] = dice.choice([1, 2.5, 4, 10])
    data["referents"]["training_hours_per_person"] = dice.choice([0, 0.5, 1, 3])
    data["security"] = {"single_sign_on": dice.choice(["required", "preferred", "not_needed"])}
    data["data_protection"]["transfers_outside_eea"] = dice.choice(["forbidden", "avoid", "accepted"])
    return data, components


def _needs(dice: random.Random, data: dict[str, Any], components: list[dict[str, Any]]) -> None:
    covered = sorted({need for component in components for need in component["covers"]})
    data["needs"] = [
        {"id": need, "priority": dice.choice(["must", "should", "could", "not_now"]),
         "audience": sorted(dice.sample(GROUPS, dice.randint(1, 2))),
         "data": dice.choice(["public", "internal", "internal", "personal", "sensitive"])}
        for need in dice.sample(covered, min(len(covered), dice.randint(1, 8)))
    ]  # fmt: skip


def _people(dice: random.Random, data: dict[str, Any]) -> None:
    for group in GROUPS[:-1]:
        cuts = sorted(dice.randint(0, 100) for _ in range(4))
        shares = [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]
        names = ["none", "email", "basic", "comfortable", "advanced"]
        data["people"][group]["skills"] = dict(zip(names, shares, strict=True))
    data["people"]["no_device_percent"] = dice.choice([0, 8])
    data["people"]["smartphone_only_percent"] = dice.choice([0, 25])


@FEW
@given(seeds)
def test_solve_gives_what_trying_every_subset_gives(seed: int) -> None:
    data, components = case_of(seed)
    plan, expected = best(data, components), best_plan(data, {**fixture_data(), "components": components}, MODES)
    assert (plan and (plan.half_points, plan.ids)) == (expected and (2 * expected[0], expected[1]))


@FEWER
@given(seeds)
def test_solve_does_not_depend_on_the_order_of_the_input(seed: int) -> None:
    data, components = case_of(seed)
    plan, dice = best(data, components), random.Random(seed)
    shuffled = copy.deepcopy(data)
    for items in (shuffled["needs"], components, shuffled["existing_tools"]):
        dice.shuffle(items)
    assert best(shuffled, components) == plan


@FEWER
@given(seeds)
def test_solve_never_gives_less_with_more_memory_hours_or_money(seed: int) -> None:
    data, components = case_of(seed)
    plan = best(data, components)
    more = copy.deepcopy(data)
    more["hosting"]["resources"] = {"ram_mb": 16384, "disk_gb": 400}
    more["referents"]["admin_hours_per_month"] = 40
    more["budget"]["monthly_eur"] = 500
    richer = best(more, components)
    assert plan is None or (richer and richer.half_points >= plan.half_points)


@FEWER
@given(seeds)
def test_solve_without_a_component_not_chosen_is_the_same_and_without_a_chosen_one_no_better(seed: int) -> None:
    data, components = case_of(seed)
    plan = best(data, components)
    if plan is None:
        return
    needed = {name for component in components for name in component["requires"]}
    rest = [c for c in components if c["id"] in plan.ids or c["id"] in needed]
    assert best(data, rest) == plan
    for name in [name for name in plan.ids if not name.startswith("keep:")][:2]:
        poorer = best(data | {"limits": {"excluded": [name]}}, components)
        assert poorer and poorer.half_points <= plan.half_points


def test_solve_of_equal_candidates_takes_the_smallest_names() -> None:
    twins = [copy.deepcopy(c) for c in fixture_data()["components"] if c["id"] == "etherpad"] * 5
    components = [{**twin, "id": name, "tool": name} for twin, name in zip(twins, "ecadb", strict=True)]
    data = copy.deepcopy(BASE)
    data["needs"] = [{"id": "collaborative_writing", "priority": "must", "audience": ["board"], "data": "internal"}]
    plan = best(data, components)
    assert plan and plan.ids == ("a",)


def test_weights_of_half_points_are_counted_exactly() -> None:
    data = copy.deepcopy(BASE)
    need = {"id": "decision_making", "priority": "could", "audience": ["board"], "data": "internal"}
    data["needs"], data["hosting"]["resources"]["ram_mb"] = [need], 8192
    weights = fixture_rules().weights
    cheap = dict.fromkeys(weights.tool_cost, 1)
    changed = weights.model_copy(update={"tool_cost": cheap, "admin_base_minutes": 0, "memory_points": 0})
    rules = fixture_rules().model_copy(update={"weights": changed})
    loomio = [c for c in fixture_data()["components"] if c["id"] == "loomio"]
    free = [{**c, "admin_min_per_month": 0, "training_h": 0} for c in loomio]
    plan = best(data, free, rules)
    assert plan and plan.half_points == 2 * 95 - 5 - 2 and plan.score == 91.5
    assert replace(plan, half_points=4).score == 2
