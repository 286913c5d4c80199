"""The record: a destination's own list of good snapshots, kept in the destination itself with all a bare host needs."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from . import erasures, layout, restic, settings
from .inside import seen_as
from .restic import Destination, Trouble

FILE = "record.json"
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


def drop_missing(destination: Destination) -> None:
    """Take out of this host's copy of the list what is in the destination no more (it was pruned)."""
    found = json.loads(restic.run(destination, "snapshots", "--json", "--quiet") or "[]") or []
    there, path = {each["id"] for each in found}, local(destination.association, destination.name)
    layout.write_json(path, [each for each in layout.read_json(path, []) if each["snapshot"] in there], 0o600)


def read(destination: Destination) -> list[dict[str, Any]]:
    """Return the list of good snapshots that the destination holds, oldest first; empty when it has no record yet."""
    found = restic.snapshots(destination, f"{destination.association}_{layout.BACKUP}")
    if not found:
        return []
    text = restic.run(destination, "dump", found[-1]["id"], f"{layout.snapshot_dir()}/record/{FILE}")
    entries: list[dict[str, Any]] = json.loads(text)
    return entries


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
    """Return the destination and the entry of the snapshot wanted: from `source`, or the first that has it.

    A destination that fails is passed over when another has it. Raise NoSnapshot or Trouble.
    """
    asked = [settings.destination(association, source)] if source else settings.destinations(association)
    trouble: Exception | None = None
    for each in asked:
        try:
            return each, choose(read(each), name, wanted)
        except (Trouble, NoSnapshot) as error:
            trouble = trouble if isinstance(trouble, Trouble) else error
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
    found = restic.snapshots(destination, f"{destination.association}_{layout.BACKUP}")
    path = f"{layout.snapshot_dir()}/erasures/{erasures.FILE}"
    try:
        text = restic.run(destination, "dump", found[-1]["id"], path) if found else ""
    except Trouble:
        return []  # nobody was ever erased
    return [json.loads(line) for line in text.splitlines()]
