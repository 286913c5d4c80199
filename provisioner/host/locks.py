"""Locks of this host: one for whoever changes what runs here, one per instance, one per association's backup."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager

from . import layout


class Busy(Exception):
    """Somebody else holds it; the message names what."""


@contextmanager
def hold(name: str = "", patience: float = 3600) -> Iterator[None]:
    """Hold the lock of that name (none: of the whole host) for a while. Raise Busy when it stays taken too long."""
    folder = layout.state_root() / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name if name else layout.state_root() / "lock"
    with path.open("w") as file:
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise Busy(f"busy: {name or 'host'}") from error
                time.sleep(0.2)
        yield
