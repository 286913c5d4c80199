"""Rehearsal hosts on this machine: containers with systemd, sshd and a Docker engine of their own, and a registry."""

import contextlib
import fcntl
import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from provisioner import engine, images, images_foundation, lab_host, runner
from provisioner.commands import docker
from provisioner.engine import Progress, quiet
from provisioner.errors import InputError, ProvisionerError
from provisioner.i18n import _
from provisioner.lab_host import LABEL, NETWORK, PREFIX, REGISTRY, RELEASES, USER
from provisioner.lab_keys import LabHost, key_pair, lab_dir, ssh_command, write_known_hosts
from provisioner.paths import data_dir
from provisioner.registry import Registry, reachable

DEFAULT_NAME = "lab1"
__all__ = ["DEFAULT_NAME", "LabHost", "down", "find", "hosts", "registry", "restart", "ssh_command", "up"]


def up(name: str = DEFAULT_NAME, debian: str = "13", memory: str = "", progress: Progress = quiet) -> LabHost:
    """Given a name and a Debian release ("13" or "12"), make sure that this host runs and answers SSH, and return it.

    `memory` limits it ("4g"). Raise InputError for a bad name or release, ProvisionerError when a host of that name is
    something else, or the machine cannot run one.
    """
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?", name) or debian not in RELEASES:
        text = _("'{name}' with Debian '{debian}' cannot be a lab host").format(name=name, debian=debian)
        raise InputError(text, hint=_("Names have small letters, digits and dashes; Debian is 13 or 12."))
    engine.ensure_engine(progress)
    with _lock():
        _private, public = key_pair()
        there = _inspect("container", PREFIX + name)
        if there:
            _refuse_other(there[0], debian, public)
            if not there[0]["State"]["Running"]:
                progress(_("starting {name}").format(name=name))
                runner.run(docker.start(PREFIX + name), timeout=60)
        else:
            _create(name, debian, memory, progress)
    return _wait_for_ssh(name)


def restart(name: str) -> LabHost:
    """Reboot a host, and return it once it answers SSH again. Raise ProvisionerError when there is no such host."""
    find(name)
    runner.run(docker.restart(PREFIX + name), timeout=180)
    return _wait_for_ssh(name)


def down(name: str | None = None) -> list[str]:
    """Remove one host, or all that the lab made (hosts, registry, network, keys). Return the names of what is gone.

    Images stay, so that the next start is quick. Raise ProvisionerError when there is no host of that name.
    """
    if name is not None:
        find(name)
    wanted = [f"{LABEL}.name={name}"] if name else [LABEL]
    removed = []
    with _lock():
        for kind in ("container", "volume", "network"):
            names = runner.run(docker.list_names(kind, *wanted), timeout=60).stdout.split()
            if names:
                runner.run(docker.remove(kind, *names), timeout=120)
            removed += names
        shutil.rmtree(lab_dir(name or ""), ignore_errors=True)
    return list(dict.fromkeys(removed))


def hosts() -> list[LabHost]:
    """Return the lab hosts of this machine, by name; none when no engine runs."""
    if not shutil.which("docker"):
        return []
    listed = runner.run(docker.list_names("container", f"{LABEL}=host"), timeout=60, check=False)
    return sorted((_lab_host(found) for found in _inspect("container", *listed.stdout.split())), key=lambda h: h.name)


def find(name: str) -> LabHost:
    """Given a name, return the host. Raise ProvisionerError, naming those there are, when it is not there."""
    known = {host.name: host for host in hosts()}
    if name not in known:
        names = ", ".join(known) or _("none")
        text = _("there is no lab host '{name}' (there are: {names})").format(name=name, names=names)
        raise ProvisionerError(text, _("Make it: provisioner lab up --host {name}").format(name=name))
    return known[name]


