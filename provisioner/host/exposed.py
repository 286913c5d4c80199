"""Where the secrets of this host can be seen beside their own files: processes, Docker's records, logs, other files.

Names of secrets and places are told, values never.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from . import docker, layout

READABLE = (
    "/srv/provisioner",
    "/var/lib/provisioner",
    "/usr/local/lib/provisioner",
    "/etc",
    "/var/log",
    "/tmp",  # noqa: S108
    "/home",
)
SHORTEST = 12
BIGGEST = 50_000_000
INSPECT = ["sh", "-c", 'docker inspect "$@" || true', "sh"]  # one of them may be gone meanwhile

Found = dict[str, dict[str, dict[str, list[str]]]]


def look(request: dict[str, Any]) -> dict[str, Any]:
    """Look everywhere, or at processes only: {processes_only}. Answer {instances: name -> secret -> kind -> where}.

    Kinds: environment, arguments (of which program), docker, logs, journal, files (that others than root may read).
    """
    values = _values()
    found: Found = {}
    _processes(values, found)
    if not request.get("processes_only"):
        _said(values, found)
        _files(values, found)
    return {"instances": found}


def _values() -> dict[bytes, tuple[str, str]]:
    """Return each secret of this host -> the instance and the name it belongs to."""
    found = {}
    for path in sorted((layout.root() / "instances").glob("*/secrets/*")):
        value = path.read_bytes().strip()
        if len(value) >= SHORTEST and b"\n" not in value:
            found[value] = (path.parent.parent.name, path.name)
    return found


def _note(found: Found, whose: tuple[str, str], kind: str, where: str) -> None:
    places = found.setdefault(whose[0], {}).setdefault(whose[1], {}).setdefault(kind, [])
    if where not in places:
        places.append(where)


def _processes(values: dict[bytes, tuple[str, str]], found: Found) -> None:
    for folder in Path("/proc").glob("[0-9]*"):
        if folder.name == str(os.getpid()):
            continue
        for kind, file in (("environment", "environ"), ("arguments", "cmdline")):
            try:
                text, name = (folder / file).read_bytes(), (folder / "comm").read_text().strip()
            except OSError:
                continue
            for value, whose in values.items():
                if value in text:
                    _note(found, whose, kind, name)


def _said(values: dict[bytes, tuple[str, str]], found: Found) -> None:
    """Look at what Docker records and at what was logged."""
    ids = docker.run(["docker", "ps", "--all", "--quiet"]).split()
    texts = [("docker", "inspect", docker.run(INSPECT + ids).encode())] if ids else []
    for each in ids:
        texts.append(("logs", each, docker.run(["sh", "-c", 'docker logs "$1" 2>&1 || true', "sh", each]).encode()))
    journal = docker.run(["sh", "-c", "journalctl --no-pager --output=cat --quiet 2>/dev/null || true"])
    texts.append(("journal", "journalctl", journal.encode()))
    for kind, where, text in texts:
        for value, whose in values.items():
            if value in text:
                _note(found, whose, kind, where)


def _files(values: dict[bytes, tuple[str, str]], found: Found) -> None:
    """Look at files that others than root can reach and read."""
    for top in READABLE:
        for folder, names, files in os.walk(top):
            if not _mode(Path(folder)) & stat.S_IXOTH:
                names.clear()
                continue
            for path in (Path(folder, file) for file in files):
                mode = _mode(path)
                if not (stat.S_ISREG(mode) and mode & stat.S_IROTH):
                    continue
                try:
                    text = path.read_bytes() if path.stat().st_size < BIGGEST else b""
                except OSError:  # gone meanwhile
                    continue
                for value, whose in values.items():
                    if value in text:
                        _note(found, whose, "files", str(path))


def _mode(path: Path) -> int:
    """Return the mode of what a path names, no link followed; 0 where it is gone meanwhile."""
    try:
        return path.lstat().st_mode
    except OSError:
        return 0
