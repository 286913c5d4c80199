"""Judge Docker's containers and engine from facts (host/audit_docker.py): our rules, the catalog's waivers. Pure."""

from collections.abc import Callable, Iterator
from typing import Any

from provisioner.catalog import Catalog
from provisioner.documents.audit_words import rule_words, words
from provisioner.host.audit_docker import PROJECT, SERVICE
from provisioner.ladder.running import RULES as RUNNING
from provisioner.models.base import Text
from provisioner.models.scorecard import Audited, Found
from provisioner.render import PROXY

Config = dict[str, Any]
SOCKETS = ("/run/docker.sock", "/var/run/docker.sock", "/run/containerd/", "/run/docker/")
AROUND_SOCKETS = ("/", "/run", "/var/run", "/var", "/var/lib/docker", "/var/lib", "/proc", "/sys", "/etc", "/root")
NEVER_WAIVED = ("socket", "seccomp", "apparmor")
# On an engine whose kernel cannot limit memory or processes, Docker forgets the limit: it cannot be judged there.
UNABLE = {"mem_limit": "MemoryLimit", "pids_limit": "PidsLimit"}
LOGGED = ("json-file", "local")


def _options(found: Config) -> list[str]:
    return list(found["HostConfig"].get("SecurityOpt") or [])


def _no_socket(found: Config) -> bool:
    sources = [str(mount.get("Source") or "") for mount in found["Mounts"] if mount.get("Type") == "bind"]
    return not any(s.startswith(SOCKETS) or (s.rstrip("/") or "/") in AROUND_SOCKETS for s in sources)


def _logs_bounded(found: Config) -> bool:
    log = found["HostConfig"]["LogConfig"]
    return log["Type"] == "journald" or (log["Type"] in LOGGED and "max-size" in log["Config"])


def _apart(found: Config) -> bool:
    modes = [found["HostConfig"].get(f"{kind}Mode") or "" for kind in ("Network", "Pid", "Ipc", "UTS", "Userns")]
    shared = any(mode == "host" or mode.startswith("container:") for mode in modes)
    given = [found["HostConfig"].get(key) for key in ("Devices", "DeviceCgroupRules", "DeviceRequests")]
    return not found["HostConfig"].get("Privileged") and not shared and not any(given)


OWN: dict[str, Callable[[Config], bool]] = {
    "cap_drop": lambda c: "ALL" in {word.upper() for word in c["HostConfig"].get("CapDrop") or []},
    "privileged": _apart,
    "socket": _no_socket,
    "seccomp": lambda c: "seccomp=unconfined" not in [option.replace(":", "=") for option in _options(c)],
    "apparmor": lambda c: (
        c["AppArmorProfile"] != "unconfined"
        and "apparmor=unconfined" not in [option.replace(":", "=") for option in _options(c)]
    ),
    "healthcheck": lambda c: bool(c["Config"]["Healthcheck"]),
    "logging": _logs_bounded,
    "image": lambda c: "@sha256:" in c["Config"]["Image"],
}
RULES = {**RUNNING, **OWN}
# The engine: rule -> what its configuration and `docker info` must say.
ENGINE: dict[str, Callable[[Config], bool]] = {
    "engine.no_new_privileges": lambda f: f["daemon"].get("no-new-privileges") is True,
    "engine.live_restore": lambda f: bool(f["info"].get("LiveRestoreEnabled")),
    "engine.userland_proxy": lambda f: f["daemon"].get("userland-proxy") is False,
    "engine.ports_inside": lambda f: f["daemon"].get("ip") == "127.0.0.1",
    "engine.logging": lambda f: (
        f["info"].get("LoggingDriver") == "journald" or "max-size" in (f["daemon"].get("log-opts") or {})
    ),
    "engine.tcp": lambda f: (
        not f["daemon"].get("tcp") and not any("tcp:" in each for each in f["daemon"].get("hosts") or [])
    ),
    "engine.seccomp": lambda f: any(
        each.startswith("name=seccomp") and "unconfined" not in each for each in f["info"].get("SecurityOptions") or []
    ),
    "engine.socket": lambda f: not f["socket"] or (f["socket"]["owner"] == 0 and not f["socket"]["mode"] & 0o007),
    "engine.group": lambda f: f["group"] == 0,
}  # fmt: skip


