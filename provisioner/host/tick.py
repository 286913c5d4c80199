"""What a timer asks every few minutes: is anything due? Backups, checks, pruning, practice, alerts."""

from __future__ import annotations

import time
from typing import Any

from . import alerts, backup, checks, clock, docker, drill, due, health, locks, retention, settings
from .progress import Progress


def tick(progress: Progress, now: float | None = None) -> dict[str, Any]:
    """Do what is due for every association of this host, one thing after the other. Return association -> jobs done."""
    return {association: _one(association, progress, now) for association in settings.associations()}


def _one(association: str, progress: Progress, now: float | None) -> list[dict[str, Any]]:
    """Note the time, do what is due, and tell people what is wrong, even when a job ended unexpectedly."""
    moment = time.time() if now is None else now
    local, known = time.localtime(moment), settings.instances(association)
    minutes = local.tm_hour * 60 + local.tm_min
    config, state = settings.settings(association), settings.state(association)
    settings.note_all(association, **clock.note_tick(config, state, known, moment, minutes))
    try:
        return _all_due(association, config, known, now, progress)
    finally:
        after = time.time() if now is None else now
        state = {**settings.state(association), "purges": {name: retention.noted(name) for name in known}}
        found = health.conditions(config, state, after, known)
        told = alerts.tell(config, settings.folder_of(association) / "secrets", state, found, after)
        settings.note_all(association, **told)


def _all_due(
    association: str, config: dict[str, Any], known: list[str], fixed: float | None, progress: Progress
) -> list[dict[str, Any]]:
    """Do one job after the other, asking anew each time: the night may be over. All backups go in one run."""
    done: list[dict[str, Any]] = []
    tried: set[str] = set()
    while True:
        moment = time.time() if fixed is None else fixed
        local = time.localtime(moment)
        state = settings.state(association)
        jobs = due.due(config, state, known, moment, local.tm_hour * 60 + local.tm_min)
        saving = sorted({job["instance"] for job in jobs if job["kind"] == "backup"})
        if saving and "backup" not in tried:
            jobs = [{"kind": "backup", "instance": "", "destination": "", "instances": saving}]
        waiting = [job for job in jobs if _key(job) not in tried and (job["kind"] != "backup" or "instances" in job)]
        if not waiting:
            return done
        tried.add(_key(waiting[0]))
        done.append({**waiting[0], "result": _do(association, waiting[0], progress)})


def _key(job: dict[str, Any]) -> str:
    return "backup" if job["kind"] == "backup" else f"{job['kind']} {job['instance']} {job['destination']}"


def _do(association: str, job: dict[str, Any], progress: Progress) -> Any:
    """Do one job. Return what came of it; what it could not do is noted where health looks for it."""
    kind, name = job["kind"], job["instance"]
    try:
        if kind == "backup":
            return backup.backup(association, job["instances"], progress.say)
        if kind in ("check", "round"):
            depth = "structure" if kind == "check" else "round"
            return checks.check(association, job["destination"], depth, job.get("round", 0))
        if kind == "prune":
            return checks.prune(association, job["destination"])
        return {"ok": drill.drill({"association": association, "only": [name]}, progress)["ok"]}
    except (locks.Busy, settings.Unknown, docker.Failed, OSError) as error:
        return {"ok": False, "message": str(error)}
