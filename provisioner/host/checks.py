"""Are repositories whole? Three depths: structure, a thirtieth of all data a day, all data at once. And pruning."""

from __future__ import annotations

import re
import time
from typing import Any

from . import due, locks, record, restic, settings
from .restic import Trouble

DEPTHS = ("structure", "round", "all")


def check(association: str, name: str, depth: str, number: int = 0) -> dict[str, Any]:
    """Check one destination at a depth of DEPTHS and note it; `number`: which of the rounds (0: the one that waits).

    Return {ok, code, message, seconds, depth}.
    """
    destination, started = settings.destination(association, name), time.time()
    number = number or due.round_order(settings.state(association), name, started)[0]
    more = {"structure": [], "round": [f"--read-data-subset={number}/{due.ROUNDS}"], "all": ["--read-data"]}[depth]
    result: dict[str, Any] = {"ok": True, "code": "", "message": ""}
    try:
        with locks.hold(f"backup-{association}", patience=1800):
            restic.unlock(destination)
            _complete(destination, settings.settings(association)["keep"])
            restic.run(destination, "check", "--quiet", *more)
    except locks.Busy as busy:
        return {"ok": False, "code": "busy", "message": str(busy), "depth": depth, "seconds": 0.0}
    except Trouble as trouble:
        result = {"ok": False, "code": trouble.code, "message": str(trouble)[:500]}
    _note(
        association, name, {"structure": [0], "round": [number], "all": [0, *range(1, due.ROUNDS + 1)]}[depth], result
    )
    return {**result, "depth": depth, "seconds": round(time.time() - started, 1)}


def _complete(destination: restic.Destination, rules: dict[str, Any]) -> None:
    """Raise Trouble when good snapshots are gone: restic itself finds a repository whole without them.

    Where the server refuses to delete, an admin prunes by age from elsewhere: what is older may be gone.
    """
    lost = record.gone(destination)
    if destination.about.get("append_only"):
        old = [each for each in lost if each["time"] < time.time() - age(str(rules.get("within", "")))]
        record.drop(destination, old)
        lost = [each for each in lost if each not in old]
    if lost:
        names = ", ".join(f"{each['instance']} {each['snapshot'][:8]}" for each in lost[:5])
        raise Trouble("damaged", f"{len(lost)} good snapshots are gone: {names}")


def age(text: str) -> int:
    """Return the seconds of restic's way to say an age (1y2m3d4h), a month and a year at their shortest."""
    units = {"y": 365 * 86400, "m": 28 * 86400, "d": 86400, "h": 3600}
    return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+)([ymdh])", text))


def _note(association: str, name: str, what: list[int], result: dict[str, Any]) -> None:
    """Note how a check ended: 0 is the structure, the other numbers are rounds."""
    known, now = settings.state(association)["destinations"].get(name, {}), time.time()
    structure, rounds = known.get("structure", {}), known.get("rounds", {})
    for number in what:
        if number:
            rounds = due.note_round(rounds, number, now, result["message"], result["code"])
        else:
            structure = due.note_check(structure, now, result["message"], result["code"])
    settings.note(association, "destinations", name, structure=structure or None, rounds=rounds or None)


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
            strays = record.strays(destination)
            if strays:  # no record names them: they are not whole, and must not push out good ones
                restic.run(destination, "forget", "--quiet", *strays)
            restic.run(destination, "forget", *keep(settings.settings(association)["keep"]), "--prune", "--quiet")
            record.drop(destination, record.gone(destination))
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
