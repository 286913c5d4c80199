"""What makes a container a host: capabilities, mounts, addresses. Decides; starts nothing."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

LABEL = "org.provisioner.lab"
NETWORK = "provisioner-lab"
REGISTRY = "provisioner-registry"
PREFIX = "provisioner-lab-"
USER = "debian"
RELEASES = {"13": "trixie", "12": "bookworm"}
SUBNETS = [f"10.{second}.{third}.0/24" for second in (213, 89) for third in range(8)]

CAPABILITIES = """
CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE
NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN
SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE
MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE
""".split()  # noqa: SIM905 - in the kernel's order, forty quoted words would hide it
NEVER = ["SYS_TIME", "SYS_MODULE"]


class Machine(NamedTuple):
    """What the operator's machine gives to a host: missing capabilities, name servers, apt proxy."""

    missing: list[str]
    nameservers: list[str]
    apt_proxy: str = ""


def missing_capabilities(status: str) -> list[str]:
    """Given the text of /proc/self/status, return the names of the capabilities that this machine lacks."""
    bounding = int((re.search(r"^CapBnd:\s*([0-9a-f]+)$", status, re.M) or ["", "1ffffffffff"])[1], 16)
    return [name for bit, name in enumerate(CAPABILITIES) if not bounding >> bit & 1]


def nameservers(*resolv_confs: str) -> list[str]:
    """Given the texts of resolv.conf files, return the servers of the first that a container can reach too."""
    for text in resolv_confs:
        found = re.findall(r"^nameserver\s+(\S+)", text, re.M)
        outside = [server for server in found if not ipaddress.ip_address(server.partition("%")[0]).is_loopback]
        if outside:
            return outside
    return []


def free_address(subnet: str, taken: Iterable[str]) -> str:
    """Given the lab's subnet and the addresses in use, return the first free one for a host."""
    network, used = ipaddress.ip_network(subnet), {address.partition("/")[0] for address in taken}
    candidates = (str(network[number]) for number in range(10, 120))
    return next(address for address in candidates if address not in used)


def registry_address(subnet: str) -> str:
    """Return the address the lab's registry has in its subnet."""
    return str(ipaddress.ip_network(subnet)[2])


def dynamic_range(subnet: str) -> str:
    """Return the upper half of the subnet, which is left to the engine."""
    return str(list(ipaddress.ip_network(subnet).subnets())[1])


def host_labels(name: str, debian: str, key: str) -> dict[str, str]:
    """Return the labels by which we know a host as ours."""
    return {LABEL: "host", f"{LABEL}.name": name, f"{LABEL}.debian": debian, f"{LABEL}.key": key}


def host_options(name: str, machine: Machine, addresses: Mapping[str, str], key: str, memory: str = "") -> list[str]:
    """Given a host's name, the machine, its addresses (own, registry) and the public key, return docker run's options.

    The host gets every capability that the machine has, but for its clock and its kernel modules.
    """
    dropped = [f"--cap-drop={name}" for name in [*machine.missing, *(n for n in NEVER if n not in machine.missing)]]
    settings = {"AUTHORIZED_KEY": key, "NAMESERVERS": " ".join(machine.nameservers), "APT_PROXY": machine.apt_proxy}
    return [
        "--hostname", name, "--network", NETWORK, "--ip", addresses["own"],
        "--add-host", f"{REGISTRY}:{addresses['registry']}",
        "--cap-add=ALL", *dropped,
        *(f"--security-opt={option}=unconfined" for option in ("seccomp", "apparmor", "systempaths")),
        "--cgroupns=private", "--tmpfs=/run", "--tmpfs=/run/lock", "--tmpfs=/tmp:exec",
        "--volume", f"{PREFIX}{name}:/var/lib/docker",
        *([f"--memory={memory}"] if memory else []),
        *(word for item in settings.items() for word in ("--env", "=".join(item))),
    ]  # fmt: skip
