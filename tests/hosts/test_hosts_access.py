"""What reaches a service from outside: the name over HTTPS, and nothing else."""

import base64
import http.client
import os
import ssl

import pytest
from rehearsal import Stack
from watchers import First

pytestmark = pytest.mark.lab
PADS, AGENDA = "pads.alpha.lab.test", "agenda.alpha.lab.test"


def test_probe_writes_and_reads_over_https_by_name_also_from_here(alpha: Stack) -> None:
    found = alpha.run("probe", str(alpha.folder), "--from-here", "--json")
    assert found.code == 0, found.out + found.err
    assert {name: item["ok"] for name, item in found.json["instances"].items()} == {
        "alpha_etherpad": True, "alpha_radicale": True,
    }  # fmt: skip


def test_status_tells_that_all_is_well(alpha: Stack) -> None:
    found = alpha.run("status", str(alpha.folder), "--json")
    assert found.code == 0, found.out
    [answer] = found.json["hosts"].values()
    assert {item["health"] for item in answer["instances"].values()} == {"healthy"}
    assert all(item["memory_mb"] and item["version"] and item["url"] for item in answer["instances"].values())


def test_http_leads_to_https(alpha: Stack) -> None:
    connection = http.client.HTTPConnection(alpha.host.lab.address, 80, timeout=20)
    connection.request("GET", "/p/x", headers={"Host": PADS})
    answer = connection.getresponse()
    assert answer.status in (301, 308)
    assert answer.getheader("Location") == f"https://{PADS}/p/x"


def test_answers_carry_security_headers_and_do_not_name_the_server(alpha: Stack) -> None:
    for domain in (PADS, AGENDA):
        _status, headers, _text = alpha.host.fetch(domain)
        assert "max-age=" in headers["strict-transport-security"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"].upper() in ("SAMEORIGIN", "DENY")
        assert headers["referrer-policy"] and headers["permissions-policy"]
        assert "server" not in headers and "x-powered-by" not in headers
        assert "," not in headers["x-frame-options"] + headers["x-content-type-options"], "said once"


def test_unknown_name_gets_no_service(alpha: Stack) -> None:
    with pytest.raises(ssl.SSLError):
        alpha.host.fetch("unknown.lab.test")
    _status, _headers, text = alpha.host.fetch(PADS, headers={"Host": "unknown.lab.test"})
    assert text == ""
    connection = http.client.HTTPConnection(alpha.host.lab.address, 80, timeout=20)
    connection.request("GET", "/", headers={"Host": "unknown.lab.test"})
    assert connection.getresponse().read() == b""


def test_only_ssh_and_the_proxy_listen_on_the_network(alpha: Stack) -> None:
    rows = [row.split()[3] for row in alpha.host.run("ss -Hltn").splitlines()]
    outside = {row.rpartition(":")[2] for row in rows if not row.startswith(("127.", "[::1]"))}
    assert outside == {"22", "80", "443"}


def test_route_shows_the_waiting_page_until_the_application_is_ready(first: First) -> None:
    statuses = [status for status, _text in first.visits.answers]
    assert statuses[0] == 503 and "Etherpad se prépare" in first.visits.answers[0][1]
    assert statuses.count(503) == 1, "one and the same page, and never the application's own troubles"
    assert set(statuses[1:]) <= {200}


def test_body_larger_than_the_service_allows_is_refused(alpha: Stack) -> None:
    [password] = [
        text for path, text in alpha.secrets_there().items() if path.endswith("radicale/secrets/admin_password")
    ]
    credentials = base64.b64encode(f"admin:{password}".encode()).decode()
    answers = []
    for size in (2**20 - 1000, 2**20 + 1000):  # the limit is 1 MiB in our catalog
        headers = {"Authorization": f"Basic {credentials}", "Content-Type": "text/calendar"}
        path = "/association/calendar/large.ics"
        answers.append(alpha.host.fetch(AGENDA, path, "PUT", b"x" * size, headers)[0])
    # The application refuses the first as no calendar. The second never reaches it whole; Caddy 2.6 calls that 502.
    assert answers[0] == 400 and answers[1] in (413, 502)


def test_websocket_passes_the_proxy(alpha: Stack) -> None:
    key = base64.b64encode(os.urandom(16)).decode()
    headers = {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key,
    }  # fmt: skip
    found = [
        alpha.host.fetch(PADS, f"/socket.io/?EIO={version}&transport=websocket", headers=headers) for version in (3, 4)
    ]
    assert 101 in [status for status, _headers, _text in found]
