"""The same by IPv6: three open ports, fenced containers, a neighbour who is no router, bans by household."""

import time
from collections.abc import Iterator

import pytest
from outside import SEND, TRY, scan
from rehearsal import Host, HostMaker, Stack, StackMaker

from provisioner import lab
from provisioner.limits import FAILURES

pytestmark = pytest.mark.lab
PUBLIC = {22, 80, 443}
HOST, GUEST = "fd00:213::a", "fd00:213::b"
HOUSEHOLDS = ("fd00:214::", "fd00:215::")  # two more networks of the guest
INNER = "fd00:99::"
SERVE = "import http.server as h; h.test(h.SimpleHTTPRequestHandler, bind='::'"
ASK = """
import http.client, socket, ssl, sys
source, address, domain, times = sys.argv[1:]
context = ssl._create_unverified_context()
for number in range(int(times)):
    try:
        plain = socket.create_connection((address, 443), 9, (source, 0))
        connection = http.client.HTTPSConnection(domain)
        connection.sock = context.wrap_socket(plain, server_hostname=domain)
        connection.request("PROPFIND", "/admin/", headers={"Authorization": "Basic YWRtaW46d3Jvbmc="})
        said = connection.getresponse().status
    except OSError:
        said = "shut"
print(said)
"""


def switch_on(host: Host, *addresses: str) -> None:
    """Give the card of a host IPv6, which Docker leaves off, and these addresses."""
    here = [f"net.ipv6.conf.{where}.disable_ipv6=0" for where in ("all", "default", "eth0")]
    lines = [f"sysctl -qw {' '.join(here)}", *(f"ip -6 addr replace {each}/64 dev eth0 nodad" for each in addresses)]
    host.from_below("; ".join(lines))


@pytest.fixture(scope="module")
def guest(make_host: HostMaker) -> Host:
    """Return another host of the same segment, with addresses of three networks."""
    made = make_host("guest6", "13")
    switch_on(made, GUEST, *(f"{net}{number}" for net in HOUSEHOLDS for number in (1, 2)))
    return made


@pytest.fixture(scope="module")
def six(make_host: HostMaker, make_stack: StackMaker, guest: Host) -> Stack:
    """Return a stack (Radicale) on a Debian 13 that has IPv6; by SSH come IPv4 and the guest's first network only."""
    host = make_host("six", "13")
    switch_on(host, HOST)
    stack = make_stack("six", host, ["radicale"], "intermediary")
    stack.edit(r"^  ssh_from: \[\]", '  ssh_from: ["10.0.0.0/8", "172.16.0.0/12", "fd00:213::/64"]')
    stack.apply()
    routes(host)
    return stack


def routes(host: Host) -> None:
    host.from_below("; ".join(f"ip -6 route replace {net}/64 dev eth0" for net in HOUSEHOLDS))


def link_local(host: Host) -> str:
    return host.from_below("ip -6 -br addr show dev eth0 scope link").split()[2].partition("/")[0] + "%eth0"


def tried(host: Host, targets: list[str], container: str = "", source: str = "") -> set[str]:
    """Return which of "address port" answer to a host, or to a container on it."""
    inside = f"docker exec -i {container} " if container else ""
    words = " ".join(target.replace(" ", ",") for target in targets)
    return {row.replace(",", " ") for row in host.run(f"{inside}python3 - {source or '::'} {words}", TRY).split()}


@pytest.fixture(scope="module")
def container(six: Stack, guest: Host) -> Iterator[str]:
    """Somebody makes a network with IPv6 by hand, and publishes a container on it. The guest knows the way there."""
    image = six.host.run("docker inspect --format '{{.Config.Image}}' six_radicale-app-1").strip()
    six.host.run(f"docker network create --ipv6 --subnet {INNER}/64 byhand")
    line = f"docker run -d --name byhand --network byhand -p '[::]:8082:8000' --entrypoint python3 {image} -c"
    six.host.run(f'{line} "{SERVE}, port=8000)"')
    guest.run(f"ip -6 route replace {INNER}/64 via {HOST}")
    guest.run(f'systemd-run --quiet --unit=answering python3 -c "{SERVE}, port=8999)"')
    yield "byhand"
    six.host.run("docker rm -f byhand; docker network rm byhand; sysctl -qw net.ipv6.conf.all.forwarding=0")


def test_outside_finds_three_ports_at_both_kinds_of_address(six: Stack, guest: Host, container: str) -> None:
    assert scan(guest, HOST) == PUBLIC
    assert scan(guest, link_local(six.host), "1-10000") == PUBLIC - {22}, "by SSH come networks of the list alone"
    banner = guest.run(f"python3 -c \"import socket; print(socket.create_connection(('{HOST}', 22), 9).recv(8))\"")
    assert "SSH-2.0" in banner and "401" in guest.run(f"python3 - {GUEST} {HOST} agenda.six.lab.test 1", ASK)


