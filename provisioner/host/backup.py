"""Back up instances: quiesce, dump, read everything in one snapshot, copy it to the other destinations, note it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import docker, dumps, generations, layout, locks, quiet, record, restic, settings
from .fill import fill_command
from .inside import seen_as
from .restic import Destination, Trouble

Say = Callable[..., None]
PATIENCE = 1800


def backup(association: str, only: list[str], say: Say, patience: float = 5) -> dict[str, Any]:
    """Back up the instances of an association (or only some) to every destination, then write each one's record.

    Return {instances: name -> destination -> {ok, ...}, records: destination -> {ok, ...}}. Raise Busy when another
    backup, check or pruning of the association takes longer than `patience` seconds.
    """
    with locks.hold(f"backup-{association}", patience=patience):
        wanted = [name for name in settings.instances(association) if not only or name in only]
        places = settings.destinations(association)
        ready = {each.name: _ready(each, places[0]) for each in places}
        results = {name: _safely(association, name, ready, say) for name in wanted}
        records = {each.name: _record(association, each, ready[each.name]) for each in places}
        tidy(association)
    return {"instances": results, "records": records}


def _ready(destination: Destination, first: Destination) -> str:
    """Make sure the repository is there. Return what is wrong, "" when all is well.

    One that held good snapshots is never made anew: its disk is not mounted, or it was lost, and that must be told. It
    is not asked beforehand either: the backup itself shows.
    """
    if layout.read_json(record.local(destination.association, destination.name), []):
        return ""
    try:
        if not restic.exists(destination):
            like = None
            with suppress(Trouble):
                like = first if destination != first and copies(first, destination) and restic.exists(first) else None
            restic.create(destination, like)
    except Trouble as trouble:
        return str(trouble)
    return ""


def copies(first: Destination, other: Destination) -> bool:
    """Tell whether restic can copy from one to the other: two of a kind would need two logins in one environment."""
    return first.kind == "path" or first.kind != other.kind


def _copyable(name: str, source: Destination, other: Destination) -> bool:
    """Tell whether a destination is to be copied to. After a failure it is read anew: the source may be damaged."""
    state = settings.state(other.association)["instances"].get(name, {}).get(other.name, {})
    return copies(source, other) and "failed" not in state


def _safely(association: str, name: str, ready: dict[str, str], say: Say) -> dict[str, Any]:
    """Back up one instance. Whatever goes wrong is its own failure, noted for each destination it did not reach."""
    say(name, "backing up")
    started, work = time.time(), _work(name)
    results: dict[str, dict[str, Any]] = {
        each.name: {"ok": False, "message": ready[each.name]}
        for each in settings.destinations(association)
        if ready[each.name]
    }
    waiting = [each for each in settings.destinations(association) if not ready[each.name]]
    try:
        with locks.hold(f"instance-{name}", patience=PATIENCE):
            source = _read(name, work, waiting, results, say)
        for other in waiting:
            say(name, "copying", destination=other.name)
            results[other.name] = _copied(source, other, name, results[source.name]) if source else _nothing()
    except (dumps.BadDump, docker.Failed, locks.Busy, OSError, Trouble, KeyError) as error:
        lines = getattr(error, "output", "").splitlines()
        message = f"{error}" + (f": {lines[-1]}" if lines and lines[-1] not in str(error) else "")
        results |= {each.name: {"ok": False, "message": message} for each in waiting if each.name not in results}
    finally:
        shutil.rmtree(work, ignore_errors=True)
    for key, result in results.items():
        _note(association, name, key, result, started)
    good = all(result["ok"] for result in results.values())
    say(name, "done" if good else "failed", message="; ".join(r["message"] for r in results.values() if not r["ok"]))
    return results


def _nothing() -> dict[str, Any]:
    return {"ok": False, "message": "failed: no destination took the data to copy from"}


def _work(name: str) -> Path:
    """Return an empty folder for dumps that only root can enter."""
    work = layout.state_root() / "work" / name
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    work.parent.chmod(0o700)
    return work


def _read(
    name: str, work: Path, waiting: list[Destination], results: dict[str, dict[str, Any]], say: Say
) -> Destination | None:
    """Read one instance whole, while it keeps quiet, into the first destination that takes it, and return that one.

    What is left in `waiting` afterwards can be copied from there.
    """
    recipe = layout.read_json(layout.instance_dir(name) / "service.json", {})["backup"]
    with quiet.kept(name, recipe):
        real = generations.configuration(layout.instance_dir(name))
        before = counts(name, recipe)
        dumped = dumps.take(name, recipe, work)
        manifest = describe(name, recipe, real, dumped, before)
        layout.write_json(work / "manifest.json", manifest, 0o600)
        places = _places(name, recipe, real, work)
        source = None
        while waiting and not (source and all(_copyable(name, source, other) for other in waiting)):
            each = waiting.pop(0)
            say(name, "reading", destination=each.name)
            results[each.name] = _direct(each, name, places, manifest)
            source = source or (each if results[each.name]["ok"] else None)
    return source


def describe(
    name: str, recipe: dict[str, Any], real: dict[str, Any], dumped: dict[str, Any], before: dict[str, int]
) -> dict[str, Any]:
    """Return the manifest of a snapshot: whose it is, what ran, what is in it, what a restore must find again.

    `real` is Compose's own reading of the instance. People go on working: a count lies between before and now.
    """
    facts = layout.read_json(layout.instance_dir(name) / "instance.json", {})
    now = counts(name, recipe)
    ports = layout.read_json(layout.state_root() / "ports.json", {})
    probe = layout.read_json(layout.state_path(name), {}).get("probe", {})
    return {
        "format": 1,
        "instance": name,
        **{key: facts[key] for key in ("association", "service", "version", "variables")},
        "time": int(time.time()),
        "images": {container: about["image"] for container, about in real["services"].items()},
        "ports": {slot: port for slot, port in ports.items() if slot.partition("#")[0] == name},
        "volumes": {volume: measure(path) for volume, path in _volumes(recipe, real).items()},
        "dumps": dumped,
        "counts": {key: sorted((before[key], now[key])) for key in now},
        "probe": {"marker": probe["marker"], "time": probe["time"]} if probe.get("ok") else {},
    }


def measure(folder: Path) -> dict[str, int]:
    """Return how many files a folder holds, and their bytes. What goes away meanwhile does not count."""
    files = size = 0
    for where, _folders, names in os.walk(folder):
        for each in names:
            with suppress(FileNotFoundError):
                size += (Path(where) / each).lstat().st_size
                files += 1
    return {"files": files, "bytes": size}


def counts(name: str, recipe: dict[str, Any]) -> dict[str, int]:
    """Return what the service counts of itself: name -> number."""
    return {key: count(layout.instance_dir(name), each) for key, each in recipe.get("counts", {}).items()}


def count(folder: Path, command: dict[str, Any], env: dict[str, str] | None = None) -> int:
    """Run one counting command of an instance. Raise docker.Failed when what it prints is no number."""
    facts = layout.read_json(folder / "instance.json", {})
    text = docker.run(docker.execute(command["in"], fill_command(command["run"], facts)), cwd=folder, env=env)
    try:
        return int(text.strip())
    except ValueError:
        raise docker.Failed(f"a count in {command['in']} gave {text.strip()[:60]!r}, not a number") from None


def _volumes(recipe: dict[str, Any], real: dict[str, Any]) -> dict[str, Path]:
    return {volume: generations.place(real["volumes"][volume]["name"]) for volume in recipe.get("volumes", [])}


def _places(name: str, recipe: dict[str, Any], real: dict[str, Any], work: Path) -> dict[str, Path]:
    volumes = {f"volumes/{volume}": path for volume, path in _volumes(recipe, real).items()}
    return {"recipe": layout.instance_dir(name), "dumps": work, **volumes}


def _direct(destination: Destination, name: str, places: dict[str, Path], manifest: dict[str, Any]) -> dict[str, Any]:
    """Read live data into a destination. A file that could not be read is a failure; one more try comes first."""
    words = ["backup", "--json", "--quiet", "--host", name, "--tag", restic.TAG, "--tag", str(manifest["version"])]
    started = time.monotonic()
    for attempt in (1, 2):
        try:
            output = restic.run(
                destination, *words, "--time", _stamp(manifest["time"]), str(layout.snapshot_dir()),
                inside=seen_as(places),
            )  # fmt: skip
            result = restic.whole(destination, name, restic.summary(output))
            return {"ok": True, **result, "manifest": manifest, "seconds": round(time.monotonic() - started, 1)}
        except Trouble as trouble:
            if trouble.code == "partly":
                _forget_bad(destination, name, manifest)
            if trouble.code != "partly" or attempt == 2:
                return {"ok": False, "message": str(trouble), "details": trouble.output}
    raise AssertionError("unreachable")


def _stamp(when: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(when))


def _forget_bad(destination: Destination, name: str, manifest: dict[str, Any]) -> None:
    """Take away a snapshot that is not whole. Where that is refused it stays, but no record ever names it."""
    with suppress(Trouble):
        for each in restic.snapshots(destination, name):
            if str(each["time"])[:19] == time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(manifest["time"])):
                restic.run(destination, "forget", "--quiet", str(each["id"]))


def _copied(source: Destination, target: Destination, name: str, first: dict[str, Any]) -> dict[str, Any]:
    """Copy a snapshot from one destination to another."""
    started = time.monotonic()
    try:
        restic.run(target, "copy", "--quiet", first["snapshot"], source=source)
        found = [each for each in restic.snapshots(target, name) if each.get("original") == first["snapshot"]]
        if not found:
            return {"ok": False, "message": "failed: the copied snapshot is not there"}
    except Trouble as trouble:
        return {"ok": False, "message": str(trouble), "details": trouble.output}
    return {**first, "snapshot": found[-1]["id"], "seconds": round(time.monotonic() - started, 1)}


def _note(association: str, name: str, destination: str, result: dict[str, Any], started: float) -> None:
    """Note how it went; a good one also goes into the list of good snapshots, which the record will hold."""
    if not result["ok"]:
        before = settings.state(association)["instances"].get(name, {}).get(destination, {})
        failed = {"time": int(started), "message": result["message"][:500]}
        settings.note(association, "instances", name, **{destination: {**before, "failed": failed}})
        return
    before = settings.state(association)["instances"].get(name, {}).get(destination, {}).get("good", {})
    good = {key: result[key] for key in ("snapshot", "seconds", "bytes", "files", "added")}
    good |= {"time": result["manifest"]["time"], "bytes_before": before.get("bytes", 0)}
    settings.note(association, "instances", name, **{destination: {"good": good}})
    record.add(association, destination, {"snapshot": result["snapshot"], **result["manifest"]})


def _record(association: str, destination: Destination, trouble: str) -> dict[str, Any]:
    if trouble:
        return {"ok": False, "message": trouble}
    try:
        record.write(destination)
    except (Trouble, OSError) as error:
        settings.note(association, "destinations", destination.name, record_failed=str(error))
        return {"ok": False, "message": str(error)}
    settings.note(association, "destinations", destination.name, record={"time": int(time.time())}, record_failed=None)
    return {"ok": True}


def tidy(association: str) -> None:
    """Keep nothing a killed run of this association left: dumps are members' data in the clear.

    The caller holds the association's lock; other associations may be in the middle of a backup.
    """
    for work in (layout.state_root() / "work").glob(f"{association}_*"):
        shutil.rmtree(work, ignore_errors=True)


def tidy_all() -> None:
    """Keep nothing that any killed run left; where a backup lives its dumps stay."""
    for association in {work.name.partition("_")[0] for work in (layout.state_root() / "work").glob("*_*")}:
        with suppress(locks.Busy), locks.hold(f"backup-{association}", patience=0):
            tidy(association)
