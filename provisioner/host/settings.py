"""What an association chose for its backups, as apply left it on this host, and what was done of it so far."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import layout
from .restic import Destination


class Unknown(Exception):
    """What was asked for is not here; the message is a word for the controller, then the name."""


def folder_of(association: str) -> Path:
    """Return the folder of an association's backup settings."""
    return layout.instance_dir(f"{association}_{layout.BACKUP}")


def associations() -> list[str]:
    """Return the associations of this host that have backups."""
    found = sorted((layout.root() / "instances").glob(f"*_{layout.BACKUP}/backup.json"))
    names = [path.parent.name.partition("_")[0] for path in found]
    return [name for name in names if not layout.read_json(_state(name), {}).get("removed")]


def _state(association: str) -> Path:
    return layout.state_path(f"{association}_{layout.BACKUP}")


def settings(association: str) -> dict[str, Any]:
    """Return the settings of an association. Raise Unknown when it has none."""
    found: dict[str, Any] = layout.read_json(folder_of(association) / "backup.json", {})
    if not found or association not in associations():
        raise Unknown(f"no_backups {association}")
    return found


def destinations(association: str) -> list[Destination]:
    """Return the destinations of an association, nearest first."""
    secrets = folder_of(association) / "secrets"
    return [Destination(association, about, secrets) for about in settings(association)["destinations"]]


def destination(association: str, name: str) -> Destination:
    """Return one destination. Raise Unknown when there is none of that name."""
    for each in destinations(association):
        if each.name == name:
            return each
    raise Unknown(f"no_destination {name}")


def instances(association: str) -> list[str]:
    """Return the instances of an association that are to be backed up: those with containers that were not removed."""
    found = sorted((layout.root() / "instances").glob(f"{association}_*/compose.yaml"))
    names = [path.parent.name for path in found]
    return [name for name in names if not layout.read_json(layout.state_path(name), {}).get("removed")]


def state(association: str) -> dict[str, Any]:
    """Return what was done so far."""
    return {
        "instances": {}, "destinations": {}, "drills": {}, "alerted": {},
        **layout.read_json(layout.backup_state(association), {}),
    }  # fmt: skip


def note(association: str, part: str, name: str, **values: Any) -> None:
    """Change what is noted of an instance, destination or drill; None takes a value away."""
    with layout.alone():
        whole = state(association)
        mine = {**whole[part].get(name, {}), **values}
        whole[part][name] = {key: value for key, value in mine.items() if value is not None}
        layout.write_json(layout.backup_state(association), whole)


def note_all(association: str, **values: Any) -> None:
    """Change what is noted of the association as a whole."""
    with layout.alone():
        layout.write_json(layout.backup_state(association), {**state(association), **values})
