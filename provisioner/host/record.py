"""The record: a destination's own list of good snapshots, kept in the destination itself with all a bare host needs."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from . import erasures, layout, restic, settings
from .inside import seen_as
from .restic import Destination, Trouble

FILE = "record.json"
DAY = 86400
TAKE_OVER = "take-over"  # this host is new here: the destination knows more than it does


class NoSnapshot(Exception):
    """No good snapshot fits what was asked for; the message is a word for the controller, then details."""


def local(association: str, destination: str) -> Path:
    """Return this host's copy of a destination's list."""
    return layout.state_root() / "backup" / association / destination / FILE


def add(association: str, destination: str, entry: dict[str, Any]) -> None:
    """Add a good snapshot to this host's copy of the list."""
    path = local(association, destination)
    if not path.is_file():
        layout.write(path.parent / TAKE_OVER, "")
    layout.write_json(path, [*layout.read_json(path, []), entry], 0o600)


def write(destination: Destination) -> None:
    """Write the record into the destination: the list, the settings with all keys and logins, the erasures.

    A host without a list of its own (it was rebuilt) takes over what the destination knows.
    """
    association, path = destination.association, local(destination.association, destination.name)
    if not path.is_file() or (path.parent / TAKE_OVER).is_file():
        _take_over(destination, path)
    folder = settings.folder_of(association)
    places = {"recipe": folder, "record": path.parent, "erasures": erasures.folder(association)}
    restic.run(
        destination, "backup", "--json", "--quiet", "--host", folder.name, "--tag", restic.TAG,
        str(layout.snapshot_dir()), inside=seen_as(places),
    )  # fmt: skip


def _take_over(destination: Destination, path: Path) -> None:
    known = {each["snapshot"]: each for each in [*read(destination), *layout.read_json(path, [])]}
    layout.write_json(path, sorted(known.values(), key=lambda each: each["time"]), 0o600)
    (path.parent / TAKE_OVER).unlink(missing_ok=True)


def gone(destination: Destination) -> list[dict[str, Any]]:
    """Return what this host's copy of the list names and the destination holds no more."""
    there = {each["id"] for each in restic.snapshots(destination)}
    mine = layout.read_json(local(destination.association, destination.name), [])
    return [each for each in mine if each["snapshot"] not in there]


def strays(destination: Destination) -> list[str]:
    """Return snapshots of instances that no record names: those of killed or failed runs, a day old or more.

    None where this host does not know the whole list itself.
    """
    path = local(destination.association, destination.name)
    if not path.is_file() or (path.parent / TAKE_OVER).is_file():
        return []
    known = {each["snapshot"] for each in [*layout.read_json(path, []), *read(destination)]}
    ours = [each for each in restic.snapshots(destination) if restic.TAG in (each.get("tags") or [])]
    unknown = [each for each in ours if each["id"] not in known and not _is_record(each, destination.association)]
    return [each["id"] for each in unknown if moment_of(str(each["time"])) < time.time() - DAY]


def drop(destination: Destination, entries: list[dict[str, Any]]) -> None:
    """Take entries out of this host's copy of the list."""
    path, away = local(destination.association, destination.name), {each["snapshot"] for each in entries}
    if away:
        kept = [each for each in layout.read_json(path, []) if each["snapshot"] not in away]
        layout.write_json(path, kept, 0o600)


def read(destination: Destination) -> list[dict[str, Any]]:
    """Return the good snapshots that the destination holds, oldest first; none when it has no record yet.

    Whoever took this host over can add records that lie. So an entry counts when its snapshot is there and is of the
    instance and the time that the entry tells, and older records are read while some snapshot is not accounted for.
    """
    restic.reach(destination)
    found = {each["id"]: each for each in restic.snapshots(destination)}
    records = of_association(found.values(), destination.association)
    waiting = {key for key, each in found.items() if restic.TAG in (each.get("tags") or []) and each not in records}
    entries: dict[str, dict[str, Any]] = {}
    for each in records:
        if waiting <= set(entries):
            break
        for entry in _entries(destination, each["id"]):
            key = entry.get("snapshot", "")
            if key not in entries and key in found and _fits(entry, found[key]):
                entries[key] = entry
    return sorted(entries.values(), key=lambda entry: entry["time"])


def of_association(snapshots: Iterable[dict[str, Any]], association: str) -> list[dict[str, Any]]:
    """Return the records among snapshots, newest first."""
    mine = [each for each in snapshots if _is_record(each, association)]
    return sorted(mine, key=lambda each: str(each["time"]), reverse=True)


def _is_record(snapshot: dict[str, Any], association: str) -> bool:
    return bool(snapshot["hostname"] == f"{association}_{layout.BACKUP}")


def records(destination: Destination) -> list[str]:
    """Return the records that a destination holds, newest first."""
    restic.reach(destination)
    return [each["id"] for each in of_association(restic.snapshots(destination), destination.association)]


def _fits(entry: dict[str, Any], snapshot: dict[str, Any]) -> bool:
    """Tell whether an entry may speak of a snapshot: restic itself knows whose it is and when it was made."""
    return entry.get("instance") == snapshot["hostname"] and entry.get("time") == moment_of(str(snapshot["time"]))


