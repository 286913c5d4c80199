"""End what a killed run left behind: its Docker commands live on without it, and would cross those of the next run."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from . import layout

PROGRAMS = ("docker", "docker-compose")


def take_over() -> None:
    """End the Docker commands of the run before where it was killed, and note that this session acts now."""
    path, boot = layout.state_root() / "acting.json", Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    before = layout.read_json(path, {})
    if before.get("boot") == boot:
        _end(before["session"])
    layout.write_json(path, {"boot": boot, "session": os.getsid(0)})


def _end(session: int) -> None:
    """Ask the Docker commands of a session to end, and end them after ten seconds."""
    deadline = time.monotonic() + 10
    for pid in _commands(session):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    while left := _commands(session):
        if time.monotonic() > deadline:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)


def _commands(session: int) -> list[int]:
    """Return the process ids of a session's Docker commands; zombies do not count."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            start, _, rest = file.read_text("utf-8", "replace").rpartition(")")
        except OSError:
            continue
        state, _parent, _group, its_session = rest.split()[:4]
        pid, _, name = start.partition(" (")
        if int(its_session) == session and name in PROGRAMS and state != "Z" and session != os.getsid(0):
            found.append(int(pid))
    return found
