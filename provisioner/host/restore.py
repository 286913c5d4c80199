"""What a restore, its undoing and its clean-up are for whoever asks: timers, the controller, a person on the host."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from . import erasures, layout, locks, rebuild, record, switch
from .progress import Progress
from .restic import Destination, Trouble
from .sandbox import NotGood

SECRETS_BELOW = "/run/provisioner"
# The snapshot cannot be read there whole; another destination may hold it.
UNFIT = ("damaged", "unreachable", "incomplete", "failed", "wrong_key", "no_repository")


@contextmanager
def source_of(request: dict[str, Any]) -> Iterator[Destination | None]:
    """Give the destination that a request describes itself (`access`: its public part and secrets), or None.

    Its secrets lie in memory, for root alone, and are gone afterwards.
    """
    access = request.get("access")
    if not access:
        yield None
        return
    forget_secrets()
    Path(SECRETS_BELOW).mkdir(mode=0o700, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=SECRETS_BELOW, prefix=f"{os.getpid()}."))
    try:
        for kind, value in access["secrets"].items():
            layout.write(folder / f"{kind}_{access['about']['name']}", value, 0o600)
        yield Destination(request["association"], access["about"], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def forget_secrets() -> None:
    """Take away the secrets that a killed run left in memory."""
    for folder in Path(SECRETS_BELOW).glob("*.*"):
        if not Path("/proc", folder.name.partition(".")[0]).exists():
            shutil.rmtree(folder, ignore_errors=True)


def restore(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Restore one instance.

    The request: {association, instance, snapshot: "latest" | id | time, destination: name or "", access: see source_of,
    target: {instance, association, domain}, present_images: bool,
    without_erasing: bool (whoever was erased since comes back)}. Return {instance, snapshot, time, version, kept,
    verified, destination, secrets: name -> value}. Raise NotGood, Trouble, NoSnapshot, docker.Failed; the live instance
    is as it was then.
    """
    target = {"instance": request["instance"], "association": request["association"], "domain": "",
              **request.get("target", {})}  # fmt: skip
    name = str(target["instance"])
    with locks.hold(f"restore-{name}", patience=600), source_of(request) as given:
        switch.finish_if_killed(name, progress)
        if given:  # whoever was erased on the other host is not to come back on this one
            erasures.merge(str(target["association"]), record.erasures_in(given))
        where, held, kept, verified = _from_any(request, target, given, progress)
    return {"instance": name, **held, "kept": kept, "verified": verified, "secrets": secrets_of(name),
            "destination": where.name}  # fmt: skip


def secrets_of(name: str) -> dict[str, str]:
    """Return the secrets of an instance as they lie on this host: a snapshot brings back its own."""
    folder = layout.instance_dir(name) / "secrets"
    return {path.name: path.read_text() for path in sorted(folder.iterdir())} if folder.is_dir() else {}


def _from_any(
    request: dict[str, Any], target: dict[str, Any], given: Destination | None, progress: Progress
) -> tuple[Destination, dict[str, Any], str, dict[str, Any]]:
    """Bring an instance back from the first destination that can: one whose data is damaged is passed over."""
    name, trouble, leave = str(target["instance"]), None, bool(request.get("without_erasing"))
    for where, entry in _sources(request, given):
        wanted = rebuild.Wanted(
            where, entry, name, target["domain"], target["association"],
            "" if leave else erasures.salt_of(target["association"]) or str(request.get("salt", "")),
            _present(name) if request.get("present_images") else "",
        )  # fmt: skip
        try:
            return where, *_brought_back(wanted, leave, progress)
        except (Trouble, NotGood) as error:
            if error.code not in UNFIT:
                raise
            trouble = error
            progress.say(name, "failed", destination=where.name, message=str(error))
    raise trouble or record.NoSnapshot(f"none {request['instance']}")


def _brought_back(
    wanted: rebuild.Wanted, leave: bool, progress: Progress
) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """Rebuild an instance and switch to it. Return (what it is held at, the kept state's name, what was verified)."""
    entry, name = wanted.entry, wanted.target
    held = {"version": entry["version"], "snapshot": entry["snapshot"], "time": entry["time"], "unerased": leave}
    with (
        rebuild.rebuilt(wanted, progress.say, "restore") as (box, verified),
        locks.hold(f"instance-{name}", patience=1800),
    ):
        kept = switch.switch(name, box.folder, progress, held)
    return held, kept, verified


def _sources(request: dict[str, Any], given: Destination | None) -> Iterator[tuple[Destination, dict[str, Any]]]:
    """Give where the snapshot wanted can be read from; the next one is for when the one before is damaged or gone."""
    wanted = str(request.get("snapshot", "latest"))
    if given:
        yield given, record.true(given, record.choose(record.read(given), request["instance"], wanted))
        return
    yield from record.candidates(request["association"], request["instance"], wanted, request.get("destination", ""))


def _present(name: str) -> str:
    path = layout.instance_dir(name) / "compose.lock.yaml"
    return path.read_text("utf-8") if path.is_file() else ""


def release(name: str) -> None:
    """Let apply change the version of an instance again after a restore."""
    layout.update_state(name, held=None)
