"""A small HTTPS site on 127.0.0.1, as applications behave: sign-in by form with a token and a cookie, redirects,
basic authentication, notes that are kept."""

import base64
import datetime
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

DOMAIN = "pads.foyer.example"
LOGIN = "Basic " + base64.b64encode(b"admin:pass:word").decode()


class Handler(BaseHTTPRequestHandler):
    """Answers by path; what was asked is kept in `asked`, what was written in `notes`."""

    notes: dict[str, str]
    asked: list[tuple[str, str, dict[str, str], str]]

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.asked.append((self.command, self.path, dict(self.headers), body))
        method = getattr(self, f"page_{self.path.strip('/').partition('/')[0].partition('?')[0]}", self.page_none)
        method(body)

    do_GET = do_POST = do_PUT = do_MKCOL = answer

    def tell(self, status: int, text: str = "", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(text.encode())

    def page_none(self, body: str) -> None:
        self.tell(404, "<html><title>Nothing   here</title></html>")

    def page_login(self, body: str) -> None:
        if self.command == "GET":
            page = '<input name="token" value="a&amp;b&quot;c">'
            return self.tell(200, page, Set_Cookie="session=s1; Path=/; Secure")
        right = parse_qs(body) == {"token": ['a&b"c'], "name": ["admin"]} and "session=s1" in self.headers["Cookie"]
        return self.tell(302 if right else 403, "", Location="/home?from=login", Set_Cookie="signed=in; HttpOnly")

    def page_home(self, body: str) -> None:
        right = self.headers.get("Cookie") == "session=s1; signed=in"
        self.tell(200 if right else 403, "welcome")

    def page_logout(self, body: str) -> None:
        self.tell(200, "", Set_Cookie="signed=; Max-Age=0")

    def page_note(self, body: str) -> None:
        if self.command == "PUT":
            self.notes[self.path] = body
            return self.tell(201)
        return self.tell(200, self.notes.get(self.path, "empty"))

    def page_private(self, body: str) -> None:
        self.tell(200 if self.headers.get("Authorization") == LOGIN else 401, "inside")

    def page_moved(self, body: str) -> None:
        self.tell(301, "", Location=f"https://{DOMAIN}/private")

    def page_away(self, body: str) -> None:
        self.tell(302, "", Location="https://elsewhere.example/private")

    def page_round(self, body: str) -> None:
        self.tell(302, "", Location="/round")

    def page_echo(self, body: str) -> None:
        self.tell(200, f"{self.headers.get('Content-Type')} {self.headers['Host']} {self.path} {body}")

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


def certificate(folder: Path, name: str = DOMAIN) -> Path:
    """Make a key and a certificate for a name, signed by itself, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    signed = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = folder / f"{name}.pem"
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def serve(folder: Path) -> Iterator[tuple[type[Handler], int, Path]]:
    """Serve a fresh site; give its handler class (what it keeps), its port and its certificate."""
    handler = type("Fresh", (Handler,), {"notes": {}, "asked": []})
    server, pem = ThreadingHTTPServer(("127.0.0.1", 0), handler), certificate(folder)
    server.handle_error = lambda *_arguments: None  # type: ignore[method-assign]  # refused certificates are wanted here
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield handler, server.server_port, pem
    finally:
        server.shutdown()
        server.server_close()
