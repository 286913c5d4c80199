"""Who may enter a lab host, and how we know it is the right one: keys, known_hosts, the ssh command."""

from dataclasses import dataclass
from pathlib import Path

from provisioner import runner
from provisioner.engine import state_dir


@dataclass(frozen=True)
class LabHost:
    """A rehearsal host, with all that SSH and Ansible need to enter it."""

    name: str
    address: str
    port: int
    user: str
    key_file: Path
    known_hosts: Path
    debian: str
    running: bool = True


def lab_dir(name: str = "") -> Path:
    """Return the folder where the lab, or one of its hosts, keeps its state."""
    return state_dir(f"lab/{name}" if name else "lab")


def key_pair() -> tuple[Path, str]:
    """Return the private key's file and the public key of this lab, made at first use."""
    private = lab_dir() / "id_ed25519"
    if not private.exists():
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "provisioner-lab", "-f", str(private)]
        runner.run(command, timeout=30)
    return private, private.with_suffix(".pub").read_text().strip()


def write_known_hosts(name: str, address: str, host_key: str) -> Path:
    """Given a host's address and public key as it told the engine, write its known_hosts and return the file."""
    words = host_key.split()[:2]
    file = lab_dir(name) / "known_hosts"
    text = f"{address} {' '.join(words)}\n"
    if not file.exists() or file.read_text() != text:
        file.write_text(text)
    return file


def ssh_command(host: LabHost, command: list[str] | None = None, options: list[str] | None = None) -> list[str]:
    """Given a host and a command (none: a shell), return the ssh command that trusts nothing but what we wrote."""
    return [
        "ssh", "-F", "none", "-i", str(host.key_file), "-p", str(host.port),
        "-o", "IdentitiesOnly=yes", "-o", f"UserKnownHostsFile={host.known_hosts}",
        "-o", "StrictHostKeyChecking=yes", "-o", "GlobalKnownHostsFile=/dev/null",
        *(options or []), f"{host.user}@{host.address}", *(command or []),
    ]  # fmt: skip
