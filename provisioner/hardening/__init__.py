"""The hardening rules every container obeys. An exception is a waiver with a reason; an idle waiver is an error."""

import re
from collections.abc import Iterator

from provisioner.catalog import CatalogEntry
from provisioner.errors import Finding
from provisioner.hardening.links import links
from provisioner.hardening.rules import NEVER_WAIVED, RULES, Place
from provisioner.i18n import _
from provisioner.models.compose import Compose, Container, megabytes

__all__ = ["NEVER_WAIVED", "RULES", "WRITTEN", "broken", "check_hardening"]
# container.written:/path waives that the backup does not have what the container writes there (ladder/covered.py).
WRITTEN = ".written:"


def broken(compose: Compose, ways_in: set[str]) -> dict[str, list[str]]:
    """Given a compose file and the containers that people reach, return container -> the rules it breaks."""
    places = {name: Place(name, compose, name in ways_in) for name in compose.services}
    return {
        name: [rule for rule, (holds, _wanted) in RULES.items() if not holds(place)] for name, place in places.items()
    }


def ways_in(entry: CatalogEntry) -> set[str]:
    """Return the containers that the proxy or an open port leads to."""
    route = entry.service.route
    return {
        route.container, *(way.container for way in route.also), *(port.container for port in entry.service.open_ports)
    }  # fmt: skip


def check_hardening(entry: CatalogEntry) -> list[Finding]:
    """Given an entry, return a finding for each rule broken without a waiver and each needless waiver."""
    found = broken(entry.compose, ways_in(entry))
    return [
        *_unwaived(entry, found), *_needless(entry, found), *_capabilities(entry), *_memory(entry), *links(entry)
    ]  # fmt: skip


def _unwaived(entry: CatalogEntry, found: dict[str, list[str]]) -> Iterator[Finding]:
    for name, rules in found.items():
        for rule in rules:
            key, wanted = f"{name}.{rule}", _(RULES[rule][1])
            place = ("services", name)
            if rule in NEVER_WAIVED:
                text = _("hardening rule '{rule}': wanted {wanted}; no waiver excuses it")
                yield entry.compose_document.finding(place, text.format(rule=rule, wanted=wanted))
            elif key not in entry.service.waivers:
                text = _("hardening rule '{rule}': wanted {wanted}, or a waiver '{key}' with its reason")
                yield entry.compose_document.finding(place, text.format(rule=rule, wanted=wanted, key=key))


def _needless(entry: CatalogEntry, found: dict[str, list[str]]) -> Iterator[Finding]:
    known = {f"{name}.{rule}" for name in found for rule in RULES}
    for key in entry.service.waivers:
        name, written, path = key.partition(WRITTEN)
        text = _("this waiver is idle: the rule holds; remove it")
        if key in known:
            container, _dot, rule = key.rpartition(".")
            if rule in found[container]:
                continue
        elif written and name in entry.compose.services and path.startswith("/"):
            if _writable(entry.compose.services[name], path):
                continue
        else:
            text = _("'{key}' names no container and rule; rules: {rules}")
            text = text.format(key=key, rules=", ".join([*RULES, "written:/path"]))
        yield entry.service_document.finding(("waivers", key), text)


def _capabilities(entry: CatalogEntry) -> Iterator[Finding]:
    """Each capability that is given back stands by its name in the reason: none slips in beside the others."""
    for name, container in entry.compose.services.items():
        reason = entry.service.waivers.get(f"{name}.cap_add", "")
        for capability in container.cap_add if reason else []:
            if not re.search(rf"\b{re.escape(capability)}\b", reason):
                text = _("this waiver does not say what {capability} is for").format(capability=capability)
                yield entry.service_document.finding(("waivers", f"{name}.cap_add"), text)


def _memory(entry: CatalogEntry) -> Iterator[Finding]:
    """What the containers may use together is not less than what the service needs when nobody uses it."""
    sizes = {name: megabytes(container.mem_limit) for name, container in entry.compose.services.items()}
    for name, size in sizes.items():
        if size is None and entry.compose.services[name].mem_limit:
            text = _("'{size}' is no size: 256m, 1g").format(size=entry.compose.services[name].mem_limit)
            yield entry.compose_document.finding(("services", name, "mem_limit"), text)
    if all(sizes.values()):
        allowed, needed = sum(size or 0 for size in sizes.values()), entry.service.resources.memory_mb
        if allowed < needed:
            text = _("the containers may use {allowed} MB together, but the service needs {needed} MB when idle")
            finding = entry.service_document.finding(
                ("resources", "memory_mb"), text.format(allowed=allowed, needed=needed)
            )
            yield finding


def _writable(container: Container, path: str) -> bool:
    """Say whether anything at a path or below could stay: the container's own files, or what is mounted there."""
    mounts = [item.split(":") for item in container.volumes]
    below = [f"{mount[1]}/" for mount in mounts if len(mount) > 1 and "ro" not in mount[2:]]
    return not container.read_only or any(m.startswith(f"{path}/") or f"{path}/".startswith(m) for m in below)