def registry(progress: Progress = quiet) -> Registry:
    """Make sure that the lab's registry runs, and return how this machine and the hosts reach it."""
    engine.ensure_engine(progress)
    with _lock():
        subnet = _network()
        there = _inspect("container", REGISTRY)
        if there and not there[0]["State"]["Running"]:
            runner.run(docker.start(REGISTRY), timeout=60)
        elif not there:
            _create_registry(subnet, progress)
        [found] = _inspect("container", REGISTRY)
    port = found["NetworkSettings"]["Ports"]["5000/tcp"][0]["HostPort"]
    _wait(lambda: reachable(f"127.0.0.1:{port}", insecure=True), REGISTRY)
    return Registry(push=f"127.0.0.1:{port}", pull=f"{REGISTRY}:5000")


def _create_registry(subnet: str, progress: Progress) -> None:
    tags = images.build_images(["registry"], progress)
    image = next(tag for tag in tags if tag.startswith("provisioner/registry:"))
    labels = docker.labels({LABEL: "registry"})
    runner.run(docker.create_volume(REGISTRY, {LABEL: "registry"}), timeout=60)
    options = [
        *labels, "--network", NETWORK, "--ip", lab_host.registry_address(subnet), "--publish", "127.0.0.1::5000",
        "--volume", f"{REGISTRY}:/var/lib/registry", "--read-only", "--cap-drop=ALL",
        "--security-opt=no-new-privileges",
    ]  # fmt: skip
    runner.run(docker.run_detached(image, REGISTRY, options), timeout=120)


def _create(name: str, debian: str, memory: str, progress: Progress) -> None:
    """Build the host image if need be, and start a new host."""
    foundation = f"debian:{RELEASES[debian]}-slim"
    base = images_foundation.ensure(foundation, progress)
    arguments = (("DEBIAN", foundation),)
    image = images.Image("provisioner/lab-host", debian, data_dir("templates") / "lab", build_args=arguments)
    images.build_image(image, [base], progress)
    subnet, public = _network(), key_pair()[1]
    attached = _inspect("network", NETWORK)[0]["Containers"].values()
    stopped = [host.address for host in hosts()]
    own = lab_host.free_address(subnet, [*(each["IPv4Address"] for each in attached), *stopped])
    addresses = {"own": own, "registry": lab_host.registry_address(subnet)}
    progress(_("starting {name} (Debian {debian})").format(name=name, debian=debian))
    runner.run(docker.create_volume(PREFIX + name, {LABEL: "volume", f"{LABEL}.name": name}), timeout=60)
    options = docker.labels(lab_host.host_labels(name, debian, public.split()[1]))
    options += lab_host.host_options(name, _machine(), addresses, public, memory)
    _run(docker.run_detached(image.tag, PREFIX + name, options))


def _run(command: list[str]) -> None:
    """Start a container. An engine refuses to drop a capability that it never heard of, and never gives one either."""
    result = runner.run(command, timeout=120, check=False)
    unknown = re.search(r"unknown capability: \W*CAP_(\w+)", result.stderr)
    option = f"--cap-drop={unknown[1]}" if unknown else ""
    if result.code and option in command:
        _run([word for word in command if word != option])
    elif result.code:
        raise ProvisionerError(_("the lab host cannot be started"), result.stderr.strip())


def _refuse_other(found: dict[str, Any], debian: str, public: str) -> None:
    """Raise unless the container found is a lab host of this release that lets our key in."""
    labels = found["Config"]["Labels"]
    name, hint = found["Name"].lstrip("/").removeprefix(PREFIX), ""
    if labels.get(LABEL) != "host":
        text = _("a container called {name} is there that the lab did not make").format(name=PREFIX + name)
    elif labels[f"{LABEL}.debian"] != debian:
        text = _("{name} is there with Debian {debian}").format(name=name, debian=labels[f"{LABEL}.debian"])
        hint = _("Remove it first: provisioner lab down --host {name}").format(name=name)
    elif labels[f"{LABEL}.key"] != public.split()[1]:
        text = _("{name} was made with another key, perhaps by another user of this machine").format(name=name)
        hint = _("Remove it first: provisioner lab down --host {name}").format(name=name)
    else:
        return
    raise ProvisionerError(text, hint or _("Choose another name."))


