"""The commands around rotations, as the controller calls them. Requests and answers are JSON."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from . import exposed, locks, rotate, rotate_key
from .leftovers import take_over
from .restic import Trouble
from .saving import said

Answer = dict[str, Any]
PATIENCE = 5


def rotated(request: Answer) -> Answer:
    """Give secrets of an instance new values (see rotate.rotate). A backup, restore or apply under way refuses it."""
    telling = said()
    try:
        with locks.hold(patience=PATIENCE):
            take_over()
            return rotate.rotate(request, telling)
    except rotate.Refused as refused:
        return {"refused": str(refused), "message": ""}
    except locks.Busy:
        return {"refused": "busy", "message": ""}


def rotated_key(request: Answer) -> Answer:
    """Give a backup destination a new key or SSH key (see rotate_key). Answer it, or {refused: code, message}."""
    telling = said()
    with locks.hold(f"backup-{request['association']}", patience=PATIENCE):
        try:
            return rotate_key.rotate(request, telling)
        except Trouble as trouble:
            return {"refused": trouble.code, "message": trouble.output}


def holds(request: Answer) -> Answer:
    """Tell which values lie on this host (see rotate.holds), once what was cut off has been ended."""
    if request.get("finish"):
        # Whoever holds the lock is no rotation that was cut off; one that lives has a journal, which is told.
        with suppress(locks.Busy), locks.hold(patience=PATIENCE):
            take_over()
            rotate.finish_all(said())
    return rotate.holds(request)


COMMANDS = {"rotate": rotated, "rotate_key": rotated_key, "holds": holds, "exposed": exposed.look}
