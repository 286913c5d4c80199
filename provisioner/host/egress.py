"""Let containers reach what their instance's list allows: look at Docker's networks, look names up, load the rules.

Nothing here opens anything by default: where it fails or was never run, the firewall refuses (see firewall.py).
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import docker, layout, locks
from .egress_text import Network, names, rules

KEPT_SECONDS = 86400  # servers behind one name change; a connection to yesterday's address is no stranger's
FRESH_SECONDS = 300
PATIENCE = 12.0
RESOLVERS = (Path("/etc/resolv.conf"), Path("/run/systemd/resolve/resolv.conf"))


def text_file() -> Path:
    """Return the file of the rules in force; the firewall's unit loads it at boot, before Docker starts."""
    return layout.state_root() / "egress.nft"


def prepare(name: str) -> None:
    """Before an instance with a list starts: see that its networks are there and may reach what it lists.

    Raise docker.Failed when the rules cannot be loaded.
    """
    if not _said(layout.instance_dir(name), "outgoing"):
        return
    if not any(network["project"] == name for network in networks()):
        docker.run(docker.compose("up", "--no-start", "--quiet-pull"), cwd=layout.instance_dir(name))
    refresh()


def refresh(again: bool = False) -> dict[str, Any]:
    """Load what all instances may reach. `again`: look up also the names that were just looked up.

    Return {changed, unknown: names without any address}. Raise docker.Failed; the rules in force stay then.
    """
    with locks.hold("egress", patience=120):
        lists = {path.parent.name: _said(path.parent, "outgoing") for path in _files()}
        opened = {path.parent.name: _said(path.parent, "open") for path in _files()}
        wanted, now = names(lists), time.time()
        state: dict[str, dict[str, float]] = layout.read_json(_known_file(), {})
        asked = [name for name in wanted if again or not _fresh(state.get(name, {}), now)]
        known = remember({name: state.get(name, {}) for name in wanted}, look_up(asked), now)
        addresses = {name: list(found) for name, found in known.items()}
        text = rules(lists, networks(), addresses, resolvers(), opened)
        changed = not text_file().is_file() or text_file().read_text("utf-8") != text
        layout.write_json(_known_file(), known, 0o600)
        if changed:
            layout.write(text_file(), text, 0o600)
        docker.run(["nft", "-f", str(text_file())])
    return {"changed": changed, "unknown": [name for name in wanted if not known[name]]}


def refresh_quietly(again: bool = False) -> dict[str, Any]:
    """Do the same where a failure must not stop what else is done: it is answered, and tried again by the timer."""
    try:
        return refresh(again)
    except (docker.Failed, locks.Busy, OSError) as error:
        return {"changed": False, "unknown": [], "trouble": f"{error} {getattr(error, 'output', '')}".strip()}


def remember(
    state: dict[str, dict[str, float]], found: dict[str, list[str]], now: float
) -> dict[str, dict[str, float]]:
    """Return name -> address -> when it was last seen, the new ones added and those of the day before yesterday gone.

    A clock that was set back makes stamps of the future: they count as now.
    """
    result = {}
    for name, before in state.items():
        seen = {address: min(stamp, now) for address, stamp in before.items()} | dict.fromkeys(found.get(name, []), now)
        result[name] = {address: stamp for address, stamp in seen.items() if now - stamp < KEPT_SECONDS}
    return result


def networks() -> list[Network]:
    """Return the networks of Compose projects: {project, bridge, internal}. Raise docker.Failed."""
    form = '{{.ID}} {{.Internal}} {{.Label "com.docker.compose.project"}}'
    chosen = ["--filter", "driver=bridge", "--filter", "label=com.docker.compose.project"]
    rows = docker.run(["docker", "network", "ls", "--no-trunc", *chosen, "--format", form]).splitlines()
    found = [row.split() for row in rows if len(row.split()) == 3]
    return [{"project": row[2], "bridge": f"br-{row[0][:12]}", "internal": row[1] == "true"} for row in found]


def resolvers() -> list[str]:
    """Return the name servers that containers ask through Docker: the host's own, loopback left out."""
    for path in RESOLVERS:
        lines = path.read_text("utf-8", "replace").splitlines() if path.is_file() else []
        words = [line.split() for line in lines if line.startswith("nameserver")]
        outside = [row[1] for row in words if len(row) > 1 and _elsewhere(row[1])]
        if outside:
            return outside
    return []


def _elsewhere(text: str) -> bool:
    """Tell whether a text is the address of another machine; one with a scope ("fe80::1%eth0") stays on its link."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_link_local or "%" in text)


def look_up(wanted: list[str]) -> dict[str, list[str]]:
    """Return name -> addresses for those that are found in time, side by side."""
    found: dict[str, list[str]] = {}

    def one(name: str) -> None:
        with suppress(OSError, UnicodeError):
            rows = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
            found[name] = sorted({str(row[4][0]).partition("%")[0] for row in rows})

    threads = [threading.Thread(target=one, args=(name,), daemon=True) for name in wanted]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + PATIENCE
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return dict(found)


def _said(folder: Path, key: str) -> list[str]:
    return list(layout.read_json(folder / layout.EGRESS, {}).get(key, []))


def _files() -> list[Path]:
    return sorted((layout.root() / "instances").glob(f"*/{layout.EGRESS}"))


def _known_file() -> Path:
    return layout.state_root() / "egress.json"


def _fresh(seen: dict[str, float], now: float) -> bool:
    return any(0 <= now - stamp < FRESH_SECONDS for stamp in seen.values())
