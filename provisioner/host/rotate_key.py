"""Give a backup destination a new repository key, or a new SSH key. Every step may be repeated after a power cut.

In restic all keys open one master key: whoever had the old key and a copy of the repository reads that copy for ever.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from . import act, layout, locks, restic, settings
from .progress import Progress
from .restore import SECRETS_BELOW, forget_secrets

MODE = 0o444
REMEMBERED = 5


def rotate(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Rotate a secret of a destination: {association, destination, kind: "key" | "ssh", value, before}.

    Return {rotated: name, old_removed: bool, reason}. Raise Trouble, the old one holding still: the repository cannot
    be reached, or does not let the new SSH key in yet.
    """
    association, kind = request["association"], request["kind"]
    here = settings.destination(association, request["destination"])
    name = f"{kind}_{here.name}"
    path = here.secrets / name
    with _with(here, name, request["value"]) as there, _with(here, name, request["before"]) as before:
        progress.say(f"{association}_{layout.BACKUP}", "changing", destination=here.name)
        if kind == "key" and not _opens(there):
            restic.run(here, "key", "add", "--new-password-file", str(there.secrets / name), "--quiet")
        restic.reach(there)
        old = _current(before) if kind == "key" and request["value"] != request["before"] else ""
        _owe(association, here.name, old)  # first: from the next line on the controller may settle without asking again
        layout.write(path, request["value"], MODE)
        _settle(association, name, request["before"] if request["before"] != request["value"] else "")
        removed, reason = _remove(settings.destination(association, here.name), old)
        _owe(association, here.name, "")
    return {"rotated": name, "old_removed": removed, "reason": reason}


def finish_all() -> None:
    """Take away the old keys of rotations that were cut off in between; a repository out of reach is tried again."""
    for association in settings.associations():
        if not _leaving(association):
            continue
        with suppress(locks.Busy), locks.hold(f"backup-{association}", patience=0):
            for place, old in _leaving(association).items():
                with suppress(restic.Trouble):
                    _finish(association, place, old)


def _leaving(association: str) -> dict[str, str]:
    """Return destination -> the key that is to go."""
    found: dict[str, str] = layout.read_json(layout.state_path(f"{association}_{layout.BACKUP}"), {}).get("leaving", {})
    return found


def _finish(association: str, place: str, old: str) -> None:
    """Take away the old key of one destination, unless it is still the one in use: then nothing had begun."""
    if any(each.name == place for each in settings.destinations(association)):
        here = settings.destination(association, place)
        restic.reach(here)
        if _current(here) not in ("", old):
            _remove(here, old)
    _owe(association, place, "")


def _owe(association: str, place: str, old: str) -> None:
    """Note which key of a destination is to go; "": none any more."""
    leaving = _leaving(association)
    left = {**{key: value for key, value in leaving.items() if key != place}, **({place: old} if old else {})}
    if left != leaving:
        layout.update_state(f"{association}_{layout.BACKUP}", leaving=left)


@contextmanager
def _with(here: restic.Destination, name: str, value: str) -> Iterator[restic.Destination]:
    """Give the destination with another value for one secret, in memory and for root alone."""
    forget_secrets()
    Path(SECRETS_BELOW).mkdir(mode=0o700, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=SECRETS_BELOW, prefix=f"{os.getpid()}."))
    try:
        for each in here.secrets.iterdir():
            layout.write(folder / each.name, each.read_text("utf-8"), 0o600)
        layout.write(folder / name, value, 0o600)
        yield restic.Destination(here.association, here.about, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _opens(destination: restic.Destination) -> bool:
    try:
        restic.reach(destination)
    except restic.Trouble as trouble:
        if trouble.code != "wrong_key":
            raise
        return False
    return True


def _current(destination: restic.Destination) -> str:
    """Return the identifier of the key that a destination is opened with; "" when it does not open."""
    try:
        found = json.loads(restic.run(destination, "key", "list", "--json", "--no-lock", "--quiet") or "[]")
    except restic.Trouble as trouble:
        if trouble.code != "wrong_key":
            raise
        return ""
    return next((str(each["id"]) for each in found if each.get("current")), "")


def _remove(destination: restic.Destination, old: str) -> tuple[bool, str]:
    """Take the old key out of the repository. A server that never deletes keeps it: that is told, not an error."""
    if not old:
        return True, ""
    try:
        restic.run(destination, "key", "remove", old, "--quiet")
    except restic.Trouble as trouble:
        return False, trouble.output.splitlines()[-1] if trouble.output else trouble.code
    return True, ""


def _settle(association: str, key: str, before: str) -> None:
    """Note that the files of the backup's settings are as they should be, and which value is of the past."""
    name = f"{association}_{layout.BACKUP}"
    former = layout.read_json(layout.state_path(name), {}).get("former", {})
    if before and layout.digest(before) not in former.get(key, []):
        former[key] = [*former.get(key, []), layout.digest(before)][-REMEMBERED:]
    layout.update_state(name, settled=act.settled_of(name), former=former)
