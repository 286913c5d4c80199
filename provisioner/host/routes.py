"""Open and close routes: files that Caddy reads. A file that Caddy refuses is taken back."""

from __future__ import annotations

import threading
from pathlib import Path

from . import docker, layout

_lock = threading.Lock()
ADMIN = "unix//run/caddy/admin.sock"
CONFIG = ["--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
RELOAD = docker.execute("caddy", ["caddy", "reload", *CONFIG, "--address", ADMIN])
ROOT_CERTIFICATE = "/data/caddy/pki/authorities/local/root.crt"


def set_route(instance: str, kind: str) -> None:
    """Make the route of an instance "open" or "closed" (a page says it is being prepared). Nothing when it is so."""
    source = layout.instance_dir(instance) / f"route.{kind}.caddy"
    if source.is_file():
        _replace(layout.routes_dir() / f"{instance}.caddy", source.read_text("utf-8"))


def drop_route(instance: str) -> None:
    """Take the route of an instance away."""
    _replace(layout.routes_dir() / f"{instance}.caddy", None)


def _replace(path: Path, text: str | None) -> None:
    """Put a route file in place (None: remove it) and reload; on refusal put the old one back and raise Failed."""
    with _lock:
        old = path.read_text("utf-8") if path.is_file() else None
        if old == text:
            return
        _put(path, text)
        try:
            docker.run(RELOAD, cwd=layout.instance_dir(layout.PROXY))
        except docker.Failed:
            _put(path, old)
            raise


def _put(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink(missing_ok=True)
    else:
        layout.write(path, text)


def export_root_certificate() -> None:
    """Copy the certificate of the proxy's own authority to proxy/root.crt, for probes and for people's browsers."""
    try:
        text = docker.run(docker.execute("caddy", ["cat", ROOT_CERTIFICATE]), cwd=layout.instance_dir(layout.PROXY))
    except docker.Failed:
        return
    target = layout.root() / "proxy" / "root.crt"
    if "BEGIN CERTIFICATE" in text and (not target.is_file() or target.read_text() != text):
        layout.write(target, text)
