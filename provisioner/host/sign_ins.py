"""Who failed to sign in, as applications say in their own logs: told to fail2ban, for what the proxy cannot see.

Goes to a host as one file of its own and runs there all the time. It asks the Docker engine for the log of each
container that an instance's service.json names, so rotated logs and containers made anew are Docker's matter. Of a line
it keeps the address alone, of IPv6 the household, in memory of the host, as the proxy's second log does.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

INSTANCES = Path("/srv/provisioner/instances")
SOCKET = "/run/docker.sock"
TOLD = Path("/run/provisioner/sign-in/applications.log")
HOUSEHOLD = 64  # of IPv6, bits
LARGEST = 2**20  # of the log; the one before is kept
LONGEST = 4096  # of a line: a longer one is nobody's failure, nor is any part of it
# Seconds. Docker 20.10 says no more once a log was rotated twice in a moment: after a silence it is asked anew.
LOOK_AGAIN, ASK_AGAIN, SILENCE = 5.0, 2.0, 60.0
NANO = 10**9
STAMP = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{9})Z ")
PARTS = {
    "{address}": r"(?P<address>[0-9A-Fa-f:.]{2,45})", "{word}": r"\S{1,200}", "{any}": r"[^\r\n]*", " ": r"[ \t]+",
}  # fmt: skip

Wished = dict[str, tuple[str, ...]]


def expression(line: str) -> re.Pattern[str]:
    """Given a line as service.yaml describes it, return what matches such a line from its beginning to its end."""
    parts = re.split(r"(\{address\}|\{word\}|\{any\}| +)", line)
    return re.compile("".join(PARTS.get(part if part.strip() else part[:1], re.escape(part)) for part in parts))


def accused(line: str, expressions: tuple[re.Pattern[str], ...]) -> str:
    """Return the address that a line says failed to sign in, of IPv6 the household's network; empty for any other."""
    for each in expressions:
        if found := each.fullmatch(line):
            with contextlib.suppress(ValueError):
                return household(found["address"])
    return ""


def household(text: str) -> str:
    """Return an address as the proxy's log tells it. Raise ValueError when it is none."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return str(ipaddress.ip_network((int(address), HOUSEHOLD), strict=False).network_address)
        address = address.ipv4_mapped
    return str(address)


class Lines:
    """Puts the lines of one log together again: the engine cuts long ones, and a part of one is no line."""

    def __init__(self) -> None:
        self.begun: dict[int, bytes | None] = {}

    def add(self, stream: int, piece: bytes) -> str:
        """Return the line that this piece of a stream (1 or 2) ends; empty when none ends, or when it is too long."""
        before = self.begun.pop(stream, b"")
        whole = None if before is None or len(before) + len(piece) > LONGEST else before + piece
        if piece.endswith(b"\n"):
            return (whole or b"").decode("utf-8", "replace").rstrip("\r\n")
        self.begun[stream] = whole
        return ""


class Engine(http.client.HTTPConnection):
    """A connection to the Docker engine of this host."""

    def connect(self) -> None:
        """Open it."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(SOCKET)


def pieces(container: str, since: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield (stream, nanoseconds, piece) of what a container logs from a second on, until it ends or is long silent.

    Raise OSError or HTTPException when the engine does not answer, or has no such container.
    """
    engine = Engine("docker", timeout=SILENCE)
    with contextlib.closing(engine):
        query = f"follow=1&stdout=1&stderr=1&timestamps=1&since={since}"
        engine.request("GET", f"/containers/{container}/logs?{query}")
        answer = engine.getresponse()
        if answer.status != 200:
            raise OSError(f"{container}: {answer.status}")
        while len(head := answer.read(8)) == 8:
            body = answer.read(int.from_bytes(head[4:], "big"))
            if stamp := STAMP.match(body):
                seconds = int(datetime.fromisoformat(f"{stamp[1].decode()}+00:00").timestamp())
                yield head[0], seconds * NANO + int(stamp[2]), body[stamp.end() :]


def note(instance: str, address: str, moment: int) -> None:
    """Add one failure to the log that fail2ban reads, in the words of the proxy's second log."""
    if TOLD.exists() and TOLD.stat().st_size > LARGEST:
        TOLD.replace(TOLD.with_name(f"{TOLD.name}.1"))
    row = {"ts": moment // 10**6 / 1000, "request": {"remote_ip": address, "host": instance}, "X-Sign-In": ["failed"]}
    descriptor = os.open(TOLD, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="ascii") as stream:
        stream.write(json.dumps(row, separators=(",", ":")) + "\n")


class Follower(threading.Thread):
    """Follows the log of one container for as long as it is wished, whatever becomes of container and engine."""

    noting = threading.Lock()

    def __init__(self, container: str, lines: tuple[str, ...], since: int) -> None:
        super().__init__(daemon=True)
        self.container, self.lines = container, lines
        self.expressions = tuple(expression(line) for line in lines)
        self.seen = dict.fromkeys((1, 2), since)  # stream -> time of its last line, in nanoseconds
        self.wished = True

    def run(self) -> None:
        """Ask again, from where it ended, whenever the log ends."""
        while self.wished:
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.follow()
            time.sleep(ASK_AGAIN)

    def follow(self) -> None:
        """Note each failure until the log ends.

        An engine tells some lines twice: those of the second in which it is asked, and (20.10) of a log just rotated.
        """
        lines = Lines()
        for stream, moment, piece in pieces(self.container, max(self.seen.values()) // NANO):
            if not self.wished:
                return
            if moment <= self.seen.get(stream, 0):
                continue
            line = lines.add(stream, piece)
            if piece.endswith(b"\n"):
                self.seen[stream] = moment
            if address := accused(line, self.expressions):
                with self.noting:
                    note(self.container.partition("-")[0], address, moment)


def wished() -> Wished:
    """Return container -> lines for every instance of this host whose service.json names logs."""
    found: Wished = {}
    for path in sorted(INSTANCES.glob("*/service.json")):
        for log in _recipe(path).get("sign_in_logs", []):
            container = f"{path.parent.name}-{log['container']}-1"
            found[container] = (*found.get(container, ()), log["failed"])
    return found


def _recipe(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def renew(followers: dict[str, Follower], logs: Wished, since: int) -> None:
    """Let go of what is no longer wished so, and follow what is new."""
    for container in [name for name, each in followers.items() if logs.get(name) != each.lines]:
        followers.pop(container).wished = False
    for container, lines in logs.items():
        if container not in followers or not followers[container].is_alive():
            followers[container] = Follower(container, lines, since)
            followers[container].start()


def main() -> None:
    """Look for new instances every few seconds, for ever. What was logged before the start is past."""
    followers: dict[str, Follower] = {}
    since = time.time_ns()
    while True:
        renew(followers, wished(), since)
        time.sleep(LOOK_AGAIN)


if __name__ == "__main__":
    main()
