"""The ladder's own judgement: rules on containers as Docker tells of them, proofs kept, services that can be proved."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from provisioner.catalog import load_catalog
from provisioner.hardening import RULES as WRITTEN
from provisioner.ladder import many
from provisioner.ladder.rungs import RUNGS
from provisioner.ladder.running import RULES, broken_rules
from provisioner.models.proof import Proof

CASES = Path(__file__).parent / "cases" / "running"
GOOD: dict[str, Any] = json.loads((CASES / "good.json").read_text("utf-8"))
BAD = yaml.safe_load((CASES / "bad.yaml").read_text("utf-8"))


def changed(path: str, value: Any) -> dict[str, Any]:
    found = copy.deepcopy(GOOD)
    *way, last = path.split(".")
    place = found
    for name in way:
        place = place[name]
    place[last] = value
    return found


def test_container_that_keeps_all_rules_is_left_alone() -> None:
    assert broken_rules([GOOD], {}) == []


@pytest.mark.parametrize("case", BAD, ids=lambda case: str(case["expect"]))
def test_broken_rule_is_told_unless_waived(case: dict[str, Any]) -> None:
    container = changed(case["path"], case["value"])
    found = broken_rules([container], {})
    assert found == [case["expect"]]
    if rule := case.get("rule"):
        assert broken_rules([container], {f"app.{rule}": "a reason"}) == []
        assert broken_rules([container], {}, [rule]) == []


def test_every_rule_of_compose_files_is_looked_at_on_the_host_with_a_case() -> None:
    assert set(RULES) == set(WRITTEN)
    assert {case.get("rule") for case in BAD} >= set(RULES)


def proof(service: str, outcome: str = "passed") -> Proof:
    rungs = [{"name": "install", "outcome": outcome, "seconds": 1}]
    return Proof.model_validate(
        {"service": service, "version": "1", "date": "2026-11-22", "debian": "13", "images": {}, "rungs": rungs}
    )


def test_proof_is_good_unless_a_rung_failed() -> None:
    assert [proof("a", outcome).ok for outcome in ("passed", "left out", "later", "failed")] == [
        True,
        True,
        True,
        False,
    ]


def test_keep_replaces_one_proof_and_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "proofs.json"
    many.keep(path, {"b": proof("b"), "a": proof("a", "failed")})
    many.keep(path, {"a": proof("a")})
    found = json.loads(path.read_text("utf-8"))["proofs"]
    assert list(found) == ["a", "b"] and found["a"]["rungs"][0]["outcome"] == "passed"


def test_twelve_services_at_least_can_be_proved_and_cover_what_associations_ask_for() -> None:
    catalog = load_catalog()
    names = many.provable(catalog)
    covered = {need for name in names for need in catalog.services[name].service.needs}
    assert len(names) >= 12 and "canaille" in names  # canaille: identity, which is no need of people
    assert covered >= {
        "file_sharing", "shared_calendar", "collaborative_writing", "website", "knowledge_base", "mailing_lists",
        "instant_messaging", "event_registration", "date_polling", "membership_management", "accounting",
    }  # fmt: skip


def test_rungs_have_a_place_for_what_comes_later() -> None:
    assert [step.name for step in RUNGS if step.climb is None] == ["restore", "rollback"]
    assert len({step.name for step in RUNGS}) == len(RUNGS)
