"""What looks on while something else happens: at a site from outside, at the command lines of all processes."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rehearsal import Host, Outcome, Stack


class Watcher(threading.Thread):
    """Calls a function again and again until told to stop; used with `with`."""

    def __init__(self, look: Callable[[], None], pause: float) -> None:
        super().__init__(daemon=True)
        self.look, self.pause, self.over = look, pause, threading.Event()

    def run(self) -> None:
        while not self.over.is_set():
            self.look()
            time.sleep(self.pause)

    def __enter__(self) -> "Watcher":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.join()


class Visits:
    """Every different answer of a site, in order, as (status, text), from the moment it answers at all."""

    def __init__(self, host: Host, domain: str) -> None:
        self.host, self.domain, self.answers = host, domain, list[tuple[int, str]]()

    def watch(self) -> Watcher:
        """Return the watcher that visits the site."""
        return Watcher(self._visit, 0.3)

    def _visit(self) -> None:
        try:
            status, _headers, text = self.host.fetch(self.domain)
        except Exception:
            return
        if (status, text) not in self.answers:
            self.answers.append((status, text))


class CommandLines:
    """The command lines of all processes of this machine: the hosts' and their containers' are among them."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()

    def watch(self) -> Watcher:
        """Return the watcher that looks at them."""
        return Watcher(self._look, 0.1)

    def _look(self) -> None:
        for file in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                self.seen.add(file.read_bytes())
            except OSError:
                continue


@dataclass
class First:
    """What was seen at the very first plan and apply on a bare host."""

    stack: Stack
    began: float
    planned: Outcome
    applied: Outcome
    visits: Visits
    command_lines: CommandLines
