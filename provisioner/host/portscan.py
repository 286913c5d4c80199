"""Which ports answer at an address. One file of standard Python: it runs here, or on another machine as `python3 -`.

Packets that are silently dropped cost a whole wait each, so thousands of ports wait side by side: all 65535 take under
a minute. A wait of 1.5 s leaves room for one repetition of a lost packet.
"""

from __future__ import annotations

import contextlib
import errno
import json
import resource
import selectors
import socket
import sys
import time
from collections import deque

BUSY, MOST_AGAIN = (errno.EAGAIN, errno.EADDRNOTAVAIL, errno.ENOBUFS), 2000
ALL = range(1, 65536)
DNS = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07version\x04bind\x00\x00\x10\x00\x03"
QUIC = b"\xc0\x1a\x2a\x3a\x4a\x08abcdefgh\x08ijklmnop".ljust(1200, b"\x00")
SNMP = bytes.fromhex("302602010104067075626c6963a019020101020100020100300e300c06082b060102010101000500")
NTP = b"\x1b" + bytes(47)
STUN = bytes.fromhex("000100002112a442") + b"provisioner!"
SSDP = b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n'
# What makes a service behind a UDP port speak; silence tells nothing.
UDP = {
    53: DNS, 69: b"\x00\x01none\x00octet\x00", 111: bytes.fromhex("1234567800000000000000020001" + "86a0" + "00" * 24),
    123: NTP, 137: bytes.fromhex("123400000001000000000000") + b" CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\x00"
    + bytes.fromhex("00210001"), 161: SNMP, 443: QUIC, 1900: SSDP, 3478: STUN,
    5353: DNS, 10000: STUN, 11211: bytes(8) + b"version\r\n",
}  # fmt: skip


def scan(address: str, ports: list[int], wait: float = 1.5, most: int = 2000) -> dict[str, list[int]]:
    """Given an address and TCP ports, return {open, closed_count, silent_count}: who answers, refuses, says nothing."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    todo, again, opened = deque(ports), 0, []
    tally = {"closed": 0, "silent": 0}
    waiting: dict[socket.socket, tuple[int, float]] = {}
    most, selector = min(most, _room()), selectors.DefaultSelector()
    while todo or waiting:
        while todo and len(waiting) < most:
            port = todo.popleft()
            try:
                plain = socket.socket(family, socket.SOCK_STREAM)
            except OSError:  # no more files just now
                todo.appendleft(port)
                break
            plain.setblocking(False)
            code = plain.connect_ex((address, port))
            if code == errno.EINPROGRESS:
                waiting[plain] = (port, time.monotonic() + wait)
                selector.register(plain, selectors.EVENT_WRITE)
                continue
            if code == 0 and not _met_itself(plain):
                opened.append(port)
            plain.close()
            if code in BUSY:
                todo.append(port)
                again += 1
                if again > MOST_AGAIN:
                    raise OSError(code, "this machine has no more connections to give")
                break
            tally["closed"] += code != 0
        _gather(selector, waiting, opened, tally)
    selector.close()
    return {"open": sorted(opened), "closed_count": [tally["closed"]], "silent_count": [tally["silent"]]}


def _gather(
    selector: selectors.BaseSelector,
    waiting: dict[socket.socket, tuple[int, float]],
    opened: list[int],
    tally: dict[str, int],
) -> None:
    """Take in what was answered, and let go of what stayed silent."""
    done = {key.fileobj for key, _events in selector.select(0.05)}
    now = time.monotonic()
    for plain in [*(each for each in waiting if each in done)]:
        code = plain.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code == 0 and not _met_itself(plain):
            opened.append(waiting[plain][0])
        else:
            tally["silent" if code == errno.ETIMEDOUT else "closed"] += 1
        _drop(selector, waiting, plain)
    for plain in list(waiting):  # in the order in which they began
        if waiting[plain][1] > now:
            break
        tally["silent"] += 1
        _drop(selector, waiting, plain)


def _met_itself(plain: socket.socket) -> bool:
    """A machine that scans itself may dial from the very port it dials: TCP then connects a socket to itself."""
    try:
        return bool(plain.getsockname() == plain.getpeername())
    except OSError:  # cut off at once by the other side, which was there then
        return False


def _drop(
    selector: selectors.BaseSelector, waiting: dict[socket.socket, tuple[int, float]], plain: socket.socket
) -> None:
    selector.unregister(plain)
    del waiting[plain]
    plain.close()


def scan_udp(address: str, wait: float = 2.5) -> list[int]:
    """Return the UDP ports, of those that are often open by mistake, from which an answer came."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    asked: dict[socket.socket, int] = {}
    found: set[int] = set()
    with selectors.DefaultSelector() as selector:
        for port in UDP:
            plain = socket.socket(family, socket.SOCK_DGRAM)
            plain.setblocking(False)
            asked[plain] = port
            selector.register(plain, selectors.EVENT_READ)
        end = time.monotonic() + wait
        for again in (wait / 2, 0):
            for plain in [*asked]:
                with contextlib.suppress(OSError):
                    plain.connect((address, asked[plain]))
                    plain.send(UDP[asked[plain]])
            while (left := end - again - time.monotonic()) > 0:
                for key, _events in selector.select(left):
                    with contextlib.suppress(OSError):
                        found |= {asked[key.fileobj]} if key.fileobj.recv(2048) else set()  # type: ignore
    for plain in asked:
        plain.close()
    return sorted(found)


def _room() -> int:
    """Let this process have as many files open as it may, and return how many may wait side by side."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4096 if hard == resource.RLIM_INFINITY else min(4096, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return max(50, soft - 100)


def main() -> None:
    """Scan the address named in the arguments, and print what was found as JSON; `still`: what answers at the end."""
    address, began = sys.argv[1], time.monotonic()
    found: dict[str, object] = {**scan(address, list(ALL)), "udp": scan_udp(address)}
    found["still"] = scan(address, list(found["open"]))["open"]  # type: ignore[call-overload]
    print(json.dumps({**found, "seconds": round(time.monotonic() - began, 1)}))


if __name__ == "__main__":
    main()
