"""What is known of containers, read from the engine's own files: they are there when the engine is down."""

from __future__ import annotations

import json
import time
from calendar import timegm
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from . import layout
from .evidence_text import redacted

CONTAINERS = Path("/var/lib/docker/containers")


def described() -> list[dict[str, Any]]:
    """Return what the engine's files say of every container. Of the environment only the names."""
    return [about(data, host) for _folder, data, host in _each()]


def about(data: dict[str, Any], host: dict[str, Any]) -> dict[str, Any]:
    """Given config.v2.json and hostconfig.json of a container, return what evidence may hold. Pure."""
    config = data.get("Config") or {}
    kept = {key: data.get(key) for key in ("ID", "Created", "Name", "Image", "State", "RestartCount", "Path")}
    kept |= {key: config.get(key) for key in ("Image", "User", "Entrypoint", "Labels")}
    chosen = ("Binds", "CapAdd", "CapDrop", "Privileged", "SecurityOpt", "NetworkMode", "PidMode", "ReadonlyRootfs")
    mounts = {place: each.get("Source", "") for place, each in (data.get("MountPoints") or {}).items()}
    networks = (data.get("NetworkSettings") or {}).get("Networks") or {}
    return {
        **kept, "Env": redacted(config.get("Env") or []), "HostConfig": {key: host.get(key) for key in chosen},
        "Mounts": mounts, "Networks": sorted(networks),
    }  # fmt: skip


def container_logs(
    associations: list[str], since: int, until: int
) -> Iterator[tuple[str, Callable[[], Iterator[str]]]]:
    """Yield name and a reader of what each container of the associations, or the proxy, logged in a window."""
    for folder, data, _host in _each():
        labels = (data.get("Config") or {}).get("Labels") or {}
        project = str(labels.get("com.docker.compose.project", ""))
        if project.partition("_")[0] in associations or project == layout.PROXY:
            name = str(data.get("Name", "")).strip("/") or folder.name[:12]
            yield name, lambda folder=folder: _lines(folder, since, until)  # type: ignore[misc]


def _each() -> Iterator[tuple[Path, dict[str, Any], dict[str, Any]]]:
    for path in sorted(CONTAINERS.glob("*/config.v2.json")):
        data = layout.read_json(path, {})
        if data:
            yield path.parent, data, layout.read_json(path.with_name("hostconfig.json"), {})


def _lines(folder: Path, since: int, until: int) -> Iterator[str]:
    files = sorted(folder.glob("*-json.log*"), key=lambda path: path.stat().st_mtime)
    for path in files:
        with path.open(encoding="utf-8", errors="replace") as stream:
            for line in stream:
                found = line_of(line, since, until)
                if found:
                    yield found


def line_of(line: str, since: int, until: int) -> str:
    """Given a line of the engine's log file, return "time stream text" when it lies in the window, else "". Pure."""
    try:
        data = json.loads(line)
        when = timegm(time.strptime(data["time"][:19], "%Y-%m-%dT%H:%M:%S"))
    except (ValueError, KeyError, TypeError):
        return f"? ? {line.strip()}\n" if line.strip() else ""
    return (
        f"{data['time']} {data.get('stream', '')} {str(data.get('log', '')).rstrip()}\n"
        if since <= when <= until
        else ""
    )
