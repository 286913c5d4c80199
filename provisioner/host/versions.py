"""Versions of images: a dump is never read by a server that is older than the one that wrote it. Pure."""

from __future__ import annotations

import re


def version_of(reference: str) -> tuple[int, ...]:
    """Return the version in an image reference as numbers: `postgres:17.6@sha256:...` is (17, 6); () when unknown."""
    name = reference.partition("@")[0].rpartition("/")[2]
    found = re.match(r"v?(\d+(?:\.\d+)*)", name.partition(":")[2])
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def older(recorded: dict[str, str], present: dict[str, str]) -> list[str]:
    """Given container -> image when a snapshot was taken and now, return what is older now, or cannot be compared."""
    found = []
    for container, image in sorted(recorded.items()):
        mine = present.get(container, "")
        if image == mine:
            continue
        was, now = version_of(image), version_of(mine)
        if not was or not now or now < was:
            found.append(f"{container}: {_short(image)} wrote it, {_short(mine) or 'nothing'} would read it")
    return found


def _short(reference: str) -> str:
    return reference.partition("@")[0].rpartition("/")[2]
