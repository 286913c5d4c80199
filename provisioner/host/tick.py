"""What a timer asks every few minutes: is anything due? Backups, checks, pruning, practice, alerts."""

from __future__ import annotations

import time
from typing import Any

from . import alerts, backup, checks, drill, due, health, locks, settings
from .progress import Progress


def tick(progress: Progress, now: float | None = None) -> dict[str, Any]:
    """Do what is due for every association of this host, one thing after the other. Return association -> jobs done."""
    return {association: _one(association, progress, now) for association in settings.associations()}


def _one(association: str, progress: Progress, now: float | None) -> list[dict[str, Any]]:
    moment = time.time() if now is None else now
    local = time.localtime(moment)
    config, state = settings.settings(association), settings.state(association)
    known = settings.instances(association)
    jobs = due.due(config, state, moment, local.tm_hour * 60 + local.tm_min, known)
    for part, values in due.clock(state, moment).items():
        settings.note_all(association, **{part: values})
    done = []
    for job in jobs:
        try:
            done.append({**job, "result": _do(association, job, progress)})
        except (locks.Busy, settings.Unknown, OSError) as error:
            done.append({**job, "result": {"ok": False, "message": str(error)}})
    _alert(association, config, known, moment)
    return done


def _do(association: str, job: dict[str, Any], progress: Progress) -> Any:
    kind = job["kind"]
    if kind == "backup":
        return backup.backup(association, job["instances"], progress.say)
    if kind in ("check", "round"):
        return checks.check(association, job["destination"], "structure" if kind == "check" else "round")
    if kind == "prune":
        return checks.prune(association, job["destination"])
    return drill.drill({"association": association, "only": [job["instance"]]}, progress)


def _alert(association: str, config: dict[str, Any], known: list[str], now: float) -> None:
    state = settings.state(association)
    found = health.conditions(config, state, now, known)
    texts, alerted = alerts.decide(found, state["alerted"], now)
    if texts and not alerts.send(config, settings.folder_of(association) / "secrets", texts):
        return  # told at the next tick
    settings.note_all(association, alerted=alerted)
