"""A small HTTPS client that asks for a name at a given address, as DNS would lead a browser, and keeps cookies."""

from __future__ import annotations

import base64
import http.client
import json
import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit


@dataclass
class Site:
    """One name, the address that answers for it, and the cookies it has given so far.

    With a `gate`, a path leads to (address, port) of a container that is asked as the proxy would ask it: plain HTTP.
    """

    domain: str
    address: str = "127.0.0.1"
    port: int = 443
    authority: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    timeout: float = 60
    gate: Callable[[str], tuple[str, int]] | None = None

    def send(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> tuple[int, str, str]:
        """Send one request and return (status, text, location). Raise OSError when the site does not answer."""
        connection: http.client.HTTPConnection = _Connection(self)
        sent = {"Host": self.domain, "User-Agent": "provisioner-probe", **headers}
        if self.gate:
            connection = http.client.HTTPConnection(*self.gate(path), timeout=self.timeout)
            forwarded = {"For": "127.0.0.1", "Proto": "https", "Host": self.domain}
            sent |= {f"X-Forwarded-{name}": value for name, value in forwarded.items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body or method in ("POST", "PUT"):
            sent["Content-Length"] = str(len(body))
        try:
            connection.request(method, quote(path, safe="/?&=%:+,;@~!$'()*#[]"), body=body or None, headers=sent)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            for line in answer.headers.get_all("Set-Cookie", []):
                self._keep(line)
            return answer.status, text, answer.headers.get("Location", "")
        except http.client.HTTPException as error:
            raise OSError(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()

    def _keep(self, line: str) -> None:
        name, _, value = line.partition(";")[0].partition("=")
        if value in ("", "deleted", '""') or re.search(r"max-age=0\b", line, re.IGNORECASE):
            self.cookies.pop(name.strip(), None)
        else:
            self.cookies[name.strip()] = value.strip()


class _Connection(http.client.HTTPSConnection):
    def __init__(self, site: Site) -> None:
        context = ssl.create_default_context(cafile=site.authority or None)
        super().__init__(site.domain, site.port, timeout=site.timeout, context=context)
        self.site, self.context = site, context

    def connect(self) -> None:
        plain = socket.create_connection((self.site.address, self.site.port), timeout=self.site.timeout)
        self.sock = self.context.wrap_socket(plain, server_hostname=self.site.domain)


def perform(site: Site, step: dict[str, Any]) -> tuple[int, str]:
    """Given a site and a filled-in request step, send it, follow redirects it did not expect, return (status, text)."""
    method, _, path = step["request"].partition(" ")
    headers, body = dict(step.get("headers", {})), step.get("body", "").encode()
    if step.get("basic"):
        headers["Authorization"] = "Basic " + base64.b64encode(step["basic"].encode()).decode()
    if step.get("form"):
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(step["form"]).encode()
    if step.get("json") is not None:
        headers["Content-Type"] = "application/json"
        body = json.dumps(step["json"]).encode()
    status, text, location = site.send(method, path, headers, body)
    expected = step.get("expect") or [200]
    for _hop in range(5):
        if status not in (301, 302, 303, 307, 308) or status in expected or not location:
            break
        target = urlsplit(urljoin(f"https://{site.domain}{path}", location))
        if target.hostname != site.domain:
            break
        path = target.path + (f"?{target.query}" if target.query else "")
        status, text, location = site.send("GET", path, {k: v for k, v in headers.items() if k == "Authorization"})
    return status, text
