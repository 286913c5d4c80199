"""Evidence after a breach: what this host knows of a time, sealed with its key. Needs neither Docker nor services."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import docker, layout, locks
from .drill import host_name, sign
from .evidence_docker import container_logs, described
from .evidence_text import Scrub, secrets_of
from .people import keys

NAMESPACE = "provisioner-breach"
MANIFEST = "manifest.json"
MOST_BYTES = 256 * 2**20  # of one piece: more is cut off, and the manifest says so
SPARE_BYTES = 256 * 2**20
MEMORY = Path("/run/provisioner")  # where the disk is full: a breach may be just that
COMMANDS_RUN = {
    "processes.txt": ["ps", "-eo", "pid,ppid,user,lstart,cmd"],
    "listening.txt": ["ss", "--listening", "--numeric", "--processes", "--tcp", "--udp"],
    "connections.txt": ["ss", "--numeric", "--processes", "--tcp", "--udp"],
    "last_logins.txt": ["last", "--fulltimes", "-w"],  # not on Debian 13: sign_ins.txt says it there
    "failed_logins.txt": ["lastb", "--fulltimes", "-w"],
    "signed_in.txt": ["who", "--all"],
    "bans.txt": ["fail2ban-client", "status"],
    "firewall.txt": ["nft", "list", "ruleset"],
    "packages.txt": ["dpkg-query", "--show"],
}  # fmt: skip


def evidence(request: dict[str, Any]) -> None:
    """Write a tar.gz of evidence to standard output: {associations, since, until (seconds), breach, by}.

    What cannot be had is named in the manifest; only a host without a writable disk gives nothing at all.
    """
    with locks.hold("evidence", patience=60):
        full = shutil.disk_usage(layout.state_root()).free < SPARE_BYTES
        base = (MEMORY if full else layout.state_root()) / "evidence"
        shutil.rmtree(base, ignore_errors=True)  # what a killed run left
        folder = base / "evidence"
        folder.mkdir(parents=True)
        base.chmod(0o700)
        try:
            seal(folder, request, collect(folder, request))
            docker.run_through(["tar", "--create", "--gzip", "--directory", str(base), "evidence"])
        finally:
            shutil.rmtree(base, ignore_errors=True)


def collect(folder: Path, request: dict[str, Any]) -> dict[str, str]:
    """Write each piece into a folder. Return piece -> why it is missing or cut short."""
    since, until = int(request["since"]), int(request["until"])
    window = ["--since", f"@{since}", "--until", f"@{until}", "--no-pager", "--output", "short-iso-precise"]
    scrub = Scrub(secrets_of(layout.root() / "instances"))
    missing: dict[str, str] = {}

    def piece(name: str, make: Callable[[], str | Iterator[str]]) -> None:
        path = folder / name
        try:
            made = make()
            written = _write(path, [clean(name, made, scrub)] if isinstance(made, str) else map(scrub.text, made))
        except (docker.Failed, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            path.unlink(missing_ok=True)
            missing[name] = f"{error} {getattr(error, 'output', '')}".strip()[:300]
            return
        if written > MOST_BYTES:
            missing[name] = f"cut: the last {MOST_BYTES} of {written} bytes"

    piece("journal.txt", lambda: _said(["journalctl", *window]))
    facilities = ["SYSLOG_FACILITY=4", "SYSLOG_FACILITY=10"]
    piece("sign_ins.txt", lambda: _said(["journalctl", *window, *facilities]))
    for name, command in COMMANDS_RUN.items():
        piece(name, lambda command=command: docker.run(command, timeout=60))  # type: ignore[misc]
    piece("accounts.json", lambda: json.dumps(keys({}), indent=1))
    piece("containers.json", lambda: json.dumps(described(), indent=1))
    piece("checksums.txt", lambda: checksums(layout.root()))
    piece("runs.jsonl", lambda: (layout.state_root() / "audit.jsonl").read_text("utf-8"))
    for association in request["associations"]:
        if not layout.backup_state(association).is_file():
            continue  # it has no backups
        piece(f"backup_{association}.json", lambda each=association: layout.backup_state(each).read_text("utf-8"))  # type: ignore[misc]
    for name, text in container_logs(request["associations"], since, until):
        piece(f"logs/{name}.txt", lambda text=text: text())  # type: ignore[misc]
    return missing


def _said(command: list[str]) -> Iterator[str]:
    """Give what a program says line by line: a journal may be larger than the memory."""
    with docker.stream(command, timeout=600) as stream:
        for line in stream:
            yield line.decode("utf-8", "replace")


def _write(path: Path, texts: Iterable[str]) -> int:
    """Write texts into a file, of which the last MOST_BYTES stay. Return how many bytes they were."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "r+b") as stream:
        for text in texts:
            stream.write(text.encode())
        written = stream.tell()
        for start in range(0, MOST_BYTES, 1 << 20) if written > MOST_BYTES else ():
            stream.seek(written - MOST_BYTES + start)
            block = stream.read(min(1 << 20, MOST_BYTES - start))
            stream.seek(start)
            stream.write(block)
        stream.truncate(min(written, MOST_BYTES))
    return written


def clean(name: str, text: str, scrub: Scrub) -> str:
    """Return a piece without secrets; JSON stays JSON. Pure."""
    try:
        if name.endswith(".json"):
            return json.dumps(scrub.data(json.loads(text)), indent=1)
        if name.endswith(".jsonl"):
            return "".join(json.dumps(scrub.data(json.loads(line))) + "\n" for line in text.splitlines())
    except ValueError:
        pass  # cut short by a power cut: as a text
    return scrub.text(text)


def checksums(base: Path) -> str:
    """Return the SHA-256 of every file below a folder, those of secrets left out: a short one could be guessed."""
    rows = []
    for path in sorted(base.rglob("*")):
        if path.is_file() and not path.is_symlink() and "secrets" not in path.parts:
            with suppress(FileNotFoundError), path.open("rb") as stream:  # applications go on meanwhile
                rows.append(f"{hashlib.file_digest(stream, 'sha256').hexdigest()}  {path.relative_to(base)}\n")
    return "".join(rows)


def seal(folder: Path, request: dict[str, Any], missing: dict[str, str]) -> None:
    """Write the manifest (who, when, hash of each piece, what is missing) and sign it with the host's SSH key."""
    files = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}
    manifest = {
        "format": 1, "kind": "evidence", "breach": request["breach"], "by": request["by"], "host": host_name(),
        "taken": int(time.time()), "since": int(request["since"]), "until": int(request["until"]),
        "files": {name: _about(path) for name, path in files.items()}, "missing": missing,
    }  # fmt: skip
    layout.write_json(folder / MANIFEST, manifest, 0o600)
    try:
        sign(folder / MANIFEST, NAMESPACE)
    except docker.Failed:
        (folder / f"{MANIFEST}.sig").unlink(missing_ok=True)


def _about(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        return {"sha256": hashlib.file_digest(stream, "sha256").hexdigest(), "bytes": path.stat().st_size}


COMMANDS = {"evidence": evidence}
