"""Instances side by side on one host: none sees another's network, names, volumes, secrets or routes, nor the host."""

import json
import socket
import ssl
import time

import pytest
from neighbours import Inside, Neighbours, find_all
from rehearsal import HostMaker, Stack

pytestmark = pytest.mark.lab
METADATA = "169.254.169.254:80"


@pytest.fixture(scope="module")
def there(alpha: Stack, beta: Stack) -> Neighbours:
    """Return every instance on the host of `alpha` and `beta`, with what each could be attacked by."""
    assert alpha.host is beta.host or alpha.host == beta.host
    return find_all(alpha.host)


@pytest.fixture(scope="module")
def listener(make_host: HostMaker) -> str:
    """Something outside that answers, on another host with no firewall of ours. Give "address:port"."""
    outside = make_host("outside")
    server = "import socketserver as s; s.TCPServer(('', 8999), s.BaseRequestHandler).serve_forever()"
    outside.run(f'systemd-run --quiet --unit=answering python3 -c "{server}"')
    for _attempt in range(40):
        try:  # it is there to be found
            socket.create_connection((outside.lab.address, 8999), timeout=5).close()
            return f"{outside.lab.address}:8999"
        except ConnectionRefusedError:
            time.sleep(0.5)
    raise AssertionError("nothing answers outside: the test would see nothing")


def test_no_container_reaches_any_other_instance_the_host_or_the_outside(
    there: Neighbours, alpha: Stack, listener: str
) -> None:
    pairs = 0
    for inside in there.containers:
        forbidden = there.targets_of_others(inside) + there.targets_on_host(inside, alpha.host.lab.address)
        forbidden += [listener, METADATA, "192.0.2.1:443"]
        assert len(forbidden) >= 20
        own = there.own_targets(inside)
        reached = set(there.reached(inside, [*forbidden, *own]))
        assert not reached & set(forbidden), f"{inside.name} reaches {sorted(reached & set(forbidden))}"
        assert reached & set(own) or not own, f"{inside.name} finds nothing at all: the test would see nothing"
        pairs += len({each.instance for each in there.containers} - {inside.instance})
    assert pairs >= 2


def test_no_container_finds_another_by_name(there: Neighbours) -> None:
    for inside in there.containers:
        wanted, own = there.names_of_others(inside), inside.aliases
        assert len(wanted) >= 3
        found = there.looked_up(inside, [*wanted, *own])
        assert not set(found) & set(wanted), inside.name
        assert set(found) & set(own), "its own names it does find"


def test_volumes_secrets_and_networks_of_no_two_instances_overlap(there: Neighbours) -> None:
    for kind in ("networks", "sources"):
        owner: dict[str, str] = {}
        for inside in there.containers:
            for each in getattr(inside, kind):
                assert owner.setdefault(each, inside.instance) == inside.instance, f"{each}: {owner[each]} too"
        assert owner or kind == "sources"
    home = "/srv/provisioner/instances/{0}/ /var/lib/docker/volumes/{0}_"
    for inside in there.containers:
        homes = tuple(home.format(inside.instance).split())
        assert all(source.startswith(homes) for source in inside.sources), inside
    secrets = [text for each in there.secrets.values() for text in each]
    assert len(secrets) == len(set(secrets)), "two instances share a secret"


def test_proxy_gives_nobody_the_route_of_another(there: Neighbours, alpha: Stack) -> None:
    """A request that names one service in TLS and another in HTTP gets nothing of the other."""
    names = sorted(there.domains)
    for one in names:
        for other in names:
            if one != other and there.domains[one] != there.domains[other]:
                answer = crossed(alpha, one, other)
                assert answer == crossed(alpha, one, "nobody.lab.test"), f"{one} in TLS, {other} in HTTP: {answer!r}"


def crossed(stack: Stack, outside: str, inside: str) -> bytes:
    """Return the first line and body size of what the proxy answers to a request with two names."""
    context = ssl.create_default_context(cadata=stack.host.authority)
    with (
        socket.create_connection((stack.host.lab.address, 443), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname=outside) as wrapped,
    ):
        wrapped.sendall(f"GET / HTTP/1.1\r\nHost: {inside}\r\nConnection: close\r\n\r\n".encode())
        data = b""
        while part := wrapped.recv(65536):
            data += part
    head, _empty, body = data.partition(b"\r\n\r\n")
    return head.partition(b"\r\n")[0] + b" %d" % len(body)


def test_list_opens_what_it_names_and_nothing_else(alpha: Stack, there: Neighbours, listener: str) -> None:
    inside = next(each for each in there.containers if each.instance == "beta_radicale")
    other = next(each for each in there.containers if each.instance == "alpha_radicale")
    folder = "/srv/provisioner/instances/beta_radicale"
    wished = json.dumps({"outgoing": [f"{listener.rsplit(':')[0]}/32:8999", "proxy:443"]})
    proxy, ssh = f"{alpha.host.lab.address}:443", f"{alpha.host.lab.address}:22"
    asked = [listener, proxy, ssh, f"{listener.rsplit(':')[0]}:22"]
    try:
        alpha.host.run(f"cat > {folder}/egress.json", wished)
        assert alpha.host.ask("egress", {})["changed"] and not alpha.host.ask("egress", {})["changed"]
        assert set(there.reached(inside, asked)) == {listener, proxy}
        assert there.reached(other, asked) == []
        alpha.host.run("systemctl reload nftables; systemctl restart nftables")
        assert set(there.reached(inside, asked)) == {listener, proxy}, "a reload loses nothing"
    finally:
        alpha.host.run(f"rm {folder}/egress.json")
        alpha.host.ask("egress", {})
    assert there.reached(inside, asked) == []


def test_content_and_passwords_of_one_do_not_open_the_other(alpha: Stack, beta: Stack) -> None:
    markers, _own = alpha.write(), beta.write()
    request = {
        "associations": ["beta"], "only": ["radicale"], "write": False,
        "markers": {"beta_radicale": markers["alpha_radicale"]},
    }  # fmt: skip
    assert "cannot be read back" in alpha.host.ask("probe", request)["instances"]["beta_radicale"]["message"]


def test_every_container_was_tried(there: Neighbours, alpha: Stack) -> None:
    running = set(alpha.host.run("docker ps --format '{{.Names}}'").split()) - {"provisioner_proxy-caddy-1"}
    assert {inside.name for inside in there.containers} == running
    assert all(isinstance(inside, Inside) and inside.addresses for inside in there.containers)
