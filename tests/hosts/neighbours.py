"""Every container of a host, and what somebody who has taken one over would try from inside it."""

import json
from dataclasses import dataclass
from typing import Any

from rehearsal import Host

# Reads "address:port" lines, tries all at once, prints those that answer. Run in the network of a container, with the
# host's own Python: so images without any tool are tried too.
CONNECT = """
import select, socket, sys, time
waiting, poll, end = {}, select.epoll(), None
for line in sys.stdin:
    address, port = line.strip().rsplit(":", 1)
    s = socket.socket(); s.setblocking(False)
    if s.connect_ex((address, int(port))) not in (0, 115): continue  # no way there at all
    waiting[s.fileno()] = (s, line.strip())
    poll.register(s, select.EPOLLOUT | select.EPOLLERR | select.EPOLLHUP)
end = time.monotonic() + 2.5
while waiting and time.monotonic() < end:
    for fd, _event in poll.poll(0.2):
        s, name = waiting.pop(fd); poll.unregister(s)
        if s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0: print(name)
        s.close()
"""
# Reads names, asks the name server that Docker gives to containers for all at once, prints those that have an address.
LOOK_UP = """
import socket, struct, sys, time
names = [line.strip() for line in sys.stdin]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(0.5)
for number, name in enumerate(names):
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    question = labels + bytes(1) + struct.pack("!2H", 1, 1)
    s.sendto(struct.pack("!6H", number, 256, 1, 0, 0, 0) + question, ("127.0.0.11", 53))
end = time.monotonic() + 4
while time.monotonic() < end:
    try: data = s.recv(2048)
    except TimeoutError: continue
    number, _flags, _questions, answers = struct.unpack("!4H", data[:8])
    if answers: print(names[number])
"""


@dataclass
class Inside:
    """One container that somebody has taken over."""

    name: str
    instance: str
    process: int
    addresses: list[str]
    gateways: list[str]
    ports: list[int]
    networks: list[str]
    sources: list[str]
    aliases: list[str]


@dataclass
class Neighbours:
    """All containers of the instances on a host, its own listening ports, secrets and names on the web."""

    host: Host
    containers: list[Inside]
    listening: list[int]
    secrets: dict[str, list[str]]
    domains: dict[str, str]

    def targets_of_others(self, inside: Inside) -> list[str]:
        """Return "address:port" of everything that runs in other instances."""
        others = [each for each in self.containers if each.instance != inside.instance]
        return [f"{address}:{port}" for each in others for address in each.addresses for port in each.ports]

    def targets_on_host(self, inside: Inside, address: str) -> list[str]:
        """Return every port that listens on the host, by each address the container may know it by."""
        ways = sorted({address, *(gate for each in self.containers for gate in each.gateways), *inside.gateways})
        return [f"{way}:{port}" for way in ways for port in sorted({22, 80, 443, *self.listening})]

    def own_targets(self, inside: Inside) -> list[str]:
        """Return what the container must still reach: its own instance, by the networks it shares."""
        mine = [
            each for each in self.containers
            if each.instance == inside.instance and set(each.networks) & set(inside.networks)
        ]  # fmt: skip
        return [f"{address}:{port}" for each in mine for address in each.addresses for port in each.ports]

    def names_of_others(self, inside: Inside) -> list[str]:
        """Return the names that Docker gives to containers of other instances, and the sites of those."""
        mine = {name for each in self.containers if each.instance == inside.instance for name in each.aliases}
        others = {name for each in self.containers if each.instance != inside.instance for name in each.aliases}
        sites = {domain for domain, owner in self.domains.items() if owner != inside.instance}
        return sorted((others | sites) - mine)

    def reached(self, inside: Inside, targets: list[str]) -> list[str]:
        """Return which targets answer to a program in the container's network."""
        line = f"nsenter -t {inside.process} -n python3 -c '{CONNECT}'"
        return self.host.run(line, "\n".join(targets) + "\n").split()

    def looked_up(self, inside: Inside, names: list[str]) -> list[str]:
        """Return which names Docker's name server in the container knows."""
        line = f"nsenter -t {inside.process} -n python3 -c '{LOOK_UP}'"
        return self.host.run(line, "\n".join(names) + "\n").split()


def find_all(host: Host) -> Neighbours:
    """Look at everything that runs on a host, the proxy aside: it is meant to reach every instance."""
    found = json.loads(host.run("docker ps -q | xargs docker inspect"))
    found = [item for item in found if item["HostConfig"]["NetworkMode"] != "host"]
    line = "".join(f"nsenter -t {item['State']['Pid']} -n ss -Hltn; echo; " for item in found)
    heard = host.run(line).split("\n\n")
    containers = [_inside(item, sockets) for item, sockets in zip(found, heard, strict=False)]
    rows = host.run("cd /srv/provisioner/instances && grep -rH . */secrets/ 2>/dev/null || true").splitlines()
    secrets: dict[str, list[str]] = {}
    for row in rows:
        path, _colon, text = row.partition(":")
        if "/secrets/" in path:
            secrets.setdefault(path.partition("/")[0], []).append(text)
    listening = {int(row.split()[3].rpartition(":")[2]) for row in host.run("ss -Hltn").splitlines()}
    # What Docker publishes on the loopback is a rule of its own, and listens nowhere.
    published = [each for item in found for each in (item["NetworkSettings"]["Ports"] or {}).values()]
    listening |= {int(each["HostPort"]) for ways in published for each in ways or []}
    facts = "cd /srv/provisioner/instances; for each in */instance.json; do cat $each; echo; echo ,; done"
    abouts = json.loads("[" + host.run(facts).strip().rstrip(",") + "]")
    owners = {
        about["variables"]["domain"]: about["variables"].get("instance", about["association"] + "_portal")
        for about in abouts if "domain" in about["variables"] and about["service"] != "backup"
    }  # fmt: skip
    # What was taken out of its stack keeps its folder and its data, but has no site any more.
    served = {each.instance for each in containers}
    domains = {name: owner for name, owner in owners.items() if owner in served or owner.endswith("_portal")}
    return Neighbours(host, containers, sorted(listening), secrets, domains)


def _inside(item: dict[str, Any], sockets: str) -> Inside:
    networks = item["NetworkSettings"]["Networks"]
    name, process = item["Name"].lstrip("/"), item["State"]["Pid"]
    heard = {row.split()[3] for row in sockets.splitlines() if row.strip()}
    ports = {int(each.rpartition(":")[2]) for each in heard if not each.startswith(("127.", "[::1]"))}
    return Inside(
        name=name, instance=item["Config"]["Labels"].get("com.docker.compose.project", name), process=process,
        addresses=[each["IPAddress"] for each in networks.values() if each["IPAddress"]],
        gateways=[each["Gateway"] for each in networks.values() if each["Gateway"]],
        ports=sorted(ports), networks=sorted(networks), sources=[mount["Source"] for mount in item["Mounts"]],
        aliases=sorted({name, *(alias for each in networks.values() for alias in each.get("Aliases") or [])}),
    )  # fmt: skip
