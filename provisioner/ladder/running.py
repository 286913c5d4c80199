"""Judge containers that really run: the hardening rules hold on the host, not only in compose.yaml. Pure."""

from collections.abc import Callable, Collection
from typing import Any

from provisioner.i18n import _

Config = dict[str, Any]


def _host(found: Config) -> Config:
    return dict(found["HostConfig"])


RULES: dict[str, Callable[[Config], bool]] = {
    "user": lambda c: c["Config"]["User"].partition(":")[0] not in ("", "0", "root"),
    "read_only": lambda c: bool(_host(c)["ReadonlyRootfs"]),
    "cap_drop": lambda c: "ALL" in (_host(c).get("CapDrop") or []),
    "cap_add": lambda c: not _host(c).get("CapAdd"),
    "no_new_privileges": lambda c: any(o.startswith("no-new-privileges") for o in _host(c).get("SecurityOpt") or []),
    "privileged": lambda c: not _host(c)["Privileged"] and _host(c)["NetworkMode"] != "host",
    "pids_limit": lambda c: (_host(c).get("PidsLimit") or 0) > 0,
    "mem_limit": lambda c: (_host(c).get("Memory") or 0) > 0,
    "restart": lambda c: _host(c)["RestartPolicy"]["Name"] == "unless-stopped",
    "logging": lambda c: "max-size" in (_host(c)["LogConfig"].get("Config") or {}),
    "ports": lambda c: all(
        each["HostIp"] == "127.0.0.1" for ports in (_host(c).get("PortBindings") or {}).values() for each in ports
    ),
    "healthcheck": lambda c: (c["State"].get("Health") or {}).get("Status") == "healthy",
}


def broken_rules(containers: list[Config], waivers: dict[str, str], unable: Collection[str] = ()) -> list[str]:
    """Given containers as Docker describes them and the service's waivers, return what breaks a rule without one.

    `unable` names the rules that this host's kernel cannot enforce: its engine forgets them.
    """
    found = []
    for container in containers:
        name = container["Config"]["Labels"]["com.docker.compose.service"]
        found += [
            _("{container}: rule '{rule}' does not hold").format(container=name, rule=rule)
            for rule, holds in RULES.items()
            if rule not in unable and not holds(container) and f"{name}.{rule}" not in waivers
        ]
        found += [
            _("{container}: {path} of the host is mounted").format(container=name, path=mount["Source"])
            for mount in container["Mounts"]
            if mount["Type"] == "bind" and not mount["Source"].startswith("/srv/provisioner/instances/")
        ]
    return found
