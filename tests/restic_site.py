"""An association with one instance and real restic repositories, on this machine: no Docker, no host. Needs root."""

import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from provisioner.host import backup, docker, generations, layout, record, restic, settings
from provisioner.host.inside import seen_as
from provisioner.host.restic import Destination

NAME = "asso_pad"
RECIPE = {"backup": {"volumes": ["data"], "dumps": {}, "before": [], "after": []}}
CERTIFICATE = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=lab")


@dataclass
class Site:
    """The folders of a host program, and the restic it calls. `Site.here` must surround every use."""

    folder: Path
    program: Path
    destinations: list[dict[str, Any]] = field(default_factory=list)

    @contextlib.contextmanager
    def here(self) -> Iterator["Site"]:
        """Make the host program use this site: its folders, its restic, one volume instead of Docker's."""
        places = {"PROVISIONER_ROOT": str(self.folder / "root"), "PROVISIONER_STATE": str(self.folder / "state")}
        found = {"services": {}, "volumes": {"data": {"name": "data"}}}
        path = f"{self.program}:{docker.ENVIRONMENT['PATH']}"
        with (
            mock.patch.dict(os.environ, places),
            mock.patch.dict(docker.ENVIRONMENT, {"PATH": path}),
            mock.patch.object(generations, "configuration", lambda *_: found),
            mock.patch.object(generations, "place", lambda volume: self.folder / "volumes" / volume),
        ):
            yield self

    def add(self, name: str, url: str, secrets: dict[str, str] | None = None, **about: Any) -> Destination:
        """Add a destination, as apply leaves it on a host."""
        folder = settings.folder_of("asso")
        for kind, value in {"key": f"key of {name}", **(secrets or {})}.items():
            layout.write(folder / "secrets" / f"{kind}_{name}", value, 0o600)
        plain = {"append_only": False, "upload_kib": 0, "host_key": "", "certificate": "", "offsite": False}
        self.destinations.append({**plain, "name": name, "url": url, **about})
        config = {"association": "asso", "destinations": self.destinations, "keep": {"daily": 7, "within": "90d"}}
        layout.write_json(folder / "backup.json", config)
        folder = layout.instance_dir(NAME)
        layout.write(folder / "compose.yaml", "services: {}\n")
        layout.write_json(folder / "service.json", RECIPE)
        facts = {"association": "asso", "service": "pad", "version": "1", "variables": {}}
        layout.write_json(folder / "instance.json", facts)
        return settings.destination("asso", name)

    def write(self, content: dict[str, bytes]) -> None:
        """Let the instance hold these files."""
        shutil.rmtree(self.folder / "volumes", ignore_errors=True)
        for name, data in content.items():
            layout.write(self.folder / "volumes" / "data" / name, data)

    def backup(self) -> dict[str, Any]:
        """Back up and return what became of it, per destination."""
        done = backup.backup("asso", [], lambda *_words, **_more: None)
        found: dict[str, Any] = done["instances"][NAME]
        return {name: item if item["ok"] else {**item, "record": done["records"]} for name, item in found.items()}

    def restored(self, where: Destination, snapshot: str, timeout: float = 200) -> dict[str, str]:
        """Restore a snapshot as the host program does and return file -> SHA-256. Raise Trouble."""
        target = self.folder / "restored"
        shutil.rmtree(target, ignore_errors=True)
        places = {"recipe": target / "recipe", "dumps": target / "dumps", "volumes/data": target / "data"}
        for path in places.values():
            path.mkdir(parents=True)
        base = str(layout.snapshot_dir())
        line = ["restore", snapshot, "--quiet", "--target", base]
        restic.run(where, *line, inside=seen_as(places, below=base), timeout=timeout)
        return digests(target / "data")

    def good(self, where: Destination) -> list[dict[str, Any]]:
        """Return the good snapshots of the instance, oldest first."""
        return [each for each in record.read(where) if each["instance"] == NAME]


def digests(folder: Path) -> dict[str, str]:
    """Return file -> SHA-256 of all files below a folder."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def summed(content: dict[str, bytes]) -> dict[str, str]:
    """Return file -> SHA-256 of what was written."""
    return {name: hashlib.sha256(data).hexdigest() for name, data in sorted(content.items())}


def largest(repository: Path, kind: str) -> Path:
    """Return the largest file of one kind (data, index, snapshots, keys) in a repository that is a folder."""
    return max(
        (path for path in (repository / kind).rglob("*") if path.is_file()), key=lambda path: path.stat().st_size
    )


def flip(path: Path) -> None:
    """Turn one bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(bytes(data))


def cut(path: Path) -> None:
    """Leave the first half of a file."""
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@contextlib.contextmanager
def served(command: list[str], port: int, log: Path, address: str = "127.0.0.1") -> Iterator[None]:
    """Run a server on this machine and wait until it answers; it ends with the block."""
    with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT) as process:
        try:
            for _ in range(200):
                with contextlib.suppress(OSError), socket.create_connection((address, port), timeout=1):
                    break
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
            yield
        finally:
            process.terminate()


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
