"""Database dumps that must end well: exit code, something inside, and the mark that ends a complete one."""

from __future__ import annotations

import hashlib
import re
import time
from pathlib import Path
from typing import Any

from . import docker, layout

TAIL = 4096
SAID = re.compile(
    r"ERROR \d+ \(\w+\)(?: at line \d+)?|(?:psql:)?<stdin>:\d+: ERROR:  \w{5}|ERROR:  \w{5}\b|No space left on device"
)


class BadDump(Exception):
    """A dump that is not whole; the message says which and why."""


def take(name: str, recipe: dict[str, Any], folder: Path) -> dict[str, dict[str, Any]]:
    """Dump every database of an instance into a folder. Return dump -> {bytes, sha256}. Raise BadDump.

    A database that restarts in the middle gets a second chance; a second failure is a failed backup.
    """
    result = {}
    for key, dump in recipe.get("dumps", {}).items():
        for attempt in (1, 2):
            try:
                result[key] = _one(name, key, dump, folder / key)
                break
            except BadDump:
                if attempt == 2:
                    raise
                time.sleep(5)
    return result


def _one(name: str, key: str, dump: dict[str, Any], path: Path) -> dict[str, Any]:
    try:
        docker.run_files(docker.execute(dump["in"], dump["run"]), layout.instance_dir(name), target=path)
    except docker.Failed as failed:
        raise BadDump(f"dump {key}: {failed}{cause(failed.output)}") from failed
    return judge(key, path, dump.get("complete_when", ""))


def judge(key: str, path: Path, mark: str) -> dict[str, Any]:
    """Return {bytes, sha256} of a dump. Raise BadDump when it is empty or its end lacks the mark of a whole one."""
    size = path.stat().st_size
    if not size:
        raise BadDump(f"dump {key}: empty")
    total = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            total.update(block)
        stream.seek(max(0, size - TAIL))
        if mark and b"\n" + mark.encode() not in stream.read():
            raise BadDump(f"dump {key}: cut short: {mark!r} is not at its end")
    return {"bytes": size, "sha256": total.hexdigest()}


def cause(output: str) -> str:
    """Return what a database said was wrong: its error and line number only, for the rest may be members' data."""
    found = SAID.search(output)
    return f": {found[0].strip()}" if found else ""
