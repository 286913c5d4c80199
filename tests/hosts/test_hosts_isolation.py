"""Two associations on one host: neither sees the other's network, volumes, secrets or routes."""

import json

import pytest
from rehearsal import INSTANCES, Stack

pytestmark = pytest.mark.lab

TRY = """
import socket, sys
for line in sys.stdin:
    name, port = line.split()
    try:
        socket.create_connection((name, int(port)), timeout=2).close()
        print(name, port)
    except OSError:
        pass
"""


def addresses(stack: Stack, container: str) -> list[str]:
    """Return the addresses of a container."""
    form = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}"
    return stack.host.run(f"docker inspect --format '{form}' {container}").split()


def reached(stack: Stack, container: str, targets: list[str]) -> list[str]:
    """Return which of these "name port" a container can connect to."""
    line = f"docker exec -i {container} python3 -c '{TRY}'"
    return stack.host.run(line, "\n".join(targets) + "\n").splitlines()


def test_container_reaches_nothing_of_the_other_association(alpha: Stack, beta: Stack) -> None:
    published = alpha.host.run("docker ps --format '{{.Ports}}'").replace("127.0.0.1:", " ").replace("->", " ").split()
    ports = sorted({word for word in published if word.isdigit()})
    gateway = alpha.host.run("docker network inspect beta_radicale_front --format '{{(index .IPAM.Config 0).Gateway}}'")
    targets = [f"{address} 5432" for address in addresses(alpha, "alpha_etherpad-db-1")]
    targets += [f"{address} 9001" for address in addresses(alpha, "alpha_etherpad-app-1")]
    targets += [f"{address} 5232" for address in addresses(alpha, "alpha_radicale-app-1")]
    targets += [f"{name} {port}" for name in ("db", "alpha_etherpad-db-1") for port in (5432,)]
    targets += [f"{name} 9001" for name in ("alpha_etherpad-app-1", "etherpad")]
    targets += [f"{gateway.strip()} {port}" for port in ports]
    assert len(ports) >= 3 and len(targets) >= 11
    assert reached(alpha, "beta_radicale-app-1", targets) == []
    # The same question does find what is there: the container's own application.
    [own] = addresses(beta, "beta_radicale-app-1")
    assert reached(alpha, "beta_radicale-app-1", [f"{own} 5232"]) == [f"{own} 5232"]


def test_networks_volumes_secrets_and_routes_are_apart(alpha: Stack, beta: Stack) -> None:
    found = json.loads(alpha.host.run("docker ps -aq | xargs docker inspect"))
    owned: dict[str, dict[str, set[str]]] = {}
    for item in found:
        mine = owned.setdefault(item["Config"]["Labels"]["com.docker.compose.project"].partition("_")[0], {})
        mine.setdefault("networks", set()).update(set(item["NetworkSettings"]["Networks"]) - {"host"})
        mine.setdefault("sources", set()).update(mount["Source"] for mount in item["Mounts"])
    for kind in ("networks", "sources"):
        assert owned["alpha"][kind] and owned["beta"][kind]
        assert not owned["alpha"][kind] & owned["beta"][kind]
    homes = (f"{INSTANCES}/beta_", "/var/lib/docker/volumes/beta_")
    assert all(source.startswith(homes) for source in owned["beta"]["sources"])
    assert not set(alpha.secrets_there().values()) & set(beta.secrets_there().values())


def test_content_and_passwords_of_one_do_not_open_the_other(alpha: Stack, beta: Stack) -> None:
    markers = alpha.write()
    request = {
        "associations": ["beta"], "only": ["radicale"], "write": False,
        "markers": {"beta_radicale": markers["alpha_radicale"]},
    }  # fmt: skip
    assert "cannot be read back" in alpha.host.ask("probe", request)["instances"]["beta_radicale"]["message"]
