"""Failed sign-ins that applications log: whose fault a line says, which descriptions are refused, what is followed."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from stack_fixture import stack_of
from test_limits import found

from provisioner.catalog import CatalogEntry, load_catalog
from provisioner.catalog_check import check_entry
from provisioner.host import sign_ins
from provisioner.limits import FOLLOWER, limits_files
from provisioner.load import load_yaml
from provisioner.models.sign_in_log import SignInLog

CASES = Path(__file__).parent / "cases" / "sign_ins"
LINES = load_yaml(CASES / "lines.yaml").data
REFUSED = load_yaml(CASES / "refused.yaml").data
LINE = "application: failed sign-in from {address}"


def expressions(service: str, container: str) -> tuple[Any, ...]:
    logs = load_catalog().entry(service).service.sign_in_logs
    return tuple(sign_ins.expression(log.failed) for log in logs if log.container == container)


@pytest.mark.parametrize("case", LINES, ids=lambda case: case["service"])
def test_lines_that_containers_wrote_accuse_whom_they_should(case: dict[str, Any]) -> None:
    known = expressions(case["service"], case["container"])
    assert {line: sign_ins.accused(line, known) for line, _address in case["lines"]} == dict(case["lines"])


def test_every_service_with_such_logs_has_lines_that_were_tried() -> None:
    tried = {n for n, e in load_catalog().services.items() if any(log.tried for log in e.service.sign_in_logs)}
    assert tried == {case["service"] for case in LINES}


@pytest.mark.parametrize(("name", "line", "message"), REFUSED, ids=[f"{row[0]}-{n}" for n, row in enumerate(REFUSED)])
def test_a_description_by_which_somebody_could_be_accused_is_refused(name: str, line: str, message: str) -> None:
    if name == "good":
        assert SignInLog(container="app", failed=line).failed == line
        return
    with pytest.raises(ValidationError, match=message):
        SignInLog(container="app", failed=line)


def test_a_name_cannot_move_the_address_whichever_side_it_stands_on() -> None:
    before = (sign_ins.expression("application: sign-in of '{any}' failed from '{address}'"),)
    name = "x' failed from '198.51.100.1"
    assert sign_ins.accused(f"application: sign-in of '{name}' failed from '203.0.113.7'", before) == "203.0.113.7"
    after = (sign_ins.expression("application: failed sign-in from {address} as {any}"),)
    name = "x from 198.51.100.1 as y"
    assert sign_ins.accused(f"application: failed sign-in from 203.0.113.7 as {name}", after) == "203.0.113.7"
    assert sign_ins.accused(f"application: {name}\napplication: failed sign-in from 198.51.100.1 as y", after) == ""


def test_the_catalog_check_refuses_a_container_that_is_not_there() -> None:
    entry = load_catalog().entry("prosody")
    wrong = entry.service.model_copy(update={"sign_in_logs": [SignInLog(container="web", failed=LINE)]})
    changed = CatalogEntry(
        entry.name, entry.folder, wrong, entry.compose, entry.service_document, entry.compose_document
    )
    assert any("'web'" in finding.message for finding in check_entry(changed, ["instant_messaging"], ["prosody"]))


def test_service_json_tells_of_logs_only_where_there_are_some() -> None:
    catalog = load_catalog()
    assert json.loads(catalog.entry("prosody").recipe)["sign_in_logs"][0]["container"] == "app"
    assert "sign_in_logs" not in json.loads(catalog.entry("radicale").recipe)


def test_a_line_that_the_engine_cut_is_whole_again_and_a_part_of_it_is_none() -> None:
    lines = sign_ins.Lines()
    assert (
        lines.add(1, b"first ") == "" and lines.add(2, b"other\n") == "other" and lines.add(1, b"end\n") == "first end"
    )
    assert lines.add(1, b"a" * 16384) == "" and lines.add(1, b"application: failed sign-in from 198.51.100.1\n") == ""
    assert lines.add(1, b"next\n") == "next"


def test_what_is_noted_is_read_by_the_same_filter_as_the_proxys_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_ins, "TOLD", tmp_path / "applications.log")
    monkeypatch.setattr(sign_ins, "LARGEST", 300)
    for number in range(1, 5):
        sign_ins.note("one_prosody", "2001:db8:1:2::", 1795384720123456789 + number * sign_ins.NANO)
    rows = (tmp_path / "applications.log").read_text("ascii").splitlines()
    before = (tmp_path / "applications.log.1").read_text("ascii").splitlines()
    assert [len(before), len(rows)] == [3, 1] and json.loads(rows[0])["ts"] == 1795384724.123
    assert found(rows[0].replace('"ts":1795384724.123', "")) == "2001:db8:1:2::"
    assert (tmp_path / "applications.log").stat().st_mode & 0o777 == 0o600


def test_what_the_engine_tells_twice_is_noted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[int] = []
    monkeypatch.setattr(sign_ins, "note", lambda _instance, _address, moment: noted.append(moment))
    line = b"application: failed sign-in from 203.0.113.7\n"
    # Two streams side by side, a line in two pieces of one time, a log told anew after it was rotated.
    told = [(2, 7, line), (2, 8, line[:20]), (1, 7, b"other\n"), (2, 8, line[20:]), (2, 7, line), (2, 8, line)]

    def pieces(_container: str, since: int) -> Iterator[tuple[int, int, bytes]]:
        asked.append(since)
        yield from told

    asked: list[int] = []
    monkeypatch.setattr(sign_ins, "pieces", pieces)
    follower = sign_ins.Follower("one_wiki-app-1", (LINE,), 6)
    follower.follow()
    assert noted == [7, 8]
    told += [(2, 9, line), (1, 3 * sign_ins.NANO + 5, line)]
    follower.follow()
    follower.follow()
    assert noted == [7, 8, 9, 3 * sign_ins.NANO + 5] and asked == [0, 0, 3]


def test_instances_come_and_go_and_a_changed_line_is_followed_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_ins, "INSTANCES", tmp_path)
    monkeypatch.setattr(sign_ins, "SOCKET", str(tmp_path / "no.sock"))
    monkeypatch.setattr(sign_ins, "ASK_AGAIN", 0.01)
    for name, text in {"one_wiki": "", "two_wiki": "", "two_pad": "{}", "two_cut": '{"sign_in'}.items():
        (tmp_path / name).mkdir()
        logs = {"sign_in_logs": [{"container": "app", "failed": LINE}]}
        (tmp_path / name / "service.json").write_text(text or json.dumps(logs), "utf-8")
    assert sign_ins.wished() == {"one_wiki-app-1": (LINE,), "two_wiki-app-1": (LINE,)}
    followers: dict[str, sign_ins.Follower] = {}
    sign_ins.renew(followers, sign_ins.wished(), 1)
    first = followers["one_wiki-app-1"]
    time.sleep(0.05)
    assert first.is_alive(), "an engine that does not answer is asked again"
    sign_ins.renew(followers, {"one_wiki-app-1": (LINE + " {any}",)}, 1)
    assert list(followers) == ["one_wiki-app-1"] and followers["one_wiki-app-1"] is not first
    first.join(5)
    assert not first.is_alive()
    sign_ins.renew(followers, {}, 1)


def test_fail2ban_reads_both_logs_and_carries_the_follower() -> None:
    files = limits_files([stack_of()])
    assert f"          {sign_ins.TOLD}\n" in files["/etc/fail2ban/jail.d/provisioner.local"]
    assert f"f {sign_ins.TOLD} 0600 root root" in files["/etc/tmpfiles.d/provisioner-limits.conf"]
    assert "Wants=provisioner-sign-ins.service" in files["/etc/systemd/system/fail2ban.service.d/provisioner.conf"]
    unit = files["/etc/systemd/system/provisioner-sign-ins.service"]
    assert "PartOf=fail2ban.service" in unit and f"ReadWritePaths={sign_ins.TOLD.parent}\n" in unit
    compile(files[FOLLOWER], FOLLOWER, "exec")
