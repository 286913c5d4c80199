"""Visit one name at the host's address as a browser would: TLS, certificate, redirect, headers, cookies, scripts."""

import http.client
import re
import socket
import ssl
import time
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin, urlsplit

from provisioner.audit.hello import VERSIONS, accepts

ELSEWHERE = "https://elsewhere.invalid"  # who asks from another site, to see whether it would be let in
MOST_HOPS = 5
SENT = "/?%:;=&,+$@!*'()~-._[]"  # what stays as it is in an address; a server may send the rest unquoted
SCRIPT = re.compile(r"<script\b([^>]*)>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"\b(src|integrity)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+)", re.IGNORECASE)


@dataclass
class Seen:
    """What was seen of one name. `headers` has lower-case names; repeated ones are joined by a comma."""

    domain: str
    error: str = ""
    untrusted: str = ""
    protocols: dict[str, bool] = field(default_factory=dict)
    days: float = 0
    lifetime: float = 0
    redirects: bool = False
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[str] = field(default_factory=list)
    scripts: list[tuple[str, bool]] = field(default_factory=list)


def visit(domain: str, address: str, authority: str, http_port: int = 80, https_port: int = 443) -> Seen:
    """Given a name, the host's address and the PEM text of an own authority (or ""), return what was seen."""
    seen = Seen(domain)
    try:
        for name, version in VERSIONS.items():
            seen.protocols[name] = accepts(address, https_port, domain, version)
        for name, number in (("TLS 1.2", ssl.TLSVersion.TLSv1_2), ("TLS 1.3", ssl.TLSVersion.TLSv1_3)):
            seen.protocols[name] = _speaks(domain, address, https_port, number)
        trusted = _context(authority)
        _certificate(seen, address, https_port, trusted)
        _page(seen, address, https_port, _open_context() if seen.untrusted else trusted)
    except (OSError, http.client.HTTPException, ValueError) as error:  # ValueError: an address that is none
        seen.error = str(error) or type(error).__name__
    seen.redirects = _redirects(domain, address, http_port)
    return seen


def _context(authority: str) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=authority or None)


def _open_context() -> ssl.SSLContext:
    """Whether the certificate is trusted was judged before; here only the page behind it is looked at."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _speaks(domain: str, address: str, port: int, version: ssl.TLSVersion) -> bool:
    context = _open_context()
    context.minimum_version = context.maximum_version = version
    with socket.create_connection((address, port), timeout=10) as plain:
        try:
            with context.wrap_socket(plain, server_hostname=domain):
                return True
        except (ssl.SSLError, ConnectionError):
            return False


def _certificate(seen: Seen, address: str, port: int, context: ssl.SSLContext) -> None:
    with socket.create_connection((address, port), timeout=10) as plain:
        try:
            with context.wrap_socket(plain, server_hostname=seen.domain) as secured:
                found = secured.getpeercert() or {}
        except ssl.SSLCertVerificationError as error:
            seen.untrusted = error.verify_message or "?"
            return
        except ssl.SSLError as error:
            seen.untrusted = error.reason or "?"
            return
    ends, begins = (ssl.cert_time_to_seconds(str(found[key])) for key in ("notAfter", "notBefore"))
    seen.days, seen.lifetime = (ends - time.time()) / 86400, (ends - begins) / 86400


def _page(seen: Seen, address: str, port: int, context: ssl.SSLContext) -> None:
    """Fetch the first page, through redirects that stay on the name; cookies of all hops count."""
    path = "/"
    for _hop in range(MOST_HOPS):
        connection = http.client.HTTPSConnection(seen.domain, timeout=30, context=context)
        plain = socket.create_connection((address, port), timeout=30)
        connection.sock = context.wrap_socket(plain, server_hostname=seen.domain)
        try:
            sent = {"User-Agent": "provisioner-audit", "Accept": "text/html,*/*", "Origin": ELSEWHERE}
            connection.request("GET", path, headers=sent)
            answer = connection.getresponse()
            text = answer.read(2_000_000).decode("utf-8", "replace")
        finally:
            connection.close()
        seen.status, seen.headers = answer.status, {}
        for name, value in answer.getheaders():
            key = name.lower()
            if key != "set-cookie":
                seen.headers[key] = f"{seen.headers[key]}, {value}" if key in seen.headers else value
        seen.cookies += answer.headers.get_all("Set-Cookie", [])
        target = urlsplit(urljoin(f"https://{seen.domain}{path}", seen.headers.get("location", "")))
        if answer.status not in (301, 302, 303, 307, 308) or target.hostname != seen.domain:
            break
        path = quote((target.path or "/") + (f"?{target.query}" if target.query else ""), safe=SENT, encoding="latin-1")
    seen.scripts = scripts(text, seen.domain)


def scripts(text: str, domain: str) -> list[tuple[str, bool]]:
    """Given a page, return its scripts from other hosts and whether each carries a digest. Pure."""
    found = []
    for tag in SCRIPT.findall(text):
        values = {name.lower(): value.strip("\"'") for name, value in ATTRIBUTE.findall(tag)}
        try:
            host = urlsplit(urljoin(f"https://{domain}/", values.get("src", ""))).hostname
        except ValueError:
            continue  # no browser would load it either
        if values.get("src") and host != domain:
            found.append((values["src"], bool(values.get("integrity"))))
    return found


def _redirects(domain: str, address: str, port: int) -> bool:
    """Say whether plain HTTP leads to HTTPS of the same name. No answer is as good: nothing is in the clear."""
    connection = http.client.HTTPConnection(address, port, timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": domain, "User-Agent": "provisioner-audit"})
        answer = connection.getresponse()
        target = urlsplit(answer.headers.get("Location", ""))
        return answer.status in (301, 302, 303, 307, 308) and target.scheme == "https" and target.hostname == domain
    except (OSError, http.client.HTTPException):
        return True
    except ValueError:  # it answers in the clear, and leads nowhere
        return False
    finally:
        connection.close()
