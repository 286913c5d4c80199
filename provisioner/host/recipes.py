"""What an instance's own files say of it, and the commands of its recipe, run inside its containers."""

from __future__ import annotations

from typing import Any

from . import docker, layout
from .fill import fill_text


def whole(name: str) -> dict[str, Any]:
    """Return service.json of an instance; {} where there is none."""
    found: dict[str, Any] = layout.read_json(layout.instance_dir(name) / "service.json", {})
    return found


def facts_of(name: str) -> dict[str, Any]:
    """Return instance.json of an instance; {} where there is none."""
    found: dict[str, Any] = layout.read_json(layout.instance_dir(name) / "instance.json", {})
    return found


def gdpr_of(name: str) -> dict[str, Any]:
    """Return the part `gdpr` of service.json; {} where there is none."""
    return dict(whole(name).get("gdpr") or {})


def words_of(name: str, command: dict[str, Any], **more: str) -> list[str]:
    """Return the whole `docker compose exec` of a command of the recipe, the instance's facts and more filled in."""
    values = {**facts_of(name).get("variables", {}), **more}
    return docker.execute(command["in"], [fill_text(word, values) for word in command["run"]])


def run(name: str, command: dict[str, Any], timeout: float = 1800, **more: str) -> str:
    """Run a command of the recipe and return what it printed. Raise docker.Failed."""
    return docker.run(words_of(name, command, **more), cwd=layout.instance_dir(name), timeout=timeout)


def restart(name: str) -> bool:
    """Restart the containers that keep in memory what an erasure took away, and wait for them. Raise docker.Failed.

    Return whether there are any: what they wrote down at their end is then erased again.
    """
    containers = list(gdpr_of(name).get("restart", []))
    if containers:
        folder = layout.instance_dir(name)
        docker.run(docker.compose("restart", *containers), cwd=folder, timeout=1800)
        docker.run([*docker.up(recreate=False), "--no-recreate", "--no-deps", *containers], cwd=folder, timeout=1800)
    return bool(containers)
