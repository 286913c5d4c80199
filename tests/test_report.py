"""From events of a playbook to a report, and from a report to what people read."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console
from stack_fixture import lock_of, small_catalog, stack_of

from provisioner import report as reports
from provisioner.follow import Follower
from provisioner.i18n import choose_language
from provisioner.models.report import HostReport, InstanceReport, Report
from provisioner.render import PROXY, render_host

CONVERGE = Path(__file__).parent / "cases" / "converge"


def item(action: str, **more: Any) -> InstanceReport:
    return InstanceReport.model_validate({"instance": "foyer_pad", "action": action, **more})


def report_of(*instances: InstanceReport, check: bool = False, **host: Any) -> Report:
    return Report(check=check, hosts=[HostReport(host="h1", instances=list(instances), **host)])


def shown(report: Report) -> list[str]:
    stream = io.StringIO()
    Console(file=stream, width=100).print(reports.changes_table(report))
    return [" ".join(line.split()) for line in stream.getvalue().splitlines()]


def test_changes_table_lists_what_changes_and_only_that() -> None:
    found = report_of(
        item("create", instance=PROXY, files=["compose.yaml"]),
        item("update", files=["a", "b", "c"], secrets=["db_password", "session"]),
        item("start", instance="foyer_wiki", reason="container app is missing"),
        item("orphan", instance="foyer_old"),
        item("none", instance="foyer_notes"),
        tasks=["Configure the firewall"],
    )
    assert shown(found) == [
        "Host What Action Details",
        "h1 host set up Configure the firewall",
        "h1 proxy create",
        "h1 foyer_pad update a, b, c, secret db_password, and 1 more",
        "h1 foyer_wiki start again container app is missing",
        "h1 foyer_old left running no longer in the stack; remove it with: provisioner apply --remove",
    ]


@pytest.mark.parametrize("action", ["create", "update", "start", "resume", "remove", "orphan", "held", "none"])
def test_action_word_is_there_for_every_action_in_both_languages(action: str) -> None:
    english = reports.action_word(action)
    choose_language("fr")
    assert english and reports.action_word(action) != english


def test_details_tell_how_it_ended() -> None:
    assert reports.details(item("create", ok=True, seconds=3.5)) == "3.5 s"
    assert reports.details(item("create", ok=False, message="it broke")) == "FAILED: it broke"


def test_reasons_of_the_host_program_are_told_in_french() -> None:
    cases = [yaml.safe_load(path.read_text("utf-8")) for path in CONVERGE.glob("*.yaml")]
    changes = [change for case in cases for change in case["expect"]]
    choose_language("fr")
    for reason in {change["reason"] for change in changes if "reason" in change}:
        assert reports.details(item("start", reason=reason)) != reason


def test_summary_counts_changed_unchanged_and_failed() -> None:
    found = (item("create", ok=True), item("update", ok=False), item("none"), item("orphan"))
    assert reports.summary(report_of(*found, tasks=["x"])) == "h1: 3 changed, 1 unchanged, 1 failed"
    assert reports.summary(report_of(item("none"), check=True)) == "h1: 0 to change, 1 unchanged"


def test_report_is_ok_only_when_all_is() -> None:
    assert report_of(item("create", ok=True), item("none")).ok
    assert not report_of(item("create", ok=False)).ok
    assert not report_of(refused=[{"code": "busy"}]).ok
    assert not report_of(failures=["unreachable"]).ok
    assert report_of(item("none"), item("orphan")).changed == 0


def test_failures_name_host_instance_cause_last_lines_and_next_step() -> None:
    message = "container app is exited (exit code 1)"
    failed = item("create", ok=False, message=message, container="app", logs=["x" * 300])
    text = reports.failures(report_of(failed))[0].splitlines()
    assert text[0] == "h1: foyer_pad: container app is exited (exit code 1)"
    assert text[1:3] == ["  last lines:", "    " + "x" * 200]
    assert "provisioner logs pad --container app" in text[3]


STEPS = [
    ("manifest unknown", "provisioner images lock"),
    ("write /x: No space left on device", "The disk is full"),
    ("something else", "provisioner logs pad --container app"),
]


@pytest.mark.parametrize(("line", "wanted"), STEPS, ids=[line for line, _wanted in STEPS])
def test_next_step_fits_the_failure(line: str, wanted: str) -> None:
    assert wanted in reports.next_step(item("create", ok=False, message="failed", logs=[line]))


def test_refusals_say_that_nothing_was_started_and_what_to_do() -> None:
    refused = [
        {"code": "port_taken", "port": 80},
        {"code": "disk_full", "free_mb": 5, "needed_mb": 2024, "instances": ["foyer_pad", "foyer_wiki"]},
        {"code": "busy"},
    ]
    one, two, three = reports.failures(report_of(refused=refused))
    assert "h1: port 80 is taken by another program" in one and "Nothing was started" in one and "apply again" in one
    assert "2024 MB of disk are needed for foyer_pad, foyer_wiki, 5 MB are free" in two
    assert "another apply is under way" in three


def test_diffs_show_old_and_new_with_the_port_and_no_secret() -> None:
    tree = render_host([(stack_of(), lock_of(small_catalog()))], small_catalog())
    old = tree.text("foyer_pad", ".env").replace("@HTTP_PORT@", "20000").replace("Foyer de", "Cercle de")
    changed = item(
        "update", files=[".env", "files/gone.sh"], before={".env": old, "files/gone.sh": "echo\n"},
        ports={"foyer_pad": 20000},
        secrets=["db_password"],
    )  # fmt: skip
    env, gone, secret = reports.diffs(report_of(changed), {"h1": tree})
    rows = [line for line in env.splitlines() if re.match(r"[-+](?![-+])", line)]
    assert rows == ['-ASSOCIATION="Cercle de l\'Été"', '+ASSOCIATION="Foyer de l\'Été"']
    assert "-echo" in gone and secret == "foyer_pad: secret db_password: new"


def event(kind: str, task: str = "T", **result: Any) -> dict[str, Any]:
    return {"event": kind, "event_data": {"host": "h1", "task": task, "res": result}}


def followed(*events: dict[str, Any], check: bool = False) -> tuple[Report, list[tuple[str, str, str]]]:
    said: list[tuple[str, str, str]] = []
    follower = Follower(["h1"], check, lambda host, instance, step: said.append((host, instance, step)))
    for each in events:
        follower.event(each)
    return follower.report(), said


CHANGE = {"instance": "foyer_pad", "action": "create", "files": ["compose.yaml"], "ports": {"foyer_pad": 1}}


def test_follower_puts_decision_and_outcome_together() -> None:
    step = {"instance": "foyer_pad", "step": "pulling", "seconds": 0.1}
    broke = {"ok": False, "message": "it broke", "container": "app", "logs": ["x"], "seconds": 2.0, "action": "create"}
    found, said = followed(
        event("runner_on_ok", "Converge the instances", changes=[CHANGE], refused=[]),
        event("runner_retry", "Wait for the instances", events=[step]),
        event("runner_on_ok", "Wait for the instances", events=[], report={"instances": {"foyer_pad": broke}}),
    )
    assert found.hosts[0].instances == [InstanceReport.model_validate({**CHANGE, **broke})]
    assert ("h1", "foyer_pad", "pulling") in said and not found.ok


def test_follower_collects_tasks_refusals_and_failures() -> None:
    found, _said = followed(
        event("runner_on_ok", "Configure the firewall", changed=True),
        event("runner_on_ok", "Look around", changed=False),
        event("runner_on_failed", "Converge the proxy", changes=[], refused=[{"code": "port_taken", "port": 80}]),
        event("runner_on_failed", "Install Docker", msg="no network"),
        event("runner_on_unreachable", msg="connection lost"),
    )
    assert found.hosts[0].tasks == ["Configure the firewall"]
    assert found.hosts[0].refused == [{"code": "port_taken", "port": 80}]
    assert found.hosts[0].failures == ["Install Docker: no network", "connection lost"]


def test_follower_a_host_program_that_died_is_a_failure() -> None:
    found, _said = followed(
        event("runner_on_ok", "Converge the instances", changes=[CHANGE]),
        event("runner_on_ok", "Wait", events=[], report={"instances": {}, "error": {"code": "stopped"}}),
    )
    assert found.hosts[0].failures == ["the host program stopped before it was done; run apply again"]


def test_follower_leaves_out_failures_that_are_ignored_and_hosts_it_does_not_know() -> None:
    ignored = event("runner_on_failed", msg="x")
    ignored["event_data"]["ignore_errors"] = True
    strange = event("runner_on_failed", msg="x")
    strange["event_data"]["host"] = "h2"
    found, _said = followed(ignored, strange, {"event": "playbook_on_start"})
    assert found.ok and found.changed == 0
