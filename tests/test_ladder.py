"""The ladder's own judgement: rules on containers as Docker tells of them, proofs kept, services that can be proved."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from provisioner.catalog import load_catalog
from provisioner.hardening import RULES as WRITTEN
from provisioner.ladder import many
from provisioner.ladder.covered import DATABASE_FILES, Trace, told, uncovered
from provisioner.ladder.rungs import RUNGS
from provisioner.ladder.running import RULES, broken_rules
from provisioner.models.proof import Proof
from provisioner.models.service import Backup

CASES = Path(__file__).parent / "cases" / "running"
GOOD: dict[str, Any] = json.loads((CASES / "good.json").read_text("utf-8"))
BAD = yaml.safe_load((CASES / "bad.yaml").read_text("utf-8"))
LADDER = CASES.parent / "ladder"
# Etherpad after its probe, as a rehearsal host told of it: docker inspect, docker diff, the files of its volumes.
PAD: dict[str, Any] = json.loads((LADDER / "pad.json").read_text("utf-8"))
WRITTEN_CASES = yaml.safe_load((LADDER / "written.yaml").read_text("utf-8"))


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


def trace_of(case: dict[str, Any]) -> Trace:
    """Return the recorded trace with what a case adds to it."""
    found = copy.deepcopy(PAD)
    for container in found["containers"]:
        name = container["Config"]["Labels"]["com.docker.compose.service"]
        container["Mounts"] += case.get("mounts", {}).get(name, [])
        found["changes"][container["Id"]] += case.get("changes", {}).get(name, [])
        if case.get("no_tmpfs"):
            del container["HostConfig"]["Tmpfs"]
        for mount in container["Mounts"]:
            mount["Name"] = case.get("rename", {}).get(mount.get("Name"), mount.get("Name"))
    if case.get("only_files"):
        found["files"] = {name: {} for name in found["files"]}
    for volume, files in case.get("files", {}).items():
        found["files"].setdefault(volume, {}).update({path: PAD["since"] + age for path, age in files.items()})
    found["files"] = {case.get("rename", {}).get(name, name): files for name, files in found["files"].items()}
    return Trace(**found)


@cache
def pad_backup() -> dict[str, Any]:
    return load_catalog().entry("etherpad").service.backup.model_dump(by_alias=True)


def kept_by(case: dict[str, Any]) -> Backup:
    return Backup.model_validate({**pad_backup(), **case.get("backup", {})})


@pytest.mark.parametrize("case", WRITTEN_CASES, ids=lambda case: case["about"])
def test_what_no_backup_covers_is_told_unless_waived(case: dict[str, Any]) -> None:
    waivers = dict.fromkeys(case.get("waivers", []), "a reason long enough")
    assert uncovered(trace_of(case), kept_by(case), waivers) == case["expect"]


def test_each_volume_is_told_with_how_it_is_kept() -> None:
    case = {"backup": {"volumes": ["var"], "not_kept": {"plugins": "made again at each start"}}}
    files = {name: len(Trace(**PAD).written(name)) for name in PAD["files"]}
    assert told(trace_of(case), kept_by(case)) == (
        f"db: {files['one_etherpad_db']} files written, dumped: db; "
        f"plugins: {files['one_etherpad_plugins']} files written, not kept: made again at each start; "
        f"var: {files['one_etherpad_var']} files written, kept"
    )


@pytest.mark.parametrize("server", DATABASE_FILES)
def test_files_of_each_database_server_are_known_and_no_upload_is(server: str) -> None:
    listed = yaml.safe_load((LADDER / "databases.yaml").read_text("utf-8"))
    assert not [path for path in listed[server] if not DATABASE_FILES[server].fullmatch(path)]
    assert not [path for path in listed["none"] if DATABASE_FILES[server].fullmatch(path)]


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
    assert [step.name for step in RUNGS if step.climb is None] == ["rollback"]
    assert len({step.name for step in RUNGS}) == len(RUNGS)
