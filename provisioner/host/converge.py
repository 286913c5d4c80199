"""The one place that compares wished and real state. Pure: data in, data out; tested as data, without Docker."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from .layout import PORT_TOKEN, PROXY, digest

FIRST_PORT = 20000
RESERVE_MB = 1024
ROUTE_FILES = ("route.open.caddy", "route.closed.caddy")
FILLED = (".env", *ROUTE_FILES)
IDLE = ("none", "orphan", "held")
RECIPE = {"compose.yaml", "compose.lock.yaml"}

Change = dict[str, Any]


def decide(desired: dict[str, Any], observed: dict[str, Any]) -> list[Change]:
    """Given wished and real state, return one change per instance, the proxy first, then by name.

    A change is {instance, action, files, secrets, reason, ports}: action is create, update, start, resume, remove,
    orphan (no longer wished, kept running because removal was not allowed), held (restored from a snapshot of another
    version, which stays until a person releases it) or none.
    """
    slots = {name: slots_of(name, wished) for name, wished in desired["instances"].items() if name != PROXY}
    given = allocate([slot for each in slots.values() for slot in each], observed["ports"], observed["listening"])
    changes = []
    for name, wished in sorted(desired["instances"].items(), key=lambda item: (item[0] != PROXY, item[0])):
        real = observed["instances"].get(name)
        ports = {slot: given[slot] for slot in slots.get(name, [])}
        expected = expected_files(wished, desired["blobs"], list(ports.values()))
        changes.append(_change(name, wished, expected, real, ports))
    return [*changes, *_no_longer_wished(desired, observed)]


def slots_of(name: str, wished: dict[str, Any]) -> list[str]:
    """Return under which names the ports of an instance are kept: its own, then name#2 for a second way in."""
    ways = int(wished.get("ways", 1))
    return [name, *(f"{name}#{number}" for number in range(2, ways + 1))] if ways else []


def allocate(names: Iterable[str], ports: dict[str, int], listening: Iterable[int]) -> dict[str, int]:
    """Return a port for each name: the one it has, else the lowest that is free. Stable from run to run."""
    result, taken = dict(ports), {*ports.values(), *listening}
    port = FIRST_PORT
    for name in sorted(set(names) - set(ports) - {PROXY}):
        while port in taken:
            port += 1
        result[name] = port
        taken.add(port)
    return result


def expected_files(wished: dict[str, Any], blobs: dict[str, str], ports: list[int]) -> dict[str, str]:
    """Return path -> SHA-256 of what should lie on disk, the ports filled in where a file names them."""
    return {
        path: digest(fill(path, blobs[sha], ports)) if path in FILLED else sha for path, sha in wished["files"].items()
    }


def fill(path: str, text: str, ports: list[int]) -> str:
    """Return the text of a file with the instance's ports in it."""
    for number, port in enumerate(ports if path in FILLED else [], 1):
        text = text.replace(PORT_TOKEN if number == 1 else f"@HTTP_PORT_{number}@", str(port))
    return text


def settled_digest(files: dict[str, str], secrets: dict[str, str]) -> str:
    """Return the digest stored once an instance has become what these files and secrets say."""
    rows = [
        f"{path} {sha}" for path, sha in sorted({**files, **{f"secrets/{k}": v for k, v in secrets.items()}}.items())
    ]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def refusals(desired: dict[str, Any], observed: dict[str, Any], changes: list[Change]) -> list[dict[str, Any]]:
    """Return what forbids acting at all: [{code, ...}]; codes are port_taken and disk_full."""
    found: list[dict[str, Any]] = []
    proxy = observed["instances"].get(PROXY, {}).get("containers", {})
    if not any(c["state"] == "running" for c in proxy.values()):
        found += [{"code": "port_taken", "port": port} for port in (80, 443) if port in observed["listening"]]
    new = [change["instance"] for change in changes if change["action"] == "create"]
    needed = sum(int(desired["instances"][name].get("disk_mb", 0)) for name in new)
    if new and observed["disk_free_mb"] < needed + RESERVE_MB:
        found.append(
            {
                "code": "disk_full",
                "free_mb": observed["disk_free_mb"],
                "needed_mb": needed + RESERVE_MB,
                "instances": new,
            }
        )
    return found


def foreign_secrets(
    desired: dict[str, Any], observed: dict[str, Any], steady: dict[str, list[str]]
) -> list[dict[str, Any]]:
    """Return [{code, instance, names}] for secrets on the host that the wished ones must not simply replace.

    `steady` names those that an application is told of in its own way: another file alone would lock it out. And
    nothing goes back to a value that was rotated away: the secrets at hand are an old copy then.
    """
    found = []
    for name, wished in desired["instances"].items():
        real = observed["instances"].get(name) or {"secrets": {}, "state": {}}
        other = {key for key, sha in wished.get("secrets", {}).items() if real["secrets"].get(key, sha) != sha}
        former = real["state"].get("former", {})
        old = {key for key in other if wished["secrets"][key] in former.get(key, [])}
        names = sorted(old | other & set(steady.get(name, [])))
        if names:
            found.append({"code": "old_secrets" if old else "other_secrets", "instance": name, "names": names})
    return found


def _change(
    name: str, wished: dict[str, Any], expected: dict[str, str], real: dict[str, Any] | None, ports: dict[str, int]
) -> Change:
    secrets = wished.get("secrets", {})
    change: Change = {"instance": name, "action": "none", "files": [], "secrets": [], "reason": "", "ports": ports}
    if real is None or not real["files"]:
        return {**change, "action": "create", "files": sorted(expected), "secrets": sorted(secrets)}
    files = sorted(path for path in {*expected, *real["files"]} if expected.get(path) != real["files"].get(path))
    changed_secrets = sorted(
        key for key in {*secrets, *real["secrets"]} if secrets.get(key) != real["secrets"].get(key)
    )
    if real["state"].get("removed"):
        return {**change, "action": "create", "files": files, "secrets": changed_secrets, "reason": "was removed"}
    held = real["state"].get("held")
    if held and RECIPE & set(files):
        reason = f"restored with version {held.get('version', '?')}"
        return {**change, "action": "held", "files": files, "reason": reason}
    if files or changed_secrets:
        return {**change, "action": "update", "files": files, "secrets": changed_secrets}
    if real["state"].get("settled") != settled_digest(expected, secrets):
        return {**change, "action": "resume", "reason": "an earlier apply did not finish"}
    reason = _not_well(wished, real, expected)
    return {**change, "action": "start", "reason": reason} if reason else change


def _not_well(wished: dict[str, Any], real: dict[str, Any], expected: dict[str, str]) -> str:
    """Return why an instance whose files are right does not run as it should, or an empty text."""
    for container in wished["containers"]:
        state = real["containers"].get(container)
        if state is None:
            return f"container {container} is missing"
        if state["state"] != "running":
            return f"container {container} is {state['state']}"
        if state["health"] == "unhealthy":
            return f"container {container} is unhealthy"
    if "route.open.caddy" in expected and real["route"] != expected["route.open.caddy"]:
        return "the route is closed"
    return ""


def _no_longer_wished(desired: dict[str, Any], observed: dict[str, Any]) -> list[Change]:
    """Return a change for each instance on the host of the associations in question that is wished no more."""
    result = []
    for name, real in observed["instances"].items():
        ours = name.partition("_")[0] in desired["associations"] and name != PROXY
        if not ours or name in desired["instances"] or real["state"].get("removed"):
            continue
        action = "remove" if desired.get("remove") else "orphan"
        result.append({"instance": name, "action": action, "files": [], "secrets": [], "reason": "", "ports": {}})
    return result
