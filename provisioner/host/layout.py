"""Where things lie on the host, and how files are written so that kill -9 leaves the old or the new one."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROXY = "provisioner_proxy"
BACKUP = "backup"  # service name of the folder that holds an association's backup settings
VOLUMES = "compose.volumes.yaml"  # which generation of its volumes an instance uses; the host program alone writes it
EGRESS = "egress.json"  # what the instance may reach outside, and its open ports; without the file, nothing
PORT_TOKEN = "@HTTP_PORT@"  # noqa: S105 - a placeholder, not a password; the second way in has @HTTP_PORT_2@


def root() -> Path:
    """Return the folder of instances and proxy."""
    return Path(os.environ.get("PROVISIONER_ROOT", "/srv/provisioner"))


def state_root() -> Path:
    """Return the folder of what the host program remembers."""
    return Path(os.environ.get("PROVISIONER_STATE", "/var/lib/provisioner"))


def instance_dir(name: str) -> Path:
    """Return the folder of one instance (one Compose project)."""
    return root() / "instances" / name


def routes_dir() -> Path:
    """Return the folder of which Caddy reads all *.caddy files."""
    return root() / "proxy" / "routes"


def snapshot_dir() -> Path:
    """Return the folder under which everything lies inside a snapshot, whatever the instance is called."""
    return root() / "snapshot"


def backup_state(association: str) -> Path:
    """Return the file that holds when what of an association was last backed up, checked and restored for practice."""
    return state_root() / "backup" / f"{association}.json"


def digest(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def write(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Write a file atomically: a temporary file in the same folder, synced, then renamed over the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content.encode() if isinstance(content, str) else content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def read_json(path: Path, default: Any) -> Any:
    """Return the JSON of a file, or the default where it is missing or cut short."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return default


def write_json(path: Path, data: Any, mode: int = 0o644) -> None:
    """Write data as JSON, atomically."""
    write(path, json.dumps(data, indent=1, sort_keys=True), mode)


def state_path(name: str) -> Path:
    """Return the file in which the state of one instance is kept."""
    return state_root() / "state" / f"{name}.json"


@contextmanager
def alone() -> Iterator[None]:
    """Read and write what the host program remembers while no other process or thread does: it would undo the other."""
    folder = state_root() / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "memory").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def update_state(name: str, **values: Any) -> dict[str, Any]:
    """Change values in the state of one instance and return it whole."""
    with alone():
        state: dict[str, Any] = {**read_json(state_path(name), {}), **values}
        write_json(state_path(name), state)
    return state