def _network() -> str:
    """Make sure that the lab's network is there, on a range that nothing here uses, and return its subnet."""
    found = _inspect("network", NETWORK)
    if found:
        return str(found[0]["IPAM"]["Config"][0]["Subnet"])
    for subnet in lab_host.SUBNETS:
        command = docker.create_network(NETWORK, subnet, lab_host.dynamic_range(subnet), {LABEL: "network"})
        made = runner.run(command, timeout=60, check=False)
        if made.code == 0:
            return subnet
        if "overlap" not in made.stderr.lower():
            break
    raise ProvisionerError(_("the lab's network cannot be made"), made.stderr.strip())


def _machine() -> lab_host.Machine:
    files = [Path("/etc/resolv.conf"), Path("/run/systemd/resolve/resolv.conf")]
    servers = lab_host.nameservers(*(file.read_text() for file in files if file.is_file()))
    proxy = ""
    if shutil.which("apt-config"):
        command = ["apt-config", "dump", "--format=%v", "Acquire::http::Proxy"]
        proxy = runner.run(command, timeout=20, check=False).stdout
    missing = lab_host.missing_capabilities(Path("/proc/self/status").read_text())
    return lab_host.Machine(missing, servers, proxy.strip())


def _lab_host(found: dict[str, Any]) -> LabHost:
    """Given what the engine knows of a lab container, return it as a host."""
    labels, network = found["Config"]["Labels"], found["NetworkSettings"]["Networks"].get(NETWORK) or {}
    name, fixed = labels[f"{LABEL}.name"], (network.get("IPAMConfig") or {}).get("IPv4Address", "")
    return LabHost(
        name=name,
        address=network.get("IPAddress") or fixed,
        port=22,
        user=USER,
        key_file=lab_dir() / "id_ed25519",
        known_hosts=lab_dir(name) / "known_hosts",
        debian=labels[f"{LABEL}.debian"],
        running=bool(found["State"]["Running"]),
    )


def _wait_for_ssh(name: str) -> LabHost:
    """Given a host that was started, take its host key from the engine, wait until SSH lets us in, and return it."""
    host = find(name)
    read_key = docker.execute(PREFIX + name, ["cat", "/etc/ssh/ssh_host_ed25519_key.pub"])

    def answers() -> bool:
        key = runner.run(read_key, timeout=20, check=False)
        if key.code:
            return False
        write_known_hosts(name, host.address, key.stdout)
        options = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=2"]
        return runner.run(ssh_command(host, ["true"], options), timeout=20, check=False).code == 0

    _wait(answers, PREFIX + name)
    return host


def _wait(ready: Any, container: str, seconds: float = 90) -> None:
    """Wait until ready() is true. Raise ProvisionerError, with the container's last words, when it stops or is late."""
    deadline = time.monotonic() + seconds
    while not ready():
        [found] = _inspect("container", container)
        if not found["State"]["Running"] or time.monotonic() > deadline:
            last = runner.run(docker.logs(container), timeout=20, check=False)
            text = _("{name} was started but does not answer").format(name=container)
            raise ProvisionerError(text, (last.stdout + last.stderr).strip() or _("It wrote nothing."))
        time.sleep(0.2)


def _inspect(kind: str, *names: str) -> list[dict[str, Any]]:
    if not names:
        return []
    found = runner.run(docker.inspect(kind, *names), timeout=60, check=False)
    return list(json.loads(found.stdout or "[]"))


@contextlib.contextmanager
def _lock() -> Iterator[None]:
    """Let one process at a time change the lab."""
    with (engine.state_dir() / "lab.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
