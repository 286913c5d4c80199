"""Little servers that take what is sent to them and remember it: a mail relay, and a web server for ntfy and Matrix."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar


class Relay(socketserver.ThreadingTCPServer):
    """A mail relay without encryption. `letters` holds (login, recipients, text) of each letter it took."""

    allow_reuse_address, daemon_threads = True, True

    def __init__(self) -> None:
        self.letters: list[tuple[str, list[str], str]] = []
        self.refuses: set[str] = set()
        super().__init__(("127.0.0.1", 0), Talk)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


class Talk(socketserver.StreamRequestHandler):
    """One conversation in SMTP."""

    server: Relay

    def handle(self) -> None:
        login, recipients = "", []
        self.say("220 sink")
        while line := self.rfile.readline().decode().strip():
            verb = line.upper()
            if verb.startswith("EHLO"):
                self.say("250-sink\r\n250 AUTH PLAIN")
            elif verb.startswith("AUTH PLAIN"):
                login = line.split()[2]
                self.say("235 welcome")
            elif verb.startswith("RCPT"):
                address = line.partition("<")[2].partition(">")[0]
                recipients += [] if address in self.server.refuses else [address]
                self.say("550 no such person" if address in self.server.refuses else "250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                rows = iter(lambda: self.rfile.readline().decode().rstrip("\r\n"), ".")
                self.server.letters.append((login, recipients, "\n".join(rows)))
                self.say("250 taken")
            elif verb == "QUIT":
                return self.say("221 bye")
            else:
                self.say("250 ok")
        return None

    def say(self, text: str) -> None:
        """Answer."""
        self.wfile.write(f"{text}\r\n".encode())


class Web(ThreadingHTTPServer):
    """A web server. `calls` holds (method, path, headers, text) of each request; at paths in `down` it says 503."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, dict[str, str], str]] = []
        self.down: set[str] = set()
        super().__init__(("127.0.0.1", 0), Visit)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


class Visit(BaseHTTPRequestHandler):
    """One request; what Matrix asks for is answered as its servers do."""

    server: Web

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        path = self.path
        self.server.calls.append((self.command, path, dict(self.headers.items()), text))
        down = any(part in path for part in self.server.down)
        answer: dict[str, Any] = {"room_id": "!room:sink", "joined_rooms": ["!room:sink"], "event_id": "$1", "id": "1"}
        answer |= {"access_token": "t0ken", "user_id": "@alerts:sink", "home_server": "sink"}
        data = json.dumps({} if down else answer).encode()
        self.send_response(503 if down else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_PUT = do_POST

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


Server = TypeVar("Server", Relay, Web)


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Let a server serve while a test runs."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
