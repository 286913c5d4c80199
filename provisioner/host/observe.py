"""Look at the host once: files, secrets, states, containers, ports and disk. Changes nothing."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

from . import docker, layout


def observe() -> dict[str, Any]:
    """Return what is really there.

    instances: name -> {files: path -> sha256, secrets: name -> sha256, state, containers: name -> state, route}
    ports: instance -> port on 127.0.0.1; listening: ports in use; disk_free_mb; docker: whether the engine answers.
    """
    found = docker.containers()
    folder = layout.root() / "instances"
    names = {path.name for path in folder.iterdir() if path.is_dir()} if folder.is_dir() else set()
    by_project: dict[str, dict[str, dict[str, Any]]] = {}
    for item in found:
        labels = item["Config"]["Labels"]
        project, service = labels["com.docker.compose.project"], labels["com.docker.compose.service"]
        by_project.setdefault(project, {})[service] = container_state(item)
    return {
        "instances": {name: observe_instance(name, by_project.get(name, {})) for name in sorted(names)},
        "ports": layout.read_json(layout.state_root() / "ports.json", {}),
        "listening": sorted(listening()),
        "disk_free_mb": _disk_free_mb(),
        "docker": shutil.which("docker") is not None,
    }


def container_state(item: dict[str, Any]) -> dict[str, Any]:
    """Given one inspected container, return {id, state, health, image, restarts}."""
    state = item["State"]
    return {
        "id": item["Id"],
        "state": state["Status"],
        "health": (state.get("Health") or {}).get("Status", ""),
        "image": item["Config"]["Image"],
        "version": (item["Config"]["Labels"] or {}).get("org.opencontainers.image.version", ""),
        "restarts": item.get("RestartCount", 0),
        "exit_code": state.get("ExitCode", 0),
    }


def listening() -> set[int]:
    """Return the TCP ports on which something listens on this host (from /proc/net)."""
    ports = set()
    for file in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = Path(file).read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        ports |= {int(row.split()[1].rpartition(":")[2], 16) for row in rows if row.split()[3] == "0A"}
    return ports


def observe_instance(name: str, containers: dict[str, dict[str, Any]]) -> dict[str, Any]:
    folder = layout.instance_dir(name)
    files, secrets = {}, {}
    for path in folder.rglob("*"):
        if not path.is_file() or path.name.endswith(".tmp") or path.name == layout.VOLUMES:
            continue
        relative, sha = str(path.relative_to(folder)), hashlib.sha256(path.read_bytes()).hexdigest()
        if relative.startswith("secrets/"):
            secrets[path.name] = sha
        else:
            files[relative] = sha
    route = layout.routes_dir() / f"{name}.caddy"
    return {
        "files": files,
        "secrets": secrets,
        "state": layout.read_json(layout.state_path(name), {}),
        "containers": containers,
        "route": hashlib.sha256(route.read_bytes()).hexdigest() if route.is_file() else "",
    }


def _disk_free_mb() -> int:
    """Return the free space where Docker keeps images and volumes, in MiB."""
    for path in (Path("/var/lib/docker"), Path("/var/lib"), Path("/")):
        if path.is_dir():
            return shutil.disk_usage(path).free // 2**20
    return 0
