"""The runner: results, failures, time limits, and secrets that stay hidden."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from provisioner import runner
from provisioner.errors import ProvisionerError


def test_run_returns_both_streams_and_code() -> None:
    assert runner.run(["sh", "-c", "cat; echo warn >&2"], stdin=b"given") == ("given", "warn\n", 0)


def test_run_without_stdin_gives_an_empty_one() -> None:
    assert runner.run(["cat"], timeout=5).stdout == ""


def test_run_failing_raises_with_last_lines_of_stderr() -> None:
    with pytest.raises(ProvisionerError) as caught:
        runner.run(["sh", "-c", "for i in $(seq 40); do echo line $i >&2; done; exit 3"])
    assert "code 3" in caught.value.message
    assert caught.value.hint.splitlines()[-1] == "line 40"
    assert len(caught.value.hint.splitlines()) == runner.LAST_LINES


def test_run_unchecked_returns_the_code() -> None:
    assert runner.run(["false"], check=False).code == 1


def test_run_hides_secrets_in_command_and_output() -> None:
    with pytest.raises(ProvisionerError) as caught:
        runner.run(["sh", "-c", "echo hunter2 hunter22 >&2; exit 1"], secrets=["hunter2", "hunter22", ""])
    assert "hunter" not in caught.value.message + caught.value.hint
    assert caught.value.hint == "[REDACTED] [REDACTED]"


def test_run_too_slow_raises_and_stops_it() -> None:
    started = time.monotonic()
    with pytest.raises(ProvisionerError, match="did not end within"):
        runner.run(["sleep", "20"], timeout=0.2)
    assert time.monotonic() - started < 5


def test_run_missing_program_says_which() -> None:
    with pytest.raises(ProvisionerError, match="'no-such-program' cannot be started"):
        runner.run(["no-such-program"])


def test_run_adds_to_the_environment() -> None:
    assert runner.run(["sh", "-c", "echo $WORD; which sh"], environment={"WORD": "here"}).stdout.startswith("here\n/")


def test_stream_yields_lines_as_they_come_redacted() -> None:
    lines = runner.stream(["sh", "-c", "echo one; echo two hunter2 >&2; sleep 0.1; echo three"], secrets=["hunter2"])
    assert list(lines) == ["one", "two [REDACTED]", "three"]


def test_stream_failing_raises_after_its_lines() -> None:
    seen = []
    with pytest.raises(ProvisionerError) as caught:
        for line in runner.stream(["sh", "-c", "echo last words; exit 4"]):
            seen.append(line)
    assert seen == ["last words"] and caught.value.hint == "last words"


def test_stream_too_slow_raises() -> None:
    with pytest.raises(ProvisionerError, match="did not end within"):
        list(runner.stream(["sleep", "20"], timeout=0.2))


def test_stream_left_early_ends_the_process(tmp_path: Path) -> None:
    note = tmp_path / "id"
    lines = runner.stream(["sh", "-c", f"echo $$ > {note}; echo ready; exec sleep 60"])
    assert next(lines) == "ready"
    lines.close()  # type: ignore[attr-defined]
    assert subprocess.run(["kill", "-0", note.read_text().strip()], capture_output=True, check=False).returncode


def test_start_detached_outlives_its_caller(tmp_path: Path) -> None:
    log = tmp_path / "deep" / "log"
    code = f"from pathlib import Path; from provisioner.runner import start_detached as s; print(s(['sh', '-c', 'sleep 1; echo done'], Path({str(log)!r})))"  # noqa: E501
    runner.run([sys.executable, "-c", code])
    deadline = time.monotonic() + 10
    while "done" not in log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.1)
