"""Judge containers that really run: the hardening rules hold on the host, not only in compose.yaml. Pure."""

from collections.abc import Callable, Collection
from typing import Any

from provisioner.hardening.rules import LOOSE, MOST_FILES
from provisioner.i18n import _

Config = dict[str, Any]


def _host(found: Config) -> Config:
    return dict(found["HostConfig"])


def _options(found: Config) -> list[str]:
    return list(_host(found).get("SecurityOpt") or [])


def _labels(found: Config) -> dict[str, str]:
    return dict(found["Config"]["Labels"])


def _inside_only(found: Config) -> bool:
    """No devices, and no namespace that is the host's or another container's."""
    host = _host(found)
    shared = [host.get(f"{kind}Mode") or "" for kind in ("Pid", "Ipc", "UTS", "Userns")]
    given = [host.get(key) for key in ("Devices", "DeviceCgroupRules", "DeviceRequests")]
    apart = not any(mode == "host" or mode.startswith("container:") for mode in [host["NetworkMode"], *shared])
    return not host["Privileged"] and apart and not any(given)


def _confined(found: Config) -> bool:
    """seccomp, AppArmor and the masked paths of /proc as the engine sets them."""
    masked = _host(found).get("MaskedPaths", ["/proc/kcore"])
    profile = found.get("AppArmorProfile", "")
    return all(o.startswith("no-new-privileges") for o in _options(found)) and bool(masked) and profile != "unconfined"


def _own_mounts(found: Config) -> bool:
    project = _labels(found).get("com.docker.compose.project", "")
    return all(
        each["Source"].startswith(f"/srv/provisioner/instances/{project}/")
        if each["Type"] == "bind"
        else each["Type"] == "tmpfs" or each.get("Name", "").startswith(f"{project}_")
        for each in found["Mounts"]
    )


def _networks(found: Config) -> list[str]:
    return list((found.get("NetworkSettings") or {}).get("Networks") or {})


def _own_networks(found: Config) -> bool:
    project = _labels(found).get("com.docker.compose.project", "")
    return bool(_networks(found)) and all(name.startswith(f"{project}_") for name in _networks(found))


def _kept_inside(found: Config) -> bool:
    """Nobody reaches it from outside, and none of its networks has a way out (`internal` is told by the network)."""
    networks = ((found.get("NetworkSettings") or {}).get("Networks") or {}).values()
    return bool(_host(found).get("PortBindings")) or not any(network.get("Gateway") for network in networks)


def _few_files(found: Config) -> bool:
    limits = _host(found).get("Ulimits") or []
    return all(limit["Name"] == "nofile" and limit["Hard"] <= MOST_FILES for limit in limits)


RULES: dict[str, Callable[[Config], bool]] = {
    "user": lambda c: c["Config"]["User"].partition(":")[0] not in ("", "0", "root"),
    "read_only": lambda c: bool(_host(c)["ReadonlyRootfs"]),
    "cap_drop": lambda c: "ALL" in (_host(c).get("CapDrop") or []),
    "cap_add": lambda c: not _host(c).get("CapAdd"),
    "no_new_privileges": lambda c: any(o.startswith("no-new-privileges") for o in _options(c)),
    "security_opt": _confined,
    "privileged": _inside_only,
    "binds": _own_mounts,
    "networks": _own_networks,
    "internal": _kept_inside,
    "tmpfs": lambda c: not any(LOOSE & set(o.split(",")) for o in (_host(c).get("Tmpfs") or {}).values()),
    "sysctls": lambda c: all(name.startswith("net.") for name in _host(c).get("Sysctls") or {}),
    "extra_hosts": lambda c: not _host(c).get("ExtraHosts"),
    "ulimits": _few_files,
    "secrets": lambda c: (
        not any(each["Destination"].startswith("/run/secrets") and each.get("RW", False) for each in c["Mounts"])
    ),
    "pids_limit": lambda c: (_host(c).get("PidsLimit") or 0) > 0,
    "mem_limit": lambda c: (_host(c).get("Memory") or 0) > 0,
    "restart": lambda c: _host(c)["RestartPolicy"]["Name"] == "unless-stopped",
    "logging": lambda c: {"max-size", "max-file"} <= set(_host(c)["LogConfig"].get("Config") or {}),
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
    return found
