"""A stack on a rehearsal host, used as a person uses it: through the program's commands, over SSH and HTTPS."""

import functools
import http.client
import json
import os
import re
import shlex
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provisioner import lab, lab_host, runner
from provisioner.commands import docker

PROGRAM = "/usr/local/lib/provisioner/host.pyz"
INSTANCES = "/srv/provisioner/instances"
ROOT_CERTIFICATE = "/srv/provisioner/proxy/root.crt"


Headers = dict[str, str]


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return standard output read as JSON; on failure show what was said instead."""
        assert self.out.startswith("{"), self.out + self.err
        return json.loads(self.out)

    @property
    def host(self) -> dict[str, Any]:
        """Return the report of the one host."""
        [found] = self.json["hosts"]
        return dict(found)

    @property
    def actions(self) -> dict[str, str]:
        """Return instance -> action, those left alone not counted."""
        return {item["instance"]: item["action"] for item in self.host["instances"] if item["action"] != "none"}

    @property
    def changes(self) -> tuple[set[str], set[tuple[str, str]]]:
        """Return what changes (or changed): the tasks on the host, and (instance, action)."""
        return set(self.host["tasks"]), set(self.actions.items())


@dataclass(frozen=True)
class Host:
    """A rehearsal host, entered as root."""

    lab: lab.LabHost

    def run(self, line: str, stdin: str = "", check: bool = True, timeout: float = 120) -> str:
        """Run a command line as root on the host and return its standard output."""
        command = lab.ssh_command(self.lab, [f"sudo sh -c {shlex.quote(line)}"])
        return runner.run(command, stdin=stdin.encode(), check=check, timeout=timeout).stdout

    def from_below(self, line: str) -> str:
        """Run a command line as root on the host without entering it by SSH: it may be broken."""
        command = docker.execute(lab_host.PREFIX + self.lab.name, ["sh", "-c", line])
        return runner.run(command, timeout=120).stdout

    def ask(self, command: str, request: dict[str, Any]) -> Any:
        """Ask the host program, as timers do."""
        return json.loads(self.run(f"python3 {PROGRAM} {command}", json.dumps(request)))

    def containers(self, instance: str = "") -> dict[str, str]:
        """Return the name of each container -> its identifier and when it was started."""
        chosen = f"--filter label=com.docker.compose.project={instance}" if instance else ""
        form = "{{.Name}} {{.Id}} {{.State.StartedAt}}"
        rows = self.run(f"docker ps -aq {chosen} | xargs -r docker inspect --format '{form}'").splitlines()
        return {row.split()[0].lstrip("/"): row for row in rows}

    def names(self, what: str) -> set[str]:
        """Return the names of all volumes or networks."""
        return set(self.run(f"docker {what} ls --format '{{{{.Name}}}}'").split())

    @functools.cached_property
    def authority(self) -> str:
        """Return the certificate of the proxy's own authority."""
        return self.run(f"cat {ROOT_CERTIFICATE}")

    def fetch(
        self, domain: str, path: str = "/", method: str = "GET", body: bytes = b"", headers: Headers | None = None
    ) -> tuple[int, Headers, str]:
        """Ask a site by name over HTTPS, from this machine, and return (status, headers, text)."""
        context = ssl.create_default_context(cadata=self.authority)
        connection = http.client.HTTPSConnection(domain, timeout=20, context=context)
        plain = socket.create_connection((self.lab.address, 443), timeout=20)
        connection.sock = context.wrap_socket(plain, server_hostname=domain)
        try:
            connection.request(method, path, body or None, headers or {})
            answer = connection.getresponse()
            found: Headers = {}
            for name, value in answer.getheaders():
                found[name.lower()] = f"{found[name.lower()]}, {value}" if name.lower() in found else value
            text = "" if answer.status == 101 else answer.read().decode("utf-8", "replace")
            return answer.status, found, text
        finally:
            connection.close()


