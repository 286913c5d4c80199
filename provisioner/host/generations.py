"""Which volumes an instance uses. A restore fills new ones beside the live ones; one small file tells."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from . import docker, layout

FIRST = "# Written by the host program: the generation of volumes in use, after a restore.\n"


def ensure(folder: Path) -> None:
    """Make the file that names the volumes in use where there is none: Compose's own names, the first generation."""
    if (folder / "compose.yaml").is_file() and not (folder / layout.VOLUMES).is_file():
        layout.write(folder / layout.VOLUMES, FIRST + "volumes: {}\n")


def text(volumes: dict[str, str]) -> str:
    """Return the file for volume -> name."""
    rows = [f"  {volume}:\n    name: {name}\n" for volume, name in sorted(volumes.items())]
    return FIRST + ("volumes:\n" + "".join(rows) if rows else "volumes: {}\n")


def generation_of(folder: Path) -> str:
    """Return the generation of volumes that a folder names, "" for the first."""
    path = folder / layout.VOLUMES
    found = re.search(r"name: \S+\.(\S+)$", path.read_text("utf-8"), re.M) if path.is_file() else None
    return found[1] if found else ""


def in_use(name: str) -> dict[str, str]:
    """Return volume -> its name in Docker for an instance, as Compose reads its files. Raise docker.Failed."""
    found = configuration(layout.instance_dir(name)).get("volumes") or {}
    return {volume: str(about["name"]) for volume, about in found.items()}


def configuration(folder: Path, env: dict[str, str] | None = None) -> dict[str, Any]:
    """Return what Compose makes of the files in a folder."""
    found: dict[str, Any] = json.loads(docker.run(docker.compose("config", "--format", "json"), cwd=folder, env=env))
    return found


def make(name: str, volumes: list[str], generation: str) -> dict[str, str]:
    """Make empty volumes of a new generation for an instance. Return volume -> its name in Docker."""
    result = {}
    for volume in volumes:
        result[volume] = f"{name}_{volume}.{generation}"
        labels = {"com.docker.compose.project": name, "com.docker.compose.volume": volume}
        words = [word for item in labels.items() for word in ("--label", "=".join(item))]
        docker.run(["docker", "volume", "create", *words, result[volume]])
    return result


def drop(name: str, generation: str) -> None:
    """Remove the volumes of one generation of an instance, as far as they are there."""
    found = docker.run(["docker", "volume", "ls", "--quiet", "--filter", f"label=com.docker.compose.project={name}"])
    for volume in found.split():
        if volume.endswith(f".{generation}") and generation:
            docker.run(["docker", "volume", "rm", "--force", volume])


def place(volume: str) -> Path:
    """Return where the files of a volume lie on this host. Raise docker.Failed when there is no such volume."""
    return Path(docker.run(["docker", "volume", "inspect", "--format", "{{.Mountpoint}}", volume]).strip())
