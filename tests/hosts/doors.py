"""The role `access` alone, run on a rehearsal host with settings that a test has made worse."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal import Stack

from provisioner.access import access_request
from provisioner.bundle import Bundle, load_bundle
from provisioner.catalog import load_catalog
from provisioner.commands import ansible
from provisioner.ssh import look

PLAY = "- {hosts: all, gather_facts: false, roles: [access]}\n"


@dataclass
class Door:
    """A host's way in, and the folder in which the play is put together."""

    stack: Stack
    folder: Path

    def bundle(self) -> Bundle:
        """Return the stack as apply reads it."""
        return load_bundle(self.stack.folder / "stack.yaml", load_catalog(self.stack.catalog))

    def request(self) -> dict[str, Any]:
        """Return what apply asks for on this host."""
        found, (host, known, key) = self.bundle(), self.way()
        facts = look(host, known, key)
        return access_request([found.stack], facts.debian_release, facts.source, facts.ssh_port)

    def way(self) -> tuple[Any, Path, str]:
        """Return the host, the file that pins its key, and our own key."""
        found = self.bundle()
        host = found.stack.host
        return host, found.beside(host.known_hosts).resolve(), str(found.beside(host.key))

    def start(self, request: dict[str, Any], login: list[str] | None = None) -> "subprocess.Popen[str]":
        """Start the play with this request; `login` takes the place of the second login."""
        inventory = ansible.inventory({"h": (*self.way(), 13, [])}, self.folder)
        if login:
            inventory["all"]["hosts"]["h"]["second_login"] = login
        (self.folder / "hosts.json").write_text(json.dumps(inventory))
        (self.folder / "play.yml").write_text(PLAY)
        (self.folder / "h.access").write_text(json.dumps(request))
        command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "hosts.json", "play.yml"]
        environment = {**ansible.environment(self.folder / "c", 1), "HOME": str(self.folder)}
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=self.folder, env=environment, stdout=pipe, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )  # fmt: skip

    def run(self, request: dict[str, Any]) -> tuple[int, str]:
        """Run the play to its end and return (exit code, what it said)."""
        process = self.start(request)
        said, _nothing = process.communicate(timeout=240)
        return process.returncode, said

    def state(self) -> str:
        """Return what decides who comes in: both files, the rules in force, and what sshd reads."""
        files = "cat /etc/ssh/sshd_config /etc/nftables.conf; nft -s list table inet provisioner; /usr/sbin/sshd -T"
        return self.stack.host.run(files + "; test ! -e /var/lib/provisioner/guard/journal")
