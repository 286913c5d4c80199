"""The host program against real files, processes and a real TLS site, in parts and as it is shipped."""

import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from stack_fixture import lock_of, small_catalog, stack_of

from provisioner.apply import host_program
from provisioner.host import __main__ as program
from provisioner.host import layout, observe, progress
from provisioner.host.docker import Failed, run
from provisioner.render import render_host


@pytest.fixture(autouse=True)
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A host of its own for each test: empty folders, no Docker engine."""
    monkeypatch.setenv("PROVISIONER_ROOT", str(tmp_path / "srv"))
    monkeypatch.setenv("PROVISIONER_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent")
    return tmp_path


# Progress


def test_follow_gives_only_what_is_new_and_ends_with_the_report() -> None:
    told = progress.Progress("1-1")
    told.say("foyer_pad", "pulling")
    first = progress.follow("1-1", 0, 1, os.getpid())
    assert [event["step"] for event in first["events"]] == ["pulling"] and not first["finished"]
    assert progress.follow("1-1", first["seen"], 0, os.getpid()) == {
        "events": [], "seen": 1, "finished": False, "report": {},
    }  # fmt: skip
    told.say("foyer_pad", "done")
    told.end({"instances": {"foyer_pad": {"ok": True}}})
    last = progress.follow("1-1", 1, 1, os.getpid())
    assert [event["step"] for event in last["events"]] == ["done"]
    assert last["finished"] and last["report"] == {"instances": {"foyer_pad": {"ok": True}}}


def test_follow_a_dead_process_is_told_at_once() -> None:
    process = subprocess.Popen(["true"])
    deadline = time.monotonic() + 5
    while "Z" not in Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]:
        assert time.monotonic() < deadline
    progress.Progress("1-2").say("foyer_pad", "pulling")
    started = time.monotonic()
    for _zombie_then_gone in range(2):
        answer = progress.follow("1-2", 1, 30, process.pid)
        assert answer["finished"] and answer["report"]["error"] == {"code": "stopped"}
        process.wait()
    assert time.monotonic() - started < 5


def test_follow_a_dead_process_that_had_finished_is_no_error() -> None:
    progress.Progress("1-3").end({"instances": {}})
    assert progress.follow("1-3", 0, 1, 2**22 - 1)["report"] == {"instances": {}}


def test_follow_leaves_a_half_written_line_for_later() -> None:
    told = progress.Progress("1-4")
    told.path.write_text('{"instance": "a", "step": "x", "seconds": 0}\n{"instance": "b", "st')
    answer = progress.follow("1-4", 0, 1, os.getpid())
    assert (len(answer["events"]), answer["seen"]) == (1, 1)


def test_forget_old_runs_keeps_the_latest() -> None:
    for number in range(5):
        progress.Progress(f"{number}-9").end({})
        os.utime(progress.run_file(f"{number}-9"), (number, number))
    progress.forget_old_runs(keep=2)
    assert sorted(path.name for path in (layout.state_root() / "runs").iterdir()) == ["3-9.jsonl", "4-9.jsonl"]


# Files


def test_write_crash_leaves_the_old_file(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layout.write(host / "deep" / "x", "old")

    def crash(*_arguments: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    for name in ("replace", "fsync"):
        with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
            patch.setattr(os, name, crash)
            layout.write(host / "deep" / "x", "new")
        assert (host / "deep" / "x").read_text() == "old"


def test_write_sets_the_mode_whatever_the_umask(host: Path) -> None:
    before = os.umask(0o077)
    try:
        layout.write(host / "x", "text", 0o444)
        layout.write(host / "x", "again", 0o444)
    finally:
        os.umask(before)
    assert stat.S_IMODE((host / "x").stat().st_mode) == 0o444 and (host / "x").read_text() == "again"


def test_read_json_cut_short_gives_the_default(host: Path) -> None:
    (host / "x").write_text('{"a": ')
    assert layout.read_json(host / "x", {"b": 1}) == {"b": 1}


# The host


def test_observe_a_bare_host_finds_nothing() -> None:
    found = observe.observe()
    assert (found["instances"], found["ports"]) == ({}, {}) and found["disk_free_mb"] > 0


def test_run_tells_why_a_program_failed(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="no-such-program: not installed"):
        run(["no-such-program"])
    with pytest.raises(Failed, match=r"sh -c sleep 9: no end after 0 s"):
        run(["sh", "-c", "sleep 9"], timeout=0.1)
    with pytest.raises(Failed, match=r"exit code 3") as caught:
        run(["sh", "-c", "for i in $(seq 40); do echo $i; done; exit 3"])
    assert caught.value.output.splitlines() == [str(number) for number in range(26, 41)]


# The program as it is shipped


def shipped(tmp_path: Path, command: str, request: dict[str, Any]) -> dict[str, Any]:
    path = tmp_path / "host.pyz"
    path.write_bytes(host_program())
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(path), command], input=json.dumps(request), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_host_program_runs_with_the_standard_library_alone(tmp_path: Path) -> None:
    tree = render_host([(stack_of(), lock_of(small_catalog()))], small_catalog()).data()
    answer = shipped(tmp_path, "plan", {"desired": tree, "secrets": {"foyer_pad": {"db_password": "x"}}})
    assert [change["action"] for change in answer["changes"]] == ["create"] * 3
    assert answer["changes"][2]["before"]["compose.yaml"] == ""
    assert not (tmp_path / "srv").exists(), "a plan writes nothing"
    assert shipped(tmp_path, "status", {"associations": ["foyer"]})["instances"] == {}


def test_host_program_has_the_same_bytes_every_time() -> None:
    first = host_program()
    host_program.cache_clear()
    assert host_program() == first


def test_start_while_another_apply_holds_the_host_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    real = program.hold
    with real():
        monkeypatch.setattr(program, "hold", lambda patience=0: real(patience=0))
        answer = program.start({"desired": {}})
    assert answer["refused"] == [{"code": "busy"}]
