"""The rules themselves: each looks at one container of a compose.yaml, with the file around it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from provisioner.i18n import N_
from provisioner.models.compose import Compose, Container, megabytes

NNP = "no-new-privileges:true"
MOST_FILES = 1_048_576
# Mount options that give back what the engine's own options (noexec, nosuid, nodev) take away.
LOOSE = {"exec", "suid", "dev"}


@dataclass(frozen=True)
class Place:
    """One container: its name, the file it stands in, and whether people's requests come to it."""

    name: str
    compose: Compose
    way_in: bool

    @property
    def container(self) -> Container:
        """The container itself."""
        return self.compose.services[self.name]


def _not_root(place: Place) -> bool:
    user = place.container.user.partition(":")[0]
    return user.isascii() and user.isdigit() and int(user) != 0


def _logs_bounded(place: Place) -> bool:
    """The drivers that know max-size and max-file, with a size and a number: -1 would be no limit."""
    logging = place.container.logging
    given = logging.get("options")
    options = given if isinstance(given, dict) else {}
    size, files = (str(options.get(name, "")) for name in ("max-size", "max-file"))
    bounded = re.fullmatch(r"[1-9][0-9]*[kmg]", size) and re.fullmatch(r"[1-9][0-9]*", files)
    return bool(bounded) and logging.get("driver", "json-file") in ("json-file", "local")


def _watched(place: Place) -> bool:
    """A check that runs something; ["NONE"] is how an image's own check is switched off."""
    check = place.container.healthcheck
    if check is None:
        return False
    if isinstance(check.test, str):
        return bool(check.test.strip())
    return len(check.test) > 1 and check.test[0] in ("CMD", "CMD-SHELL")


def _memory_bounded(place: Place) -> bool:
    """What is no size has a finding of its own; 0 is a size that limits nothing."""
    limit = place.container.mem_limit
    return bool(limit) and megabytes(limit) != 0


def _own_sources(place: Place) -> bool:
    """Only volumes of this file, without options, and what lies in ./files: so no socket and no place of the host.

    A volume with driver_opts may be a bind mount in disguise, an external one is another's.
    """
    declared = {name for name, options in place.compose.volumes.items() if not options}
    for source in (item.partition(":")[0] for item in place.container.volumes):
        parts = source.split("/")
        ours = parts[:2] == [".", "files"] and ".." not in parts
        if "$" in source or (source not in declared and not ours):
            return False
    return True


def _own_networks(place: Place) -> bool:
    """At least one network (none means one that is nowhere written), each declared here and nowhere else."""
    declared = place.compose.networks
    plain = {n for n, options in declared.items() if (options or {}) in ({}, {"internal": True}) and "$" not in n}
    return bool(place.container.networks) and set(place.container.networks) <= plain


def _kept_inside(place: Place) -> bool:
    """A container that nobody reaches from outside has networks without a way out only."""
    inside = {name for name, options in place.compose.networks.items() if options == {"internal": True}}
    return place.way_in or set(place.container.networks) <= inside


def _tmpfs_strict(place: Place) -> bool:
    given = place.container.tmpfs
    entries = [given] if isinstance(given, str) else given
    return not any("$" in entry or LOOSE & set(entry.partition(":")[2].split(",")) for entry in entries)


def _few_files(place: Place) -> bool:
    return all(name == "nofile" and _at_most(value) for name, value in place.container.ulimits.items())


def _at_most(value: Any) -> bool:
    numbers = value.values() if isinstance(value, dict) else [value]
    return all(isinstance(number, int) and 0 < number <= MOST_FILES for number in numbers)


def _plain_secrets(place: Place) -> bool:
    """Compose mounts a secret's file as it is: a user or mode that it does not set would be a promise not kept."""
    return all(isinstance(item, str) or set(item) <= {"source", "target"} for item in place.container.secrets)


def _inside_only(place: Place) -> bool:
    container = place.container
    return not container.privileged and not container.network_mode


RULES: dict[str, tuple[Callable[[Place], bool], str]] = {
    "user": (_not_root, N_("user: a numeric user that is not root")),
    "read_only": (lambda p: p.container.read_only, N_("read_only: true (with tmpfs where it must write)")),
    "cap_drop": (lambda p: p.container.cap_drop == ["ALL"], N_("cap_drop: [ALL]")),
    "cap_add": (lambda p: not p.container.cap_add, N_("no cap_add")),
    "no_new_privileges": (lambda p: NNP in p.container.security_opt, N_('security_opt: ["no-new-privileges:true"]')),
    "security_opt": (
        lambda p: set(p.container.security_opt) <= {NNP},
        N_("nothing else in security_opt: seccomp, AppArmor and system paths stay as the engine sets them"),
    ),
    "privileged": (_inside_only, N_("no privileged mode, no network_mode")),
    "binds": (_own_sources, N_("only volumes declared here without options, and ./files: no socket, no other place")),
    "networks": (_own_networks, N_("networks declared here, as {} or {internal: true}: none that others share")),
    "internal": (_kept_inside, N_("internal networks only, for a container that nobody reaches from outside")),
    "tmpfs": (_tmpfs_strict, N_("tmpfs without exec, suid or dev")),
    "sysctls": (
        lambda p: all(re.match(r"net\.", name) for name in p.container.sysctls),
        N_("no sysctls but net.*: the others are the host's"),
    ),
    "extra_hosts": (lambda p: not p.container.extra_hosts, N_("no extra_hosts: no name leads to the host")),
    "ulimits": (_few_files, N_("ulimits: nofile only, 1048576 at most")),
    "secrets": (_plain_secrets, N_("a secret has source and target only: Compose ignores its user and mode")),
    "pids_limit": (lambda p: p.container.pids_limit > 0, N_("pids_limit: a number")),
    "mem_limit": (_memory_bounded, N_("mem_limit: a size")),
    "healthcheck": (_watched, N_("a healthcheck of the application's own state")),
    "restart": (lambda p: p.container.restart == "unless-stopped", N_("restart: unless-stopped")),
    "logging": (_logs_bounded, N_("logging with options max-size and max-file")),
    "ports": (
        lambda p: all(port.startswith("127.0.0.1:") for port in p.container.ports),
        N_("ports on 127.0.0.1 only"),
    ),
}
# No reason excuses these in the catalog: each would open the host, or one instance to another.
NEVER_WAIVED = ("no_new_privileges", "security_opt", "privileged", "binds", "networks", "sysctls", "cap_drop")
