"""The hardening rules every container obeys. An exception is a waiver with a reason; an idle waiver is an error."""

from collections.abc import Callable

from provisioner.catalog import CatalogEntry
from provisioner.errors import Finding
from provisioner.i18n import _
from provisioner.models.compose import Container


def _not_root(container: Container) -> bool:
    return container.user.partition(":")[0].isdigit() and container.user.partition(":")[0] != "0"


def _logs_bounded(container: Container) -> bool:
    return "max-size" in container.logging.get("options", {})


RULES: dict[str, tuple[Callable[[Container], bool], str]] = {
    "user": (_not_root, "user: a numeric user that is not root"),
    "read_only": (lambda c: c.read_only, "read_only: true (with tmpfs where it must write)"),
    "cap_drop": (lambda c: c.cap_drop == ["ALL"], "cap_drop: [ALL]"),
    "cap_add": (lambda c: not c.cap_add, "no cap_add"),
    "no_new_privileges": (
        lambda c: "no-new-privileges:true" in c.security_opt,
        'security_opt: ["no-new-privileges:true"]',
    ),
    "privileged": (lambda c: not c.privileged and not c.network_mode, "no privileged mode, no network_mode"),
    "pids_limit": (lambda c: c.pids_limit > 0, "pids_limit: a number"),
    "mem_limit": (lambda c: bool(c.mem_limit), "mem_limit: a size"),
    "healthcheck": (lambda c: c.healthcheck is not None, "a healthcheck of the application's own state"),
    "restart": (lambda c: c.restart == "unless-stopped", "restart: unless-stopped"),
    "logging": (_logs_bounded, "logging with options max-size and max-file"),
    "ports": (lambda c: all(port.startswith("127.0.0.1:") for port in c.ports), "ports on 127.0.0.1 only"),
}
# container.written:/path waives that the backup does not have what the container writes there (ladder/covered.py).
WRITTEN = ".written:"


def check_hardening(entry: CatalogEntry) -> list[Finding]:
    """Given an entry, return a finding for each rule broken without a waiver and each waiver that is idle."""
    findings, waivers = [], dict(entry.service.waivers)
    for name, container in entry.compose.services.items():
        for rule, (holds, wanted) in RULES.items():
            waived = waivers.pop(f"{name}.{rule}", None)
            if not holds(container) and waived is None:
                text = _("hardening rule '{rule}': wanted {wanted}, or a waiver '{key}' with its reason")
                text = text.format(rule=rule, wanted=wanted, key=f"{name}.{rule}")
                findings.append(entry.compose_document.finding(("services", name), text))
            if holds(container) and waived is not None:
                text = _("this waiver is idle: the rule holds; remove it")
                findings.append(entry.service_document.finding(("waivers", f"{name}.{rule}"), text))
    for key in waivers:
        name, written, path = key.partition(WRITTEN)
        text = _("'{key}' names no container and rule; rules: {rules}")
        text = text.format(key=key, rules=", ".join([*RULES, "written:/path"]))
        if written and name in entry.compose.services and path.startswith("/"):
            if _writable(entry.compose.services[name], path):
                continue
            text = _("this waiver is idle: the rule holds; remove it")
        findings.append(entry.service_document.finding(("waivers", key), text))
    return findings


def _writable(container: Container, path: str) -> bool:
    """Say whether anything at a path or below could stay: the container's own files, or what is mounted there."""
    mounts = [item.split(":") for item in container.volumes]
    below = [f"{mount[1]}/" for mount in mounts if len(mount) > 1 and "ro" not in mount[2:]]
    return not container.read_only or any(m.startswith(f"{path}/") or f"{path}/".startswith(m) for m in below)
