"""Give an instance new values for its secrets. Cut off at any moment, it ends with the old or the new ones everywhere.

A journal and both values lie in a folder for root alone until the end: state/rotations/<instance>.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import act, docker, layout, locks, operate, rotate_steps
from .leftovers import acting, end_commands
from .observe import container_state
from .progress import Progress

NEW, OLD = "new", "old"
REMEMBERED = 5


class NotProved(Exception):
    """With the new values the application does not read what was written in it before."""


# Busy too: said of a rotation that has begun, it would make the controller forget the new values.
TROUBLE = (docker.Failed, locks.Busy, OSError, NotProved)


class Refused(Exception):
    """Nothing was begun; the message is a word for the controller."""


def folder_of(name: str) -> Path:
    """Return the folder of an instance's rotation that is under way."""
    return layout.state_root() / "rotations" / name


def _journal(name: str) -> Path:
    return folder_of(name) / "journal.json"


def rotate(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Rotate secrets of one instance: {instance, secrets: name -> new value, how: name -> Secret.rotate as data}.

    Return {rotated: names, proved: bool}, or {refused: code, message} once the old values hold again ("stuck": not
    yet; it is tried again by the timer). Raise Busy or Refused when nothing was begun.
    """
    name = str(request["instance"])
    with locks.hold(f"restore-{name}", patience=5), locks.hold(f"instance-{name}", patience=5):
        if _journal(name).is_file():
            finish_killed(name, progress)
            if _journal(name).is_file():
                raise Refused("stuck")
        _check(name, list(request["secrets"]))
        _begin(name, request)
        return _forward_or_back(name, progress)


def _check(name: str, names: list[str]) -> None:
    """Raise Refused unless the instance runs well and has these secrets."""
    folder = layout.instance_dir(name)
    facts = layout.read_json(folder / "instance.json", {})
    state = layout.read_json(layout.state_path(name), {})
    if not facts or state.get("removed") or not state.get("settled"):
        raise Refused("not_running")
    if any(not (folder / "secrets" / each).is_file() for each in names):
        raise Refused("no_secret")
    labels = ("com.docker.compose.project", "com.docker.compose.service")
    found = {
        item["Config"]["Labels"][labels[1]]: container_state(item)
        for item in docker.containers()
        if item["Config"]["Labels"][labels[0]] == name
    }
    for container in facts["containers"]:
        real = found.get(container, {})
        if real.get("state") != "running" or real.get("health") == "unhealthy":
            raise Refused("not_running")


def _begin(name: str, request: dict[str, Any]) -> None:
    """Write both values, then the journal: from then on the rotation is under way."""
    folder, state = folder_of(name), layout.read_json(layout.state_path(name), {})
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "secrets").mkdir(parents=True)
    for each in (folder.parent, folder):
        each.chmod(0o700)
    for key, value in request["secrets"].items():
        layout.write(folder / "secrets" / f"{NEW}.{key}", value, 0o600)
        layout.write(folder / "secrets" / f"{OLD}.{key}", _secret(name, key).read_text("utf-8"), 0o600)
    marker = (state.get("probe") or {}).get("marker", "") if (state.get("probe") or {}).get("ok") else ""
    proved = bool(marker) and operate.probe_instance(name, marker, write=False)["ok"]
    note = {"towards": NEW, "how": {key: request["how"][key] for key in request["secrets"]},
            "marker": marker if proved else "", "acting": acting()}  # fmt: skip
    layout.write_json(_journal(name), note, 0o600)


def _secret(name: str, key: str) -> Path:
    return layout.instance_dir(name) / "secrets" / key


def _values(name: str, which: str) -> dict[str, str]:
    found = (folder_of(name) / "secrets").glob(f"{which}.*")
    return {path.name.partition(".")[2]: path.read_text("utf-8") for path in sorted(found)}


def _forward_or_back(name: str, progress: Progress) -> dict[str, Any]:
    """Go where the journal says; when the new values cannot hold, go back to the old ones."""
    note = layout.read_json(_journal(name), {})
    reason = "an earlier rotation was taken back"
    if note["towards"] == NEW:
        try:
            _change(name, note, progress)
            return _end(name, note)
        except TROUBLE as error:
            reason = _told(error)
            progress.say(name, "going back", message=reason)
            note = {**note, "towards": OLD}
            layout.write_json(_journal(name), note, 0o600)
    try:
        _change(name, note, progress)
    except TROUBLE as error:
        return {"refused": "stuck", "message": f"{reason}; {_told(error)}"}
    _end(name, note)
    return {"refused": "went_back", "message": reason}


def _told(error: Exception) -> str:
    output = getattr(error, "output", "")
    return f"{error}" + (f": {output.splitlines()[-1]}" if output else "")


def _change(name: str, note: dict[str, Any], progress: Progress) -> None:
    """Make the values the journal wants hold everywhere, whichever held before. Each step may be repeated."""
    wanted, others = _values(name, note["towards"]), _values(name, OLD if note["towards"] == NEW else NEW)
    folder = layout.instance_dir(name)
    needed = sorted({each for how in note["how"].values() for each in rotate_steps.containers(how)})
    progress.say(name, "changing")
    if needed:
        docker.run(docker.compose("up", "--detach", "--no-recreate", "--no-deps", "--wait", *needed), cwd=folder)
    for key, how in note["how"].items():
        rotate_steps.before(name, how, wanted[key], others[key])
    layout.update_state(name, recreate=True, settled="")
    for key, value in wanted.items():
        layout.write(_secret(name, key), value, 0o444)
    act.bring_up(layout.read_json(folder / "instance.json", {}), name, progress)
    for key, how in note["how"].items():
        rotate_steps.after(name, how, wanted[key], others[key])
    if note["marker"] and note["towards"] == NEW:
        progress.say(name, "verifying")
        found = operate.probe_instance(name, note["marker"], write=False)
        if not found["ok"]:
            raise NotProved(found["message"])


def _end(name: str, note: dict[str, Any]) -> dict[str, Any]:
    """Remember which values are of the past, and forget the journal first: without it nothing is under way."""
    if note["towards"] == NEW:
        state = layout.read_json(layout.state_path(name), {})
        former = {key: list(seen) for key, seen in state.get("former", {}).items()}
        for key, value in _values(name, OLD).items():
            former[key] = [*former.get(key, []), layout.digest(value)][-REMEMBERED:]
        when = {**state.get("rotated", {}), **dict.fromkeys(note["how"], int(time.time()))}
        layout.update_state(name, former=former, rotated=when)
    _journal(name).unlink(missing_ok=True)
    shutil.rmtree(folder_of(name), ignore_errors=True)
    return {"rotated": sorted(note["how"]), "proved": bool(note["marker"])}


def finish_killed(name: str, progress: Progress) -> dict[str, Any]:
    """End a rotation that was cut off; the caller holds the locks of the instance."""
    end_commands(layout.read_json(_journal(name), {}).get("acting", {}))
    return _forward_or_back(name, progress)


def finish_all(progress: Progress) -> None:
    """End every rotation on this host that was cut off; one that lives holds its lock and is left alone.

    One that had not begun, or was over, leaves its values behind: they go.
    """
    for folder in sorted((layout.state_root() / "rotations").glob("*")):
        name = folder.name
        with suppress(locks.Busy), locks.hold(f"restore-{name}", patience=0), locks.hold(f"instance-{name}", 0):
            if _journal(name).is_file():
                finish_killed(name, progress)
            else:
                shutil.rmtree(folder, ignore_errors=True)


def holds(request: dict[str, Any]) -> dict[str, Any]:
    """Tell which values lie on this host, without telling any: {instances: name -> secret -> {salt, digest}}.

    Answer {instances: name -> secret -> "same", "other" or "missing", unfinished: names}. While somebody works on an
    instance nobody can tell what will hold there: that is unfinished too.
    """
    unfinished = [name for name in request["instances"] if _worked_on(name) or _journal(name).is_file()]
    found = {
        name: {key: _compared(_secret(name, key), asked) for key, asked in secrets.items()}
        for name, secrets in request["instances"].items()
    }
    return {"instances": found, "unfinished": unfinished}


def _worked_on(name: str) -> bool:
    try:
        with locks.hold(f"instance-{name}", patience=0):
            return False
    except locks.Busy:
        return True


def _compared(path: Path, asked: dict[str, str]) -> str:
    if not path.is_file():
        return "missing"
    here = hashlib.sha256((asked["salt"] + path.read_text("utf-8")).encode()).hexdigest()
    return "same" if here == asked["digest"] else "other"
