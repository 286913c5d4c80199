"""What must not make an audit green, nor take it down: half answers, hosts that go away, sites that write oddly."""

import base64
import json
import re
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from command_line import run_all
from paramiko import SSHException
from test_audit import catalog, facts, failing, seen
from test_audit_compare import STACK, card, found, lynis

from provisioner import remote
from provisioner.audit import docker, goals, history, oscap, others, outer, run, there, web
from provisioner.audit.visit import scripts, visit
from provisioner.cli import audit as command
from provisioner.documents.audit_words import lynis_words, scap_words
from provisioner.errors import ProvisionerError
from provisioner.host import audit_read, portscan
from provisioner.models.base import Text
from provisioner.models.scorecard import Audited
from provisioner.runner import Result
from provisioner.sentences import filled


def answer(**counts: int) -> dict[str, Any]:
    results = {f"{kind}{number}": kind for kind, count in counts.items() for number in range(count)}
    return {"version": "x", "score": 50, "results": results, "rules": {}}


@pytest.mark.parametrize("kind", ["error", "unknown"])
def test_a_rule_that_could_not_be_decided_is_no_rule_that_holds(kind: str) -> None:
    judged = oscap.score("anssi_bp28_minimal", answer(**{"pass": 40, kind: 5}), {})
    assert judged.figures["left"] == 5 and judged.figures["raw"] < 90 and judged.figures["tailored"] < 90
    assert any(goal.met is False for goal in goals.judge("minimal", [judged]))
    waived = oscap.score("anssi_bp28_minimal", answer(**{"pass": 40, kind: 1}), {f"{kind}0": Text(fr="x", en="x")})
    assert (waived.figures["left"], waived.figures["waived"]) == (0, 1)


def test_of_several_results_for_one_rule_the_bad_one_counts(tmp_path: Path) -> None:
    rule = '<rule-result idref="xccdf_org.ssgproject.content_rule_a"><result>%s</result></rule-result>'
    text = "".join(rule % outcome for outcome in ("pass", "fail", "pass"))
    (tmp_path / "r.xml").write_text(f'<TestResult xmlns="http://checklists.nist.gov/xccdf/1.2">{text}</TestResult>')
    assert audit_read.xccdf(tmp_path / "r.xml")["results"] == {"a": "fail"}


def test_lynis_that_was_told_to_skip_its_tests_has_no_index() -> None:
    told = {"whole": True, "tests": 12, "index": 99, "warnings": [], "suggestions": [], "version": "3"}
    assert others.lynis(told).not_run is not None
    assert others.lynis({**told, "tests": 249}).not_run is None


def test_a_host_that_goes_down_during_the_scan_is_not_green() -> None:
    told: dict[str, Any] = {"open": [22, 80, 443], "udp": [], "still": [22, 80]}
    allowed = [(22, "tcp"), (80, "tcp"), (443, "tcp")]
    assert others.ports({"192.0.2.1": told}, allowed, (22, 80, 443)).not_run is None
    assert others.ports({"192.0.2.1": {**told, "still": []}}, allowed, (22, 80, 443)).not_run is not None


def test_the_scanner_asks_the_open_ports_once_more_at_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rounds = iter([{"open": [22, 443]}, {"open": []}])
    monkeypatch.setattr(portscan, "scan", lambda _address, _ports: next(rounds))
    monkeypatch.setattr(portscan, "scan_udp", lambda _address: [])
    monkeypatch.setattr("sys.argv", ["portscan", "192.0.2.1"])
    portscan.main()
    assert json.loads(capsys.readouterr().out)["still"] == []


@pytest.mark.parametrize("text", ["5", "null", "[]", "{}", '{"open": [22]}', '{"open": 3, "udp": [], "still": []}'])
def test_a_scan_that_answers_something_else_is_an_error_and_no_exception(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outer.runner, "run", lambda *_args, **_named: Result(text, "", 0))
    with pytest.raises(ProvisionerError):
        outer._scan("192.0.2.1", "")


def test_a_host_without_any_container_is_not_green() -> None:
    assert docker.judge(facts(containers=[]), catalog()).not_run is not None


