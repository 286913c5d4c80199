"""What is asked of instances that are there: status, probe, logs, a command inside."""

from __future__ import annotations

import secrets as random
import time
from pathlib import Path
from typing import Any

from . import docker, layout, probe
from .act import logs
from .https import Site
from .observe import observe


def names_of(associations: list[str], only: list[str]) -> list[str]:
    """Return the instances on this host of these associations, or those of them that are named."""
    folder = layout.root() / "instances"
    found = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    ours = [name for name in found if name.partition("_")[0] in associations and name != layout.PROXY]
    ours = [name for name in ours if name.partition("_")[2] != layout.BACKUP]  # settings, nothing that runs
    return [name for name in ours if not only or name in only or name.partition("_")[2] in only]


def with_probe(names: list[str]) -> list[str]:
    """Return those of the instances that can be probed: neither the start page nor what was removed."""
    there = [name for name in names if not layout.read_json(layout.state_path(name), {}).get("removed")]
    return [name for name in there if layout.read_json(layout.instance_dir(name) / "service.json", {}).get("probe")]


def values_of(name: str, marker: str) -> dict[str, str]:
    """Return everything a probe may fill in: the instance's facts, its secrets, the marker."""
    facts = layout.read_json(layout.instance_dir(name) / "instance.json", {})
    folder = layout.instance_dir(name) / "secrets"
    secrets = {f"secret.{p.name}": p.read_text() for p in folder.iterdir()} if folder.is_dir() else {}
    return {**facts.get("variables", {}), **secrets, "marker": marker}


def site_of(name: str) -> Site:
    """Return the site of an instance as this host's proxy serves it."""
    domain = layout.read_json(layout.instance_dir(name) / "instance.json", {})["variables"]["domain"]
    authority = layout.root() / "proxy" / "root.crt"
    internal = "tls internal" in (layout.instance_dir(name) / "route.open.caddy").read_text()
    return Site(domain, authority=str(authority) if internal and authority.is_file() else "")


def probe_instance(
    name: str, marker: str = "", write: bool = True, instead: dict[str, str] | None = None
) -> dict[str, Any]:
    """Write and read a marker in one instance. Return {ok, marker, seconds, message} and remember it.

    `instead` gives other values for some secrets: whether the application takes those is no news to remember.
    """
    marker, started = marker or f"probe{random.token_hex(8)}", time.monotonic()
    steps = layout.read_json(layout.instance_dir(name) / "service.json", {})["probe"]
    values = {**values_of(name, marker), **{f"secret.{key}": value for key, value in (instead or {}).items()}}

    def execute(container: str, command: list[str]) -> str:
        return docker.run(docker.execute(container, command), cwd=layout.instance_dir(name), timeout=120)

    result: dict[str, Any] = {"ok": True, "marker": marker, "message": ""}
    try:
        if write:
            probe.write(steps, values, site_of(name), execute)
        probe.read(steps, values, site_of(name), execute)
    except (probe.ProbeFailed, docker.Failed) as error:
        result = {"ok": False, "marker": marker, "message": str(error)}
    result["seconds"] = round(time.monotonic() - started, 1)
    if not instead:
        layout.update_state(name, probe={**result, "time": int(time.time())})
    return result


def status(associations: list[str], only: list[str]) -> dict[str, Any]:
    """Return per instance its service, version, health, URL, memory and disk used, and last probe."""
    found, names = observe(), names_of(associations, only)
    memory, disk = _memory(found, names), _volumes()
    return {
        "instances": {name: _status(name, found["instances"][name], memory, disk) for name in names},
        "disk_free_mb": found["disk_free_mb"],
    }


def _status(name: str, real: dict[str, Any], memory: dict[str, int], disk: dict[str, int]) -> dict[str, Any]:
    facts = layout.read_json(layout.instance_dir(name) / "instance.json", {})
    containers = {key: {k: v for k, v in item.items() if k != "id"} for key, item in real["containers"].items()}
    wanted = facts.get("containers", [])
    well = [c for c in wanted if containers.get(c, {}).get("state") == "running"]
    unhealthy = any(item["health"] == "unhealthy" for item in containers.values())
    starting = any(item["health"] == "starting" for item in containers.values())
    health = "removed" if real["state"].get("removed") else "stopped" if wanted and not well else "degraded"
    if health != "removed" and len(well) == len(wanted):
        health = "unhealthy" if unhealthy else "starting" if starting else "healthy"
    if health == "healthy" and not real["route"]:
        health = "closed"
    return {
        "service": facts.get("service", ""),
        "version": _version(containers, facts),
        "url": facts.get("variables", {}).get("url", ""),
        "health": health,
        "containers": containers,
        "memory_mb": memory.get(name, 0),
        "disk_mb": disk.get(name, 0),
        "probe": real["state"].get("probe", {}),
        "changed": real["state"].get("changed", 0),
    }


def _version(containers: dict[str, Any], facts: dict[str, Any]) -> str:
    """Return the version that runs: the image's own label where it has one (stand-ins do), else the pinned tag."""
    return containers.get(facts.get("version_of", ""), {}).get("version") or str(facts.get("version", ""))


def _memory(found: dict[str, Any], names: list[str]) -> dict[str, int]:
    """Return MiB used per instance: the proportional set size of all processes of its containers."""
    result = {}
    for name in names:
        total = 0
        for item in found["instances"][name]["containers"].values():
            try:
                rows = docker.run(["docker", "top", item["id"], "-eo", "pid"]).split()[1:]
            except docker.Failed:
                continue
            total += sum(_proportional_kib(int(pid)) for pid in rows)
        result[name] = total // 1024
    return result


def memory_of(name: str) -> int:
    """Return the MiB that an instance uses now; 0 when it does not run."""
    return _memory(observe(), [name])[name]


def _proportional_kib(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as stream:  # noqa: PTH123
            return next((int(line.split()[1]) for line in stream if line.startswith("Pss:")), 0)
    except OSError:
        return 0


def _volumes() -> dict[str, int]:
    """Return MiB on disk per instance: its named volumes."""
    result: dict[str, int] = {}
    base = Path("/var/lib/docker/volumes")
    if not base.is_dir():
        return result
    for row in docker.run(["du", "-sk", *map(str, base.iterdir())] if any(base.iterdir()) else ["true"]).splitlines():
        size, _, path = row.partition("\t")
        labels = path.rpartition("/")[2].split("_")
        name = "_".join(labels[:2])
        result[name] = result.get(name, 0) + int(size) // 1024
    return result


def last_lines(name: str, container: str, lines: int) -> dict[str, list[str]]:
    """Return container -> last log lines of an instance."""
    real = observe()["instances"].get(name, {"containers": {}})["containers"]
    return {key: logs(item["id"], lines) for key, item in real.items() if container in ("", key)}
