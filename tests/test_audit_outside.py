"""What is seen from outside: open ports, old protocols, certificates, and a scanner that other machines can run."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tls_site import DOMAIN, certificate, serve

from provisioner.audit import outer
from provisioner.audit.hello import VERSIONS, accepts, chosen
from provisioner.audit.visit import visit
from provisioner.commands import audit as commands
from provisioner.errors import InputError
from provisioner.host import portscan


@contextmanager
def listening(kind: int = socket.SOCK_STREAM) -> Iterator[int]:
    with socket.socket(socket.AF_INET, kind) as plain:
        plain.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            plain.listen()
        yield int(plain.getsockname()[1])


def test_scan_finds_what_listens_and_counts_the_rest() -> None:
    with listening() as one, listening() as other, listening() as closed_later:
        pass
    with listening() as one, listening() as other:
        found = portscan.scan("127.0.0.1", sorted({one, other, closed_later}))
    assert found["open"] == sorted({one, other}) and found["silent_count"] == [0]


def test_scan_does_not_wait_for_each_silent_port_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full backlog drops packets as a firewall does."""
    with socket.socket() as plain:
        plain.bind(("127.0.0.1", 0))
        plain.listen(0)
        port = plain.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            found = portscan.scan("127.0.0.1", [port] * 40, wait=0.4)
    assert len(found["open"]) + found["silent_count"][0] + found["closed_count"][0] == 40
    assert found["silent_count"][0] >= 38


def test_udp_is_open_where_something_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as answering, listening(socket.SOCK_DGRAM) as mute:
        answering.bind(("127.0.0.1", 0))
        port = answering.getsockname()[1]
        monkeypatch.setattr(portscan, "UDP", {port: b"hello", mute: b"hello"})
        threading.Thread(target=lambda: answering.sendto(b"yes", answering.recvfrom(99)[1]), daemon=True).start()
        assert portscan.scan_udp("127.0.0.1", 0.4) == [port]


def test_scanner_runs_alone_from_standard_input() -> None:
    program = outer.SCANNER.read_text().replace("range(1, 65536)", "range(1, 3)")
    done = subprocess.run(["python3", "-I", "-", "127.0.0.1"], input=program, capture_output=True, text=True)
    assert '"open"' in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("given", "target", "port"),
    [
        ("admin@198.51.100.7", "admin@198.51.100.7", "22"),
        ("scan.example.org:2222", "scan.example.org", "2222"),
        ("admin@[2001:db8::1]:2222", "admin@2001:db8::1", "2222"),
        ("[2001:db8::1]", "2001:db8::1", "22"),
    ],
)
def test_where_to_scan_from(given: str, target: str, port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outer.lab, "hosts", list)
    command = outer.scanning_command(given, "203.0.113.7")
    assert command[-2:] == [target, "python3 -I - 203.0.113.7"] and command[command.index("-p") + 1] == port
    assert command[-3] == "--", "nothing that follows is read as an option"


@pytest.mark.parametrize("given", ["-oProxyCommand=sh", "a b", "x;id", "admin@", "2001:db8::1"])
def test_no_option_and_no_command_comes_in_by_the_name(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outer.lab, "hosts", list)
    with pytest.raises(InputError):
        outer.scanning_command(given, "203.0.113.7")


def test_ssh_audit_never_tries_the_rate_that_gets_us_banned() -> None:
    assert "--skip-rate-test" in commands.ssh_audit("203.0.113.7", 22)


@contextmanager
def server(folder: Path, oldest: ssl.TLSVersion, newest: ssl.TLSVersion) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(folder))
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = oldest, newest
    with socket.socket() as plain:
        plain.bind(("127.0.0.1", 0))
        plain.listen()

        def answer() -> None:
            while True:
                try:
                    with context.wrap_socket(plain.accept()[0], server_side=True):
                        pass
                except ssl.SSLError:
                    continue
                except OSError:
                    if plain.fileno() == -1:
                        return

        threading.Thread(target=answer, daemon=True).start()
        yield plain.getsockname()[1]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_versions_are_seen_where_they_are_and_only_there(tmp_path: Path) -> None:
    with server(tmp_path, ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_2) as port:
        found = {name: accepts("127.0.0.1", port, DOMAIN, version) for name, version in VERSIONS.items()}
    assert found == {"SSL 3.0": False, "TLS 1.0": True, "TLS 1.1": True}
    with server(tmp_path, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3) as port:
        found = {name: accepts("127.0.0.1", port, DOMAIN, version) for name, version in VERSIONS.items()}
    assert found == {"SSL 3.0": False, "TLS 1.0": False, "TLS 1.1": False}


@pytest.mark.parametrize("answer", [b"", b"\x15\x03\x01\x00\x02\x02\x46", b"HTTP/1.1 400 Bad Request\r\n"])
def test_what_is_no_server_hello_is_a_refusal(answer: bytes) -> None:
    assert chosen(answer) == 0


def test_visit_trusts_the_authority_it_was_given_and_no_other(tmp_path: Path) -> None:
    with serve(tmp_path) as (_handler, port, pem):
        authority = pem.read_text()
        good = visit(DOMAIN, "127.0.0.1", authority, http_port=1, https_port=port)
        bad = visit(DOMAIN, "127.0.0.1", "", http_port=1, https_port=port)
        other = visit("other.example", "127.0.0.1", authority, http_port=1, https_port=port)
    assert good.status == 404 and not good.untrusted and 0.9 < good.days < 1 and good.protocols["TLS 1.3"]
    assert "self-signed" in bad.untrusted and bad.status == 404, "the page behind is looked at all the same"
    assert "mismatch" in other.untrusted.lower()
    assert good.redirects, "where nothing listens on port 80, nothing is said in the clear"


def test_visit_of_nothing_is_an_error_and_no_exception() -> None:
    assert visit(DOMAIN, "127.0.0.1", "", http_port=1, https_port=1).error


def test_a_machine_that_scans_itself_does_not_take_its_own_call_for_an_answer() -> None:
    with socket.socket() as plain:
        plain.bind(("127.0.0.1", 0))
        plain.connect(plain.getsockname())  # TCP allows it: both ends are this socket
        assert portscan._met_itself(plain)
    with listening() as port, socket.create_connection(("127.0.0.1", port)) as other:
        assert not portscan._met_itself(other)