@pytest.mark.parametrize("given", [{"DeviceCgroupRules": ["b *:* rwm"]}, {"DeviceRequests": [{"Driver": "nvidia"}]}])
def test_rules_about_devices_are_devices_too(given: dict[str, Any]) -> None:
    host = facts()
    name = host["containers"][0]["Name"]
    host["containers"][0]["HostConfig"] |= given
    assert f"{name}.privileged" in failing(docker.judge(host, catalog()))


@pytest.mark.parametrize("report", [None, "", "[]", "{}", '[{"id": "x"', '["x"]'])
def test_testssl_without_a_whole_report_is_held_against_the_name(
    report: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ran(line: list[str], **_named: Any) -> Result:
        if report is not None:
            next(Path(word) for word in line if word.endswith("0.json")).write_text(report)
        return Result("", "", 1)

    monkeypatch.setattr(outer.shutil, "which", lambda _name: "/usr/bin/testssl.sh")
    monkeypatch.setattr(outer.runner, "run", ran)
    bundle = Mock()
    bundle.stack.host.address = "127.0.0.1"
    [told] = outer._testssl([(bundle, "pad.example.org")], "")
    assert told.counts and told.rule == "pad.example.org:testssl"


def test_the_error_page_of_a_proxy_is_no_site_that_was_judged() -> None:
    judged = web.judge([seen(status=502)])
    assert judged.figures["problems"] == 1
    assert any(goal.met is False for goal in goals.judge("none", [judged]))


@pytest.mark.parametrize("place", ["https://[bad", "/é è", "//[::1/"])
def test_where_a_site_leads_to_cannot_take_the_audit_down(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from provisioner.audit import visit as module

    asked: list[str] = []

    class Page:
        sock, status = None, 302
        headers = Mock(get_all=lambda _name, default: default, get=lambda _name, _default="": place)

        def __init__(self, *_args: Any, **_named: Any) -> None: ...
        def request(self, _method: str, path: str, **_named: Any) -> None:
            path.encode("ascii")
            asked.append(path)

        def getresponse(self) -> "Page":
            return self

        def read(self, _most: int) -> bytes:
            return b""

        def getheaders(self) -> list[tuple[str, str]]:
            return [("Location", place)]

        def close(self) -> None: ...

    for name in ("HTTPSConnection", "HTTPConnection"):
        monkeypatch.setattr(module.http.client, name, Page)
    monkeypatch.setattr(module, "accepts", lambda *_args: False)
    monkeypatch.setattr(module, "_speaks", lambda *_args: True)
    monkeypatch.setattr(module, "_certificate", lambda *_args: None)
    monkeypatch.setattr(module.socket, "create_connection", Mock())
    monkeypatch.setattr(module, "_context", lambda _authority: Mock())
    told = visit("pad.example.org", "127.0.0.1", "")
    assert told.redirects is False
    assert (told.error == "") == (place == "/é è") and (place != "/é è" or asked[1] == "/%E9%20%E8")


def test_scripts_with_an_address_that_is_none() -> None:
    assert scripts('<script src="http://[x"></script><script src="//b.example/x.js">', "a.example") == [
        ("//b.example/x.js", False)
    ]


def test_what_a_host_wrote_never_steers_the_terminal() -> None:
    steering = "a\x1b]0;owned\x07\x1b[2Jb\u202ec\r\n"
    texts = [
        filled(Text(fr="{x}", en="{x}"), x=steering), lynis_words("T", steering)[0], scap_words("r", steering)[0],
    ]  # fmt: skip
    assert not any(re.search("[\x00-\x1f\x7f-\x9f\u202e]", text.fr + text.en) for text in texts)
    assert scap_words("rule", "")[0].en == "rule", "a rule without a title has its name"


@pytest.mark.parametrize("error", [KeyError("open"), ProvisionerError("gone"), TypeError("x"), OSError(5, "x")])
def test_an_auditor_that_breaks_is_on_the_scorecard(error: Exception) -> None:
    def breaks() -> Audited:
        raise error

    told = run.guarded("ports", breaks)
    assert told.name == "ports" and told.not_run is not None
    assert command.exit_code(card(told, lynis(90)), None) == 3


@pytest.mark.parametrize("error", [SSHException("session not active"), EOFError(), OSError("Socket is closed")])
def test_a_host_that_goes_away_in_the_middle_is_unreachable(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Mock()
    client.exec_command.side_effect = error
    monkeypatch.setattr(remote, "connect", lambda *_args: client)
    assert there.ask(Mock(), "lynis")["error"] == "unreachable"
    assert client.close.called


def test_two_audits_at_once_send_the_program_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shell line itself is run, with a slow pipe: neither may pull the file away under the other."""
    monkeypatch.setattr(there, "FOLDER", str(tmp_path))
    monkeypatch.setattr(there, "PROGRAM", f"{tmp_path}/host.pyz")
    monkeypatch.setattr(there, "host_program", lambda: b"x" * 300_000)

    def slow(_bundle: Any, line: str, packed: str, _timeout: int) -> tuple[str, str, int]:
        with subprocess.Popen(["sh", "-c", line], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdin
            assert process.stderr
            process.stdin.write(packed[:200_000])
            process.stdin.flush()
            time.sleep(0.3)
            process.stdin.write(packed[200_000:])
            process.stdin.close()
            return "", process.stderr.read(), process.wait()

    monkeypatch.setattr(there, "execute", slow)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda _n: there.send_program(Mock()), range(2))) == [None, None]
    assert (tmp_path / "host.pyz").read_bytes() == base64.b64decode(base64.b64encode(b"x" * 300_000))


def test_two_scorecards_of_one_second_are_both_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other audit writes its card between our look at the name and our writing."""
    first, second = card(lynis(1)), card(lynis(2))
    other: Callable[..., None] = history.write

    history.keep(tmp_path, first)
    taken = next((tmp_path / "audits" / "h1").glob("*.json"))
    before = taken.read_bytes()
    taken.unlink()

    def racing(path: Path, content: str, mode: int) -> None:
        other(taken, before, 0o600)
        other(path, content, mode)

    monkeypatch.setattr(history, "write", racing)
    kept = history.keep(tmp_path, second)
    assert kept != taken and taken.read_bytes() == before
    assert sorted(path.name for path in taken.parent.iterdir()) == sorted([kept.name, taken.name])


def test_a_card_of_another_host_in_the_folder_is_never_compared_with(tmp_path: Path) -> None:
    foreign = history.keep(tmp_path, card(lynis(10, "a")).model_copy(update={"host": "other"}))
    history.keep(tmp_path, card(lynis(90)))
    copied = tmp_path / "audits" / "h1" / "2026-12-31T00-00-00Z.json"
    copied.write_bytes(foreign.read_bytes())
    cards, strange = history.read(tmp_path, "h1")
    assert [each.host for each in cards] == ["h1"] and strange == [copied]


def test_a_damaged_last_card_is_not_as_good_as_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = history.keep(tmp_path, card(lynis(90), time="2026-01-01T00:00:00Z"))
    damaged = good.with_name("2026-01-05T00-00-00Z.json")
    damaged.write_text(good.read_text()[:80])
    (good.parent / "zz.json").write_text("a note of the operator's")
    before, _first, _past, lost = command._compared(tmp_path, card(lynis(89), time="2026-01-06T00:00:00Z"), None)
    assert before and before.regressed and lost == [str(damaged)]
    assert "nobody knows" in capsys.readouterr().err
    history.keep(tmp_path, card(lynis(89), time="2026-01-06T00:00:00Z"))
    assert command._compared(tmp_path, card(lynis(89), time="2026-01-07T00:00:00Z"), None)[3] == []


def test_found_that_cannot_be_written_is_told_and_the_next_host_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    def breaks() -> Path:
        raise ProvisionerError("no room")

    assert command._written(breaks) is None
    assert "no room" in capsys.readouterr().err
    assert command._written(lambda: Path("x")) == Path("x")
    assert found("x").counts


def test_everything_wrong_with_the_options_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "stack.yaml").write_text(STACK % ("q" * 58))
    (tmp_path / "page").mkdir()
    options = ["--content", "no.deb", "--from", "a b", "--against", "none.json", "--html", "page"]
    lines = [(tmp_path, ["audit", *options]), (tmp_path, ["audit", "--host", "x1", "--host", "x2"])]
    (code, _out, told), (second, _none, hosts) = run_all(lines, "en", tmp_path)
    assert (code, second) == (2, 2)
    assert [word for word in ("no.deb", "a b", "none.json", "page") if word not in told] == [], told
    assert "x1" in hosts and "x2" in hosts
