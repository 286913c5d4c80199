"""References, and digests asked from a registry: a small one of ours that behaves as the big ones do."""

import http.server
import threading
from collections.abc import Iterator

import pytest

from provisioner.errors import ProvisionerError
from provisioner.registry import Reference, parse_reference, reachable, resolve_digest

DIGEST = "sha256:" + "ab" * 32


class FakeRegistry(http.server.BaseHTTPRequestHandler):
    """Gives a manifest to whoever brings the token that it hands to anybody; a few names fail in their own way."""

    def do_GET(self) -> None:
        if self.path.startswith("/token"):
            wanted = "scope=repository%3Asomeone%2Fapp%3Apull" in self.path and "service=here" in self.path
            return self._answer(200 if wanted else 403, {}, b'{"token": "anonymous"}')
        return self._answer(401, {}, b"")

    def do_HEAD(self) -> None:
        status = {"missing": 404, "busy": 429, "broken": 500}.get(self.path.split("/")[2], 0)
        if status:
            return self._answer(status, {}, b"")
        if self.headers.get("Authorization") != "Bearer anonymous":
            scope = "repository:someone/app:pull" if "/app/" in self.path else "repository:someone/private:pull"
            realm = f'Bearer realm="http://{self.headers["Host"]}/token",service="here",scope="{scope}"'
            return self._answer(401, {"WWW-Authenticate": realm}, b"")
        known = "oci.image.index" in self.headers["Accept"] and "manifest.list" in self.headers["Accept"]
        return self._answer(200, {"Docker-Content-Digest": DIGEST if known else "none"}, b"")

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), FakeRegistry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize(
    ("text", "parts", "name"),
    [
        ("postgres:17.11-trixie", ("docker.io", "library/postgres", "17.11-trixie", ""), "postgres"),
        ("docker.io/library/postgres", ("docker.io", "library/postgres", "latest", ""), "postgres"),
        ("etherpad/etherpad:3.3.7", ("docker.io", "etherpad/etherpad", "3.3.7", ""), "etherpad/etherpad"),
        ("ghcr.io/a/b:1", ("ghcr.io", "a/b", "1", ""), "ghcr.io/a/b"),
        ("localhost:5000/x", ("localhost:5000", "x", "latest", ""), "localhost:5000/x"),
        (f"quay.io/a/b@{DIGEST}", ("quay.io", "a/b", "", DIGEST), "quay.io/a/b"),
        (f"host:5000/a/b:2@{DIGEST}", ("host:5000", "a/b", "2", DIGEST), "host:5000/a/b"),
    ],
)
def test_parse_reference_takes_apart(text: str, parts: tuple[str, ...], name: str) -> None:
    assert parse_reference(text) == Reference(*parts)
    assert parse_reference(text).name == name


@pytest.mark.parametrize("text", ["", "Postgres:1", "a b", "x:-1/", "x@sha256:12", "-x", "x;y"])
def test_parse_reference_refuses(text: str) -> None:
    with pytest.raises(ProvisionerError, match="no image reference"):
        parse_reference(text)


def test_resolve_digest_with_digest_asks_nobody() -> None:
    assert resolve_digest(f"no.such.host.invalid/x@{DIGEST}") == DIGEST


def test_resolve_digest_gets_an_anonymous_token(host: str) -> None:
    assert resolve_digest("ghcr.io/someone/app:1", mirror=host, insecure=True) == DIGEST
    assert resolve_digest(f"{host}/someone/app:1", insecure=True) == DIGEST


@pytest.mark.parametrize(
    ("repository", "message"),
    [
        ("missing/x", "is not in the registry"),
        ("someone/private", "without a login"),
        ("busy/x", "too much was asked"),
        ("broken/x", "answered 500"),
    ],
)
def test_resolve_digest_refused_says_why(host: str, repository: str, message: str) -> None:
    with pytest.raises(ProvisionerError, match=message) as caught:
        resolve_digest(f"{repository}:1", mirror=host, insecure=True)
    assert caught.value.hint


def test_resolve_digest_unreachable_says_so() -> None:
    with pytest.raises(ProvisionerError, match=r"127\.0\.0\.1:1 cannot be reached"):
        resolve_digest("x:1", mirror="127.0.0.1:1", insecure=True)


def test_reachable_counts_a_login_page_as_an_answer(host: str) -> None:
    assert reachable(host, insecure=True)
    assert not reachable("127.0.0.1:1", insecure=True)