@dataclass
class Stack:
    """One association's folder, and the program run on it. `said` keeps all it ever printed."""

    folder: Path
    host: Host
    catalog: Path
    identity: Path
    said: list[str] = field(default_factory=list)

    @classmethod
    def make(
        cls, folder: Path, host: Host, catalog: Path, identity: Path, services: list[str], level: str = "auto"
    ) -> "Stack":
        """Write stack.yaml, lock and secrets with `provisioner init`. The folder's name is the association's id.

        Level "none" leaves the host as it is: for tests of something else, a minute quicker.
        """
        stack, name = cls(folder, host, catalog, identity), folder.name
        words = [word for service in services for word in ("--service", service)]
        words += ["--id", name, "--domain", f"{name}.lab.test", "--lab", host.lab.name, "--folder", str(folder)]
        done = stack.run("init", *words)
        assert done.code == 0 and (folder / "stack.lock.yaml").is_file(), done.err
        # Most tests count instances of services; the start page has a test of its own.
        stack.edit(r"^portal:\n(?:  .*\n)+", "")
        stack.edit(r"^  level: auto", f"  level: {level}")
        return stack

    def command(self, *words: str) -> tuple[list[str], dict[str, str]]:
        """Return a command line of the program and its environment."""
        line = [sys.executable, "-m", "provisioner", "--lang", "en", *words]
        line += [] if words[0] == "restore" else ["--catalog", str(self.catalog)]  # a restore needs no catalog
        return line, {**os.environ, "PROVISIONER_IDENTITY": str(self.identity)}

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Start a command of the program and return the process."""
        line, environment = self.command(*words)
        pipe = subprocess.PIPE
        return subprocess.Popen(line, env=environment, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True)

    def end(self, process: "subprocess.Popen[str]", timeout: float = 900) -> Outcome:
        """Wait for a started command and return how it ended."""
        out, err = process.communicate(timeout=timeout)
        self.said += [out, err]
        return Outcome(process.returncode, out, err)

    def run(self, *words: str) -> Outcome:
        """Run a command of the program to its end."""
        return self.end(self.start(*words))

    def plan(self, *options: str) -> Outcome:
        """Return what `plan --json` says."""
        return self.run("plan", str(self.folder), "--json", *options)

    def apply(self, *options: str) -> Outcome:
        """Apply, which must succeed, and return what `apply --json` says."""
        done = self.run("apply", str(self.folder), "--json", *options)
        assert done.code == 0, done.out + done.err
        return done

    def edit(self, pattern: str, replacement: str, file: str = "stack.yaml") -> None:
        """Replace what a pattern finds in a file of the stack, which must be there once."""
        path = self.folder / file
        text, count = re.subn(pattern, replacement, path.read_text("utf-8"), flags=re.M)
        assert count == 1, f"{pattern!r} found {count} times"
        path.write_text(text, "utf-8")

    def write(self) -> dict[str, str]:
        """Write content in every service and return instance -> marker."""
        found = self.run("probe", str(self.folder), "--json")
        assert found.code == 0, found.out + found.err
        return {name: item["marker"] for name, item in found.json["instances"].items()}

    def read(self, markers: dict[str, str]) -> None:
        """Read content back that was written before; it must be there."""
        request = {"associations": [self.folder.name], "only": list(markers), "markers": markers, "write": False}
        found = self.host.ask("probe", request)["instances"]
        assert {name: item["message"] for name, item in found.items()} == dict.fromkeys(markers, "")

    def secrets_there(self) -> dict[str, str]:
        """Return the secret files of this association on the host, path -> text."""
        find = f"find {INSTANCES}/{self.folder.name}_*/secrets -type f | sort | xargs grep -H ."
        return dict(row.split(":", 1) for row in self.host.run(find).splitlines())


HostMaker = Callable[[str, str], Host]
StackMaker = Callable[..., Stack]
