"""End what a killed run left behind: its Docker commands live on without it, and would cross those of the next run."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import layout, locks

PROGRAMS = ("docker", "docker-compose")
GIVEN_UP = 20


def take_over() -> None:
    """End the Docker commands of the run before where it was killed, and note that this session acts now."""
    end_killed()
    layout.write_json(_path(), acting())


def end_killed() -> None:
    """End the Docker commands of the run before where it was killed. The caller holds the lock of the host."""
    end_commands(layout.read_json(_path(), {}))


def _path() -> Path:
    return layout.state_root() / "acting.json"


def acting() -> dict[str, Any]:
    """Return who acts now, for `end_commands` should it be killed: this session, since this start of the host."""
    return {"boot": Path("/proc/sys/kernel/random/boot_id").read_text().strip(), "session": os.getsid(0)}


def end_commands(before: dict[str, Any]) -> None:
    """End the Docker commands of who acted, unless the host was started anew since then."""
    if before.get("boot") == acting()["boot"]:
        _end(before["session"])


def _end(session: int) -> None:
    """Ask the Docker commands of a session to end, and end them after ten seconds.

    Raise Busy when one does not even end then: it waits for a disk, and whoever waits for it would wait for ever.
    """
    deadline = time.monotonic() + 10
    for pid in _commands(session):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    while left := _commands(session):
        if time.monotonic() > deadline:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        if time.monotonic() > deadline + GIVEN_UP:
            raise locks.Busy("busy: docker")
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