def judge(facts: dict[str, Any], catalog: Catalog) -> Audited:
    """Given the facts of a host, return what our rules say of its engine and of every container on it."""
    if not facts.get("present"):
        return Audited(name="docker", not_run=words().reason("no_docker"))
    if not facts["containers"]:
        return Audited(name="docker", not_run=words().reason("no_containers"))
    engine = [_engine(rule) for rule, holds in ENGINE.items() if not holds(facts)]
    containers = [found for each in facts["containers"] for found in _container(each, facts, catalog)]
    found = [*engine, *containers]
    unable = [rule for rule, key in UNABLE.items() if not facts["info"].get(key)]
    figures = {
        "containers": len(facts["containers"]),
        "broken": sum(each.counts for each in found),
        "waived": sum(each.waiver is not None for each in found),
    }
    notes = [words().note("unable", rules=", ".join(unable))] if unable else []
    version = str(facts["info"].get("ServerVersion") or "")
    return Audited(name="docker", version=version, figures=figures, found=found, notes=notes)


def _engine(rule: str) -> Found:
    title, action = rule_words(rule)
    return Found(rule=rule, kind="fail", title=title, action=action)


def _container(found: Config, facts: dict[str, Any], catalog: Catalog) -> Iterator[Found]:
    unable = {rule for rule, key in UNABLE.items() if not facts["info"].get(key)}
    name = found["Name"]
    for rule, holds in RULES.items():
        if rule in unable or holds(found):
            continue
        title, action = rule_words(rule)
        named = Text(fr=f"{name} : {title.fr}", en=f"{name}: {title.en}")
        waiver = None if rule in NEVER_WAIVED else _waiver(found, rule, catalog)
        yield Found(rule=f"{name}.{rule}", kind="fail", title=named, action=action, waiver=waiver)


def _waiver(found: Config, rule: str, catalog: Catalog) -> Text | None:
    """Return why a container may break a rule; None where no reason covers what it really does."""
    labels = found["Config"]["Labels"]
    project, container = labels[PROJECT], labels[SERVICE]
    if project == PROXY:
        return words().proxy.get(rule) if _proxy_is_plain(found) else None
    entry = catalog.services.get(project.partition("_")[2])
    if not entry or container not in entry.compose.services:
        return None
    reason = entry.service.waivers.get(f"{container}.{rule}")
    if rule == "cap_add" and not capabilities(found) <= set(entry.compose.services[container].cap_add):
        return None
    if rule == "ports" and not published(found) <= {(p.port, p.protocol) for p in entry.service.open_ports}:
        return None
    return Text(fr=str(reason), en=str(reason)) if reason else None


def _proxy_is_plain(found: Config) -> bool:
    """The proxy's exceptions are these and no wider: the host's network, one capability, its own folders."""
    host = found["HostConfig"]
    inner = {**found, "HostConfig": {**host, "NetworkMode": ""}}
    own = ("/srv/provisioner/instances/", "/srv/provisioner/proxy/", "/run/provisioner/sign-in/")
    binds = [str(mount["Source"]) for mount in found["Mounts"] if mount["Type"] == "bind"]
    return _apart(inner) and capabilities(found) <= {"NET_BIND_SERVICE"} and all(f"{s}/".startswith(own) for s in binds)


def capabilities(found: Config) -> set[str]:
    """Return the capabilities that a container was given back."""
    return {word.upper().removeprefix("CAP_") for word in found["HostConfig"].get("CapAdd") or []}


def published(found: Config) -> set[tuple[int, str]]:
    """Return the ports that a container publishes on other addresses than 127.0.0.1: (port, tcp or udp)."""
    bindings = found["HostConfig"].get("PortBindings") or {}
    return {
        (int(each.get("HostPort") or 0), inner.partition("/")[2] or "tcp")
        for inner, outer in bindings.items()
        for each in outer or []
        if each.get("HostIp") != "127.0.0.1"
    }
