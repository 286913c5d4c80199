"""What ansible-playbook is given: inventory and environment. Builds data, runs nothing."""

import os
import sys
from pathlib import Path
from typing import Any

from provisioner.models.stack import Host
from provisioner.paths import data_dir

HostFacts = tuple[Host, Path, str, int, list[str]]


def inventory(hosts: dict[str, HostFacts], requests: Path) -> dict[str, Any]:
    """Given per host: SSH facts, known_hosts, key, Debian release, insecure registries; return the inventory."""
    return {"all": {"hosts": {name: _variables(*facts, requests) for name, facts in hosts.items()}}}


def _variables(
    host: Host, known_hosts: Path, key: str, release: int, insecure: list[str], requests: Path
) -> dict[str, Any]:
    options = [f"-o UserKnownHostsFile={known_hosts}", "-o StrictHostKeyChecking=yes", "-o ConnectTimeout=15"]
    options += ["-o ServerAliveInterval=15", "-o ServerAliveCountMax=4"]
    return {
        "ansible_host": host.address,
        "ansible_port": host.port,
        "ansible_user": host.user,
        "ansible_become": host.user != "root",
        "ansible_python_interpreter": "/usr/bin/python3",
        "ansible_ssh_common_args": " ".join([*options, *(["-o IdentitiesOnly=yes"] if key else [])]),
        **({"ansible_ssh_private_key_file": key} if key else {}),
        "debian_release": release,
        "docker_insecure_registries": insecure,
        "provisioner_requests": str(requests),
    }


def environment(control: Path, hosts: int) -> dict[str, str]:
    """Return what ansible-playbook needs in its environment for this run."""
    roles = data_dir("roles")
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "ANSIBLE_CONFIG": str(data_dir("playbooks") / "ansible.cfg"),
        "ANSIBLE_ROLES_PATH": str(roles),
        "ANSIBLE_LIBRARY": f"{roles}/base/library:{roles}/hardening/library:{roles}/instances/library",
        "ANSIBLE_FORKS": str(min(20, max(5, hosts))),
        "ANSIBLE_STRATEGY": "free" if hosts > 1 else "linear",
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(control),
        "LC_ALL": "C.UTF-8",
    }
