"""What an acting run tells while it acts: one JSON line per event, so that whoever waits can follow from any line."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import layout


def run_file(run_id: str) -> Path:
    """Return the progress file of a run."""
    return layout.state_root() / "runs" / f"{run_id}.jsonl"


class Progress:
    """Append events of one run; safe from several threads."""

    def __init__(self, run_id: str) -> None:
        self.path = run_file(run_id)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.started = time.monotonic()
        self.lock = threading.Lock()

    def say(self, instance: str, step: str, **more: Any) -> None:
        """Note that an instance has reached a step: pulling, starting, setup, opening, done, failed..."""
        event = {"instance": instance, "step": step, "seconds": round(time.monotonic() - self.started, 1), **more}
        with self.lock, self.path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(event) + "\n")

    def end(self, report: dict[str, Any]) -> None:
        """Note the end of the run and its report."""
        with self.lock, self.path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"end": report}) + "\n")


class Telling(Progress):
    """Tell each event on standard output too, as it happens. Nobody listening any more is no reason to stop."""

    def say(self, instance: str, step: str, **more: Any) -> None:
        """Note and tell that an instance has reached a step."""
        super().say(instance, step, **more)
        with suppress(OSError):
            print(json.dumps({"instance": instance, "step": step, **more}), flush=True)


def follow(run_id: str, seen: int, timeout: float, pid: int) -> dict[str, Any]:
    """Given a run and how many lines were seen, wait for more and return {events, seen, finished, report}.

    When the acting process is gone without an end, the run is finished and the report says so.
    """
    deadline = time.monotonic() + timeout
    while True:
        alive = _alive(pid)
        lines = _lines(run_id)
        fresh = [json.loads(line) for line in lines[seen:]]
        end = next((event["end"] for event in fresh if "end" in event), None)
        if end is None and not alive:
            end = {"instances": {}, "error": {"code": "stopped"}}
        if fresh or end is not None or time.monotonic() > deadline:
            events = [event for event in fresh if "end" not in event]
            return {"events": events, "seen": len(lines), "finished": end is not None, "report": end or {}}
        time.sleep(0.2)


def _lines(run_id: str) -> list[str]:
    """Return the complete lines of a run's file."""
    try:
        return run_file(run_id).read_text("utf-8").split("\n")[:-1]
    except OSError:
        return []


def _alive(pid: int) -> bool:
    """Return whether the acting process still lives (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def forget_old_runs(keep: int = 20) -> None:
    """Delete the progress files of all but the latest runs."""
    folder = layout.state_root() / "runs"
    files = sorted(folder.glob("*.jsonl"), key=lambda path: path.stat().st_mtime) if folder.is_dir() else []
    for path in files[: max(0, len(files) - keep)]:
        path.unlink(missing_ok=True)
        path.with_suffix(".told").unlink(missing_ok=True)
