"""What the role `access` is asked for: the files that decide who may come in, and how the way back is armed. Pure."""

from typing import Any

from provisioner import firewall
from provisioner.errors import ProvisionerError
from provisioner.harden.sshd import sshd_config
from provisioner.i18n import _
from provisioner.models.security import strictest
from provisioner.models.stack import Stack

SSHD = "/etc/ssh/sshd_config"
SECONDS = 90  # after which the old settings come back unless a second login kept the new ones


def access_request(stacks: list[Stack], release: int, source: str, port: int) -> dict[str, Any]:
    """Given the stacks of a host, its Debian, our address and SSH's port as it sees them: what to put in force.

    Raise InputError when the stacks contradict each other, ProvisionerError when they would shut us out.
    """
    host, networks = stacks[0].host, firewall.ssh_from(stacks)
    if not firewall.lets_in(networks, source):
        message = _("security.ssh_from would shut us out of host {host}: we come from {source}").format(
            host=host.name, source=source
        )
        raise ProvisionerError(message, _("Add that address or its network to ssh_from in stack.yaml, or empty it."))
    wall = firewall.Wall(ssh_port=port, ssh_from=networks)
    files = {firewall.PATH: (firewall.nftables(wall), "0644"), firewall.DROP_IN: (firewall.UNIT, "0644")}
    level = strictest([stack.security.effective for stack in stacks])
    if level != "none":
        # One sshd for all stacks of the host: root keeps its door while any of them comes in by it.
        user = "root" if any(stack.host.user == "root" for stack in stacks) else host.user
        files[SSHD] = (sshd_text(sshd_config(level, release, user), port), "0600")
    return {
        "files": {path: {"content": content, "mode": mode} for path, (content, mode) in files.items()},
        "user": host.user,
        "source": source,
        "port": port,
        "seconds": SECONDS,
    }


def sshd_text(text: str, port: int) -> str:
    """Return sshd_config with the port that this host's SSH has, where that is not the usual one."""
    return text if port == 22 else f"{text}Port {port}\n"
