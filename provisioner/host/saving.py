"""The commands around backups, as timers and the controller call them. Requests and answers are JSON."""

from __future__ import annotations

import base64
import os
import time
from contextlib import suppress
from typing import Any

from . import backup as backups
from . import (
    checks,
    drill,
    egress,
    erasures,
    locks,
    quiet,
    record,
    restic,
    restore,
    retention,
    rotate,
    settings,
    switch,
)
from . import tick as ticks
from .leftovers import end_killed, take_over
from .operate import names_of
from .progress import Telling
from .rotate_key import finish_all as finish_keys
from .sandbox import NotGood

Answer = dict[str, Any]


def said() -> Telling:
    """Return what tells each step on standard output, a JSON line each, before the answer."""
    return Telling(f"{int(time.time())}-{os.getpid()}")


def backup(request: Answer) -> Answer:
    """Back up now: {associations, only, patience: seconds}. Answer association -> what backup() returns."""
    telling, patience = said(), request.get("patience", 5)
    resume({})
    return {
        each: backups.backup(each, _full(each, request.get("only", [])), telling.say, patience)
        for each in request["associations"]
    }


def _full(association: str, only: list[str]) -> list[str]:
    """Return full names of instances for what a person asks for: a service's name does. Raise Unknown for others."""
    for word in only:
        if not names_of([association], [word]):
            raise settings.Unknown(f"no_instance {word}")
    return names_of([association], only) if only else []


def snapshots(request: Answer) -> Answer:
    """List good snapshots: {association, access?}. Answer destination -> {snapshots} or {trouble}."""
    with restore.source_of(request) as given:
        if given:
            return {given.name: {"snapshots": record.read(given)}}
        return record.entries(request["association"])


def restored(request: Answer) -> Answer:
    """Restore an instance (see restore.restore). Answer it, or {refused: code, message}: nothing was changed then."""
    telling = said()
    with locks.hold(patience=60):
        take_over()
        try:
            return restore.restore(request, telling)
        except (NotGood, restic.Trouble) as error:
            return {"refused": error.code, "message": str(error)}
        except record.NoSnapshot as error:
            return {"refused": "no_snapshot", "message": str(error)}


def kept(request: Answer) -> Answer:
    """List what restores replaced: {instance}. Answer {kept: names, oldest first}."""
    return {"kept": switch.kept(request["instance"])}


def undo(request: Answer) -> Answer:
    """Put back what the last restore of an instance replaced: {instance}. Answer {kept: the other one, secrets}."""
    telling, name = said(), request["instance"]
    with locks.hold(patience=60), locks.hold(f"restore-{name}", patience=60):
        take_over()
        switch.finish_if_killed(name, telling)
        with locks.hold(f"instance-{name}"):
            return {"kept": switch.undo(name, telling), "secrets": restore.secrets_of(name)}


def drop(request: Answer) -> Answer:
    """Take a kept state of an instance away with its data: {instance, kept}."""
    with locks.hold(patience=60):
        switch.drop(request["instance"], request["kept"])
    return {"dropped": request["kept"]}


def release(request: Answer) -> Answer:
    """Let apply change the version of a restored instance again: {instance}."""
    restore.release(request["instance"])
    return {"released": request["instance"]}


def drilled(request: Answer) -> Answer:
    """Restore for practice (see drill.drill)."""
    only = _full(request["association"], request.get("only", []))
    return drill.drill({**request, "only": only}, said())


def check(request: Answer) -> Answer:
    """Check destinations: {association, destination: "" for all, depth}. Answer destination -> {ok, ...}."""
    names = [each.name for each in settings.destinations(request["association"])]
    wanted = [name for name in names if request.get("destination", "") in ("", name)]
    return {name: checks.check(request["association"], name, request["depth"]) for name in wanted}


def prune(request: Answer) -> Answer:
    """Let old snapshots go: {association, destination: "" for all that allow it}. Answer destination -> {ok, ...}."""
    found = settings.destinations(request["association"])
    wanted = [each.name for each in found if request.get("destination", "") in ("", each.name)]
    return {name: checks.prune(request["association"], name) for name in wanted}


def tick(request: Answer) -> Answer:
    """Do what is due now; a timer calls this."""
    telling = said()
    egress.refresh_quietly(again=True)
    resume({})
    purged: Answer = {}
    try:
        purged = retention.purge_due(telling, request.get("now"))
    except Exception as error:
        purged = {"trouble": f"{type(error).__name__}: {error}"}
    return {**ticks.tick(telling, request.get("now")), **({"purged": purged} if purged else {})}


def resume(_request: Answer) -> Answer:
    """End what was killed: restores that were cut off, applications that a backup left quiet, dumps in the clear.

    What lives holds its lock and is left alone.
    """
    telling = said()
    egress.refresh_quietly()
    restore.forget_secrets()
    with suppress(locks.Busy), locks.hold(patience=0):
        end_killed()
        switch.finish_all(telling)
        rotate.finish_all(telling)
    finish_keys()
    backups.tidy_all()
    return {"woken": quiet.wake_all(telling.say)}


def outgoing(_request: Answer) -> Answer:
    """Look up anew what containers may reach, and load it. Answer {changed, unknown}."""
    return egress.refresh(again=True)


def recover(request: Answer) -> Answer:
    """Tell what a destination holds: {association, access}. Answer files (base64), snapshots, erasures."""
    with restore.source_of(request) as given:
        if given is None:
            return {"refused": "no_access"}
        try:
            return {"snapshots": record.read(given), "files": _files(given), "erasures": record.erasures_in(given)}
        except restic.Trouble as trouble:
            return {"refused": trouble.code, "message": trouble.output}


def _files(given: restic.Destination) -> dict[str, str]:
    """Return path -> base64 of each file of the settings folder in the latest record that holds them."""
    for identifier in record.records(given):
        found = record.files(given, identifier)
        if "backup.json" in found:
            return {path: base64.b64encode(data).decode() for path, data in found.items()}
    raise restic.Trouble("no_record", "the destination holds no record")


def erased(request: Answer) -> Answer:
    """Add to the ledger of erased people: {association, entries} from a record, or {association, service, subject}."""
    association = request["association"]
    if "entries" in request:
        erasures.merge(association, request["entries"])
    elif salt := erasures.salt_of(association):  # without one anybody could guess who it is
        erasures.add(association, salt, request["service"], [request["subject"]])
    return {"known": len(erasures.read(association))}


COMMANDS = {
    "backup": backup, "snapshots": snapshots, "restore": restored, "kept": kept, "undo": undo, "drop": drop,
    "release": release, "drill": drilled, "check": check, "prune": prune, "tick": tick, "resume": resume,
    "recover": recover, "erased": erased, "egress": outgoing,
}  # fmt: skip
