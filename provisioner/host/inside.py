"""The same paths in every snapshot, whatever an instance is called: a mount namespace of its own around one command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from . import layout

# $1: a folder that becomes empty memory; then pairs of source and place below it; then -- and the command.
SCRIPT = """set -e
base=$1; shift
mount -t tmpfs -o mode=0700 tmpfs "$base"
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mkdir -p "$base/$2"; else mkdir -p "$(dirname "$base/$2")"; : > "$base/$2"; fi
  mount --bind "$1" "$base/$2"
  shift 2
done
shift
exec "$@"
"""
Wrap = Callable[[list[str]], list[str]]


def seen_as(places: dict[str, Path], below: str = "") -> Wrap:
    """Given place -> real path, return what wraps a command so that it sees them under `layout.snapshot_dir()`.

    `below` is put between that folder and the places: restic restores whole paths below its target.
    """
    base = layout.snapshot_dir()
    base.mkdir(parents=True, exist_ok=True)
    pairs = [word for place, path in places.items() for word in (str(path), f"{below}/{place}".lstrip("/"))]
    start = ["unshare", "--mount", "--propagation", "private", "sh", "-c", SCRIPT, "sh", str(base), *pairs, "--"]
    return lambda command: [*start, *command]
