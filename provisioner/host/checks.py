"""Are repositories whole? Three depths: structure, a thirtieth of all data a day, all data at once. And pruning."""

from __future__ import annotations

import time
from typing import Any

from . import locks, record, restic, settings
from .restic import Trouble

ROUNDS = 30
DEPTHS = ("structure", "round", "all")


def check(association: str, name: str, depth: str) -> dict[str, Any]:
    """Check one destination at a depth of DEPTHS and note it. Return {ok, code, message, seconds}."""
    destination, started = settings.destination(association, name), time.time()
    rounds = settings.state(association)["destinations"].get(name, {}).get("rounds", {"next": 1, "times": {}})
    number = int(rounds["next"])
    more = {"structure": [], "round": [f"--read-data-subset={number}/{ROUNDS}"], "all": ["--read-data"]}[depth]
    result: dict[str, Any] = {"ok": True, "code": "", "message": ""}
    try:
        with locks.hold(f"backup-{association}", patience=1800):
            restic.unlock(destination)
            restic.run(destination, "check", "--quiet", *more)
    except (Trouble, locks.Busy) as error:
        result = {"ok": False, "code": getattr(error, "code", "busy"), "message": str(error)[:500]}
    told = {"time": int(started), **result}
    if depth in ("structure", "all") or not result["ok"]:
        settings.note(association, "destinations", name, structure=told)
    if depth != "structure":
        settings.note(association, "destinations", name, rounds=_read(rounds, number, depth, told))
    return {**result, "depth": depth, "seconds": round(time.time() - started, 1)}


def _read(rounds: dict[str, Any], number: int, depth: str, told: dict[str, Any]) -> dict[str, Any]:
    """Return what is noted of reading all data in turn: a round that failed comes again."""
    if not told["ok"]:
        return {**rounds, "failed": {"time": told["time"], "message": told["message"]}}
    done = range(1, ROUNDS + 1) if depth == "all" else [number]
    times = {**rounds["times"], **{str(each): told["time"] for each in done}}
    return {"next": 1 if depth == "all" else number % ROUNDS + 1, "times": times}


def prune(association: str, name: str) -> dict[str, Any]:
    """Let old snapshots of one destination go and free their space. Return {ok, code, message, left}.

    Never where the server refuses to delete (append-only): an admin prunes there from another machine.
    """
    destination = settings.destination(association, name)
    if destination.about.get("append_only"):
        return {"ok": False, "code": "append_only", "message": "the server refuses to delete", "left": 0}
    result: dict[str, Any] = {"ok": True, "code": "", "message": ""}
    try:
        with locks.hold(f"backup-{association}", patience=1800):
            restic.unlock(destination)
            restic.run(destination, "forget", *keep(settings.settings(association)["keep"]), "--prune", "--quiet")
            record.drop_missing(destination)
            record.write(destination)
    except (Trouble, locks.Busy) as error:
        result = {"ok": False, "code": getattr(error, "code", "busy"), "message": str(error)[:500]}
    settings.note(association, "destinations", name, pruned={"time": int(time.time()), **result})
    return result


def keep(rules: dict[str, Any]) -> list[str]:
    """Return restic's options for what stays, for each instance. Counts, not ages: a wrong clock loses nothing."""
    kinds = [kind for kind in ("hourly", "daily", "weekly", "monthly") if rules.get(kind)]
    counts = [word for kind in kinds for word in (f"--keep-{kind}", str(rules[kind]))]
    return ["--tag", restic.TAG, "--group-by", "host", "--keep-last", "2", *counts]