def test_ssh_is_open_to_networks_of_the_list_alone(six: Stack, guest: Host) -> None:
    here, ports = six.host, [f"{HOST} 22", f"{HOST} 443"]
    assert tried(guest, ports, source=GUEST) == set(ports)
    assert tried(guest, ports, source=f"{HOUSEHOLDS[0]}1") == {ports[1]}
    assert here.run("true") == "", "we come by IPv4, which is listed"


def test_container_with_ipv6_reaches_nothing_and_is_not_reached(six: Stack, guest: Host, container: str) -> None:
    outside = [f"{GUEST} 8999", f"{HOST} 22", f"{HOST} 443", f"{INNER}1 22", f"{INNER}1 443"]
    published, own = [f"{INNER}2 8000", f"{HOST} 8082"], "::1 8000"
    assert tried(six.host, [*outside, own], container) == {own} and tried(guest, published) == set()
    six.host.run("nft delete table inet provisioner")
    try:  # without our table all of it is open: the test sees what it claims to see
        assert tried(six.host, [*outside, own], container) == {*outside, own}
        assert tried(guest, published) == set(published)
    finally:
        six.host.run("systemctl restart nftables")
    assert tried(six.host, [*outside, own], container) == {own} and tried(guest, published) == set()


def test_neighbours_are_found_pings_answered_and_small_links_learnt(six: Stack, guest: Host) -> None:
    guest.run("ip link add small type veth peer name other; ip link set small mtu 1280 up; ip link set other up")
    guest.run("ip -6 addr replace fd00:77::1/64 dev small nodad; sysctl -qw net.ipv6.conf.all.forwarding=1")
    six.host.from_below(f"ip -6 neigh flush dev eth0; ip -6 route replace fd00:77::/64 via {GUEST}")
    guest.run("ip -6 neigh flush dev eth0")
    for address in (HOST, link_local(six.host)):
        assert guest.run(f"python3 - ping {address}", SEND).strip() == "pong"
    six.host.run("python3 - large fd00:77::5", SEND)
    assert "mtu 1280" in six.host.run("ip -6 route get fd00:77::5")
    guest.run("sysctl -qw net.ipv6.conf.all.forwarding=0; ip link del small")
    six.host.run("ip -6 route del fd00:77::/64")


def test_neighbour_cannot_pose_as_the_router(six: Stack, guest: Host) -> None:
    def advertise() -> str:
        guest.run("python3 - advertise ff02::1", SEND)
        time.sleep(1)
        return six.host.run("ip -6 addr show dev eth0; ip -6 route show default")

    # The first card was there before the host was hardened: "all" and "default" say nothing about it.
    assert "fd00:666:" not in advertise() and "proto ra" not in advertise()
    six.host.run("sysctl -qw net.ipv6.conf.eth0.accept_ra=2")  # 2: although it forwards, for the container
    try:
        assert "fd00:666:" in (found := advertise()) and "proto ra" in found
        # Now the address does come from the router: what would cut it off is left alone.
        plan = six.plan().host
        assert "Harden the host" in plan["tasks"]
        six.apply()
        assert "accept_ra" not in six.host.run("cat /etc/sysctl.d/60-provisioner.conf")
        assert six.host.run("cat /proc/sys/net/ipv6/conf/eth0/accept_ra").strip() == "2"
    finally:
        six.host.run("ip -6 route del default proto ra; ip -6 addr flush dev eth0 scope global dynamic")
    six.apply()
    assert "fd00:666:" not in advertise() and six.apply().json["changed"] == 0


def test_ban_shuts_out_a_household_and_nobody_else(six: Stack, guest: Host) -> None:
    def ask(source: str, times: int = 1) -> str:
        return guest.run(f"python3 - {source} {HOST} agenda.six.lab.test {times}", ASK).strip()

    ask(f"{HOUSEHOLDS[0]}1", FAILURES + 1)
    deadline = time.monotonic() + 30
    while HOUSEHOLDS[0] not in six.host.run("fail2ban-client get sign-in banip").split():
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert [ask(f"{HOUSEHOLDS[0]}{number}") for number in (1, 2)] == ["shut", "shut"]
    assert [ask(f"{HOUSEHOLDS[1]}1"), ask(GUEST)] == ["401", "401"]


def test_it_holds_after_a_restart_of_the_host(six: Stack, guest: Host) -> None:
    lab.restart(six.host.lab.name)
    six.host.from_below("systemctl is-system-running --wait || true")
    switch_on(six.host, HOST)
    routes(six.host)
    assert scan(guest, HOST, "1-1024") == PUBLIC
    assert guest.run(f"python3 - {HOUSEHOLDS[0]}1 {HOST} agenda.six.lab.test 1", ASK).strip() == "401", "no ban is left"
    assert six.host.run("cat /proc/sys/net/ipv6/conf/eth0/accept_ra").strip() == "0"