def moment_of(text: str) -> int:
    """Return the seconds since 1970 of restic's own time (RFC 3339, up to nanoseconds)."""
    plain = re.sub(r"\.\d+", "", text).replace("Z", "+00:00")
    return int(datetime.fromisoformat(plain).timestamp())


def _entries(destination: Destination, identifier: str) -> list[dict[str, Any]]:
    """Return the list in one record; empty when it cannot be read. A record never changes: it is read only once."""
    path = layout.state_root() / "cache" / "records" / f"{identifier}.json"
    found = layout.read_json(path, None)
    if found is None:
        try:
            found = json.loads(restic.run(destination, "dump", identifier, f"{layout.snapshot_dir()}/record/{FILE}"))
        except Trouble as trouble:
            if trouble.code == "unreachable":
                raise
            return []
        except ValueError:
            return []
        layout.write_json(path, found, 0o600)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def true(destination: Destination, entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry with what its snapshot says of itself, which no later record can change. Raise Trouble."""
    path = f"{layout.snapshot_dir()}/dumps/manifest.json"
    try:
        manifest = json.loads(restic.run(destination, "dump", entry["snapshot"], path))
    except ValueError as error:
        raise Trouble("damaged", "the snapshot does not say what is in it") from error
    return {**manifest, "snapshot": entry["snapshot"]}


def choose(entries: list[dict[str, Any]], name: str, wanted: str) -> dict[str, Any]:
    """Given good snapshots, an instance and "latest", an id or a time (ISO 8601), return the one that is meant.

    A time means the last snapshot before it. Raise NoSnapshot naming what there is.
    """
    mine = sorted((each for each in entries if each["instance"] == name), key=lambda each: each["time"])
    if not mine:
        raise NoSnapshot(f"none {name}")
    if wanted in ("", "latest"):
        return mine[-1]
    by_id = [each for each in mine if len(wanted) >= 6 and each["snapshot"].startswith(wanted)]
    if by_id:
        return by_id[-1]
    moment = _moment(wanted)
    before = [each for each in mine if moment is not None and each["time"] <= moment]
    if before:
        return before[-1]
    raise NoSnapshot(f"{'unknown' if moment is None else 'too_early'} {name} {wanted}")


def _moment(text: str) -> float | None:
    """Return the seconds since 1970 of a time in the host's own time zone, or None."""
    for form in ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"):
        try:
            return time.mktime(time.strptime(text, form)) + (86399 if form == "%Y-%m-%d" else 0)
        except ValueError:
            continue
    return None


def find(association: str, name: str, wanted: str, source: str = "") -> tuple[Destination, dict[str, Any]]:
    """Return the destination and the entry of the snapshot wanted: the first of `candidates`."""
    return next(candidates(association, name, wanted, source))


def candidates(
    association: str, name: str, wanted: str, source: str = ""
) -> Iterator[tuple[Destination, dict[str, Any]]]:
    """Give destination and entry of the snapshot wanted, from `source` or wherever it is: the latest, nearest first.

    A destination that fails is passed over when another has it. Raise NoSnapshot or Trouble when none has.
    """
    asked = [settings.destination(association, source)] if source else settings.destinations(association)
    trouble: Exception | None = None
    found: list[tuple[Destination, dict[str, Any]]] = []
    for each in asked:
        try:
            found.append((each, choose(read(each), name, wanted)))
        except (Trouble, NoSnapshot) as error:
            trouble = trouble if isinstance(trouble, Trouble) else error
    given = False
    for where, entry in sorted(found, key=lambda item: -item[1]["time"]):
        try:
            whole = true(where, entry)
        except Trouble as error:
            trouble = error
            continue
        given = True
        yield where, whole
    if not given:
        raise trouble or NoSnapshot(f"none {name}")


def entries(association: str) -> dict[str, Any]:
    """Return destination -> its good snapshots, or {"trouble": why not}."""
    result: dict[str, Any] = {}
    for each in settings.destinations(association):
        try:
            result[each.name] = {"snapshots": read(each)}
        except Trouble as trouble:
            result[each.name] = {"trouble": str(trouble)}
    return result


def files(destination: Destination, snapshot: str) -> dict[str, bytes]:
    """Return path -> content of the settings folder in a record: small files, all of them."""
    base = f"{layout.snapshot_dir()}/recipe"
    rows = restic.run(destination, "ls", "--json", snapshot, base, "--recursive").splitlines()
    paths = [row["path"] for row in map(json.loads, rows) if row.get("type") == "file"]
    return {path.removeprefix(f"{base}/"): restic.run(destination, "dump", snapshot, path).encode() for path in paths}


def erasures_in(destination: Destination) -> list[dict[str, Any]]:
    """Return the ledger of erased people in the latest record."""
    found = records(destination)
    path = f"{layout.snapshot_dir()}/erasures/{erasures.FILE}"
    try:
        text = restic.run(destination, "dump", found[0], path) if found else ""
    except Trouble:
        return []  # nobody was ever erased
    return [json.loads(line) for line in text.splitlines()]
