"""What runs in Docker here and how the engine is set, as far as our rules speak of it: no environment, no secret."""

from __future__ import annotations

import grp
import json
import pwd
import stat
from pathlib import Path
from typing import Any

from . import docker

HOST_CONFIG = (
    "ReadonlyRootfs", "CapDrop", "CapAdd", "SecurityOpt", "Privileged", "NetworkMode", "PidMode", "IpcMode", "UTSMode",
    "UsernsMode", "PidsLimit", "Memory", "RestartPolicy", "PortBindings", "Devices", "DeviceCgroupRules",
    "DeviceRequests", "MaskedPaths", "Tmpfs", "Sysctls", "ExtraHosts", "Ulimits",
)  # fmt: skip
DAEMON = ("icc", "userland-proxy", "no-new-privileges", "live-restore", "log-driver", "log-opts", "ip", "hosts",
          "insecure-registries", "userns-remap", "experimental")  # fmt: skip
MOUNT = ("Type", "Name", "Source", "Destination", "RW")
INFO = ("ServerVersion", "LiveRestoreEnabled", "SecurityOptions", "MemoryLimit", "PidsLimit", "LoggingDriver")
SOCKET = Path("/run/docker.sock")
PROJECT, SERVICE = "com.docker.compose.project", "com.docker.compose.service"


def facts() -> dict[str, Any]:
    """Return {present, info, daemon, socket, group, containers}; present is False where no engine answers."""
    try:
        info = json.loads(docker.run(["docker", "info", "--format", "{{json .}}"], timeout=60))
        ids = docker.run(["docker", "ps", "--all", "--quiet", "--no-trunc"], timeout=60).split()
        found = json.loads(docker.run(["docker", "inspect", *ids], timeout=120)) if ids else []
    except docker.Failed as failure:
        return {"present": False, "detail": str(failure)}
    return {
        "present": True,
        "info": {name: info.get(name) for name in INFO},
        "daemon": _daemon(),
        "socket": _socket(),
        "group": _members("docker"),
        "containers": sorted((reduced(each) for each in found), key=lambda each: str(each["Name"])),
    }


def reduced(found: dict[str, Any]) -> dict[str, Any]:
    """Given a container as Docker describes it, return the same with only what our rules read."""
    config, host = found.get("Config") or {}, found.get("HostConfig") or {}
    labels, state = config.get("Labels") or {}, found.get("State") or {}
    log, networks = host.get("LogConfig") or {}, (found.get("NetworkSettings") or {}).get("Networks") or {}
    return {
        "Name": str(found.get("Name", "")).lstrip("/"),
        "AppArmorProfile": found.get("AppArmorProfile", ""),
        "Config": {
            "User": config.get("User", ""),
            "Image": config.get("Image", ""),
            "Labels": {name: labels.get(name, "") for name in (PROJECT, SERVICE)},
            "Healthcheck": (config.get("Healthcheck") or {}).get("Test") not in (None, [], ["NONE"]),
        },
        "State": {"Status": state.get("Status", ""), "Health": {"Status": (state.get("Health") or {}).get("Status")}},
        "Mounts": [{key: mount.get(key) for key in MOUNT} for mount in found.get("Mounts") or []],
        "NetworkSettings": {"Networks": {name: {"Gateway": (n or {}).get("Gateway")} for name, n in networks.items()}},
        "HostConfig": {
            **{key: host[key] for key in HOST_CONFIG if key in host},
            "LogConfig": {"Type": log.get("Type", ""), "Config": log.get("Config") or {}},
        },
    }


def _daemon() -> dict[str, Any]:
    try:
        values = json.loads(Path("/etc/docker/daemon.json").read_text("utf-8"))
    except (OSError, ValueError):
        values = {}
    listening = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            continue
        if words[0].endswith("dockerd"):
            listening += [word for word in words if "tcp://" in word]
    return {**{key: values[key] for key in DAEMON if key in values}, "tcp": listening}


def _socket() -> dict[str, Any]:
    try:
        there = SOCKET.stat()
    except OSError:
        return {}
    return {"mode": stat.S_IMODE(there.st_mode), "owner": there.st_uid}


def _members(group: str) -> int:
    """Return how many accounts are in a group, not their names."""
    try:
        entry = grp.getgrnam(group)
    except KeyError:
        return 0
    return len({*entry.gr_mem, *(each.pw_name for each in pwd.getpwall() if each.pw_gid == entry.gr_gid)})
