"""Delete what has become too old, in every application that does not do so itself, and tell how it stands.

What is to go when is in instance.json (`retention`, from the association's map), how, in service.json (`gdpr.purges`).
"""

from __future__ import annotations

import time
from typing import Any

from . import ageing, docker, layout, locks, log_age, recipes, settings
from .clock import trusted
from .operate import names_of
from .progress import Progress

PATIENCE = 5
TIMEOUT = 3600


def wished(name: str) -> dict[str, dict[str, Any]]:
    """Return key -> {days, settings} of an instance that is there; {} for one that was removed."""
    if layout.read_json(layout.state_path(name), {}).get("removed"):
        return {}
    return dict(recipes.facts_of(name).get("retention", {}))


def noted(name: str) -> dict[str, dict[str, Any]]:
    """Return key -> what is remembered of the last purge."""
    found: dict[str, dict[str, Any]] = layout.read_json(layout.state_path(name), {}).get("purges") or {}
    return found


def purge_due(progress: Progress, now: float | None = None) -> dict[str, Any]:
    """Run every purge of this host that is due, whether or not its association has backups.

    Return instance -> keys. Nothing is deleted while the clock is in doubt.
    """
    moment = time.time() if now is None else now
    if _in_doubt(moment):
        return {}
    hour, done = time.localtime(moment).tm_hour, {}
    for name in _instances():
        before = noted(name)
        waiting = [
            key for key, each in wished(name).items()
            if key in _purges(name) and ageing.due(before.get(key, {}), each["days"], moment, hour)
        ]  # fmt: skip
        if waiting:
            progress.say(name, "purging")
            done[name] = {key: value["ok"] for key, value in purge(name, waiting, moment).items()}
    log_age.trim(log_age.allowed(), moment)
    return done


def _in_doubt(moment: float) -> bool:
    """Note what the clock says; tell whether it cannot be trusted with deleting by age."""
    path = layout.state_root() / "clock.json"
    with layout.alone():
        clock = ageing.note_clock(layout.read_json(path, {}), moment)
        layout.write_json(path, clock)
    return bool(clock["doubt"]) or not all(trusted(settings.state(each), moment) for each in settings.associations())


def purge(name: str, keys: list[str], now: float) -> dict[str, Any]:
    """Run purges of one instance and note how they went. A busy instance is left for the next time."""
    results = {}
    try:
        with locks.hold(f"instance-{name}", patience=PATIENCE):
            for key in keys:
                results[key] = _purge(name, key, now)
    except locks.Busy:
        return results
    return results


def _purge(name: str, key: str, now: float) -> dict[str, Any]:
    days, message = wished(name)[key]["days"], ""
    try:
        for command in _purges(name)[key]["run"]:
            recipes.run(name, command, TIMEOUT, days=str(days))
    except docker.Failed as error:
        message = f"{error} {error.output}".strip()
    before = noted(name)
    found = ageing.note(before.get(key, {}), days, now, message)
    layout.update_state(name, purges={**before, key: found})
    return found


def retention(request: dict[str, Any]) -> dict[str, Any]:
    """Tell how what stays, and what is too old: {associations, only, run: whether to purge first}.

    Answer {instances: name -> key -> {days, settings, aged, ran, ok, message}, logs: place -> {days, oldest_days}}.
    `aged` is None for what an application deletes by a setting: only the application knows.
    """
    names = [name for name in names_of(request["associations"], request.get("only", [])) if wished(name)]
    found, now, run = {}, time.time(), bool(request.get("run"))
    doubt = run and _in_doubt(now)
    for name in names:
        keys = [key for key in wished(name) if key in _purges(name)] if run else []
        done = purge(name, keys, now) if keys and not doubt else {}
        found[name] = {key: _told(name, key) for key in wished(name)}
        for key in set(keys) - set(done):
            found[name][key] |= {"ok": False, "message": "clock" if doubt else "busy"}
    allowed = log_age.allowed()
    logs = {place: {"days": allowed, "oldest_days": oldest} for place, oldest in log_age.measure(time.time()).items()}
    return {"instances": found, "logs": logs}


def _told(name: str, key: str) -> dict[str, Any]:
    each = wished(name)[key]
    result = {"days": each["days"], "settings": each.get("settings", {}), "aged": None, "ran": 0, "ok": True,
              "message": ""}  # fmt: skip
    command = _purges(name).get(key, {}).get("aged")
    if command:
        result |= {word: value for word, value in noted(name).get(key, {}).items() if word in ("ran", "ok", "message")}
        try:
            result["aged"] = int(recipes.run(name, command, TIMEOUT, days=str(each["days"])).strip() or 0)
        except (docker.Failed, ValueError) as error:
            result |= {"ok": False, "message": str(error)}
    return result


def _instances() -> list[str]:
    folders = sorted((layout.root() / "instances").glob("*/compose.yaml"))
    return [path.parent.name for path in folders]


def _purges(name: str) -> dict[str, Any]:
    return dict(recipes.gdpr_of(name).get("purges", {}))


COMMANDS = {"retention": retention}
