"""Seen from outside, a host has three open ports, whatever Docker publishes and in whatever order things restart."""

import json
from collections.abc import Iterator

import pytest
from outside import frames, scan
from rehearsal import Host, Stack

from provisioner import lab

pytestmark = pytest.mark.lab
PUBLIC = {22, 80, 443}
BOTH_WAYS = (
    "systemctl restart docker; systemctl reload nftables",
    "systemctl restart nftables; systemctl restart docker",
)


@pytest.fixture(scope="module")
def careless(alpha: Stack) -> Iterator[int]:
    """Somebody runs a container by hand that publishes a port on all addresses. Give that port."""
    image = alpha.host.run("docker inspect --format '{{.Config.Image}}' alpha_radicale-app-1").strip()
    server = "import http.server as h; h.test(h.SimpleHTTPRequestHandler, port=8000)"
    line = f'docker run -d --name careless -p 0.0.0.0:8081:8000 --entrypoint python3 {image} -c "{server}"'
    alpha.host.run(line)
    yield 8081
    alpha.host.run("docker rm -f careless")


def inner(host: Host) -> list[str]:
    """Return what a neighbour must not reach: ports on the loopback, and containers by their own address."""
    found = json.loads(host.run("docker ps -q | xargs docker inspect"))
    targets = []
    for item in found:
        ports = item["NetworkSettings"]["Ports"] or {}
        for inside, published in ports.items():
            targets += [f"127.0.0.1:{each['HostPort']}" for each in published or []]
            networks = item["NetworkSettings"]["Networks"].values()
            targets += [f"{net['IPAddress']}:{inside.partition('/')[0]}" for net in networks if net["IPAddress"]]
    return sorted(set(targets))


def check(alpha: Stack, stranger: Host) -> None:
    """What must hold at any time, quickly: the ports people know, a sample of others, and no way past them."""
    address = alpha.host.lab.address
    assert {port for port in (*PUBLIC, 8081, 20000, 20001) if scan(stranger, address, f"{port}-{port}")} == PUBLIC
    known, targets = f"{address}:80", inner(alpha.host)
    assert len(targets) >= 4 and frames(stranger, address, [known, *targets]) == {known}


def test_all_ports_but_three_are_closed(alpha: Stack, bare: Host, careless: int) -> None:
    assert "8000" in alpha.host.run(f"curl -s http://127.0.0.1:{careless}/ | head -c 0; docker port careless")
    assert scan(bare, alpha.host.lab.address) == PUBLIC


def test_neighbour_gets_past_neither_loopback_nor_into_subnets(alpha: Stack, bare: Host, careless: int) -> None:
    check(alpha, bare)
    # The same frames do get in where our table is missing: the test sees what it claims to see.
    alpha.host.run("nft delete table inet provisioner")
    try:
        address, targets = alpha.host.lab.address, inner(alpha.host)
        assert frames(bare, address, targets)
        assert scan(bare, address, f"{careless}-{careless}") == {careless}
    finally:
        alpha.host.run("systemctl restart nftables")
    check(alpha, bare)


@pytest.mark.parametrize("line", BOTH_WAYS)
def test_it_holds_after_restarts_in_any_order(alpha: Stack, bare: Host, careless: int, line: str) -> None:
    alpha.host.run(line)
    check(alpha, bare)
    assert alpha.host.fetch("agenda.alpha.lab.test")[0] in (200, 302), "and people still come in"


def test_nothing_flushes_docker_or_the_firewall(alpha: Stack) -> None:
    before = alpha.host.run("nft -s list ruleset")
    alpha.host.run("systemctl stop nftables")
    assert alpha.host.run("nft -s list ruleset") == before
    alpha.host.run("systemctl start nftables")
    assert alpha.host.run("nft -s list table inet provisioner") in before


def test_it_holds_after_a_reboot(alpha: Stack, bare: Host) -> None:
    lab.restart(alpha.host.lab.name)
    alpha.host.run("systemctl is-system-running --wait || true; docker ps -q | xargs docker inspect >/dev/null")
    check(alpha, bare)
    assert alpha.apply().host["tasks"] == []
