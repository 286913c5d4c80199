"""What containers may reach outside, and their open ports, as rules of the firewall. Pure; tested as data."""

from __future__ import annotations

import ipaddress
from typing import Any

TABLE = "provisioner"
CHAINS = ("egress", "proxied", "opened")
# "any" is the internet: not this network's neighbours, who are named one by one where they are meant.
INSIDE = {
    4: ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3"),
    6: ("::/127", "64:ff9b:1::/48", "fc00::/7", "fe80::/10", "ff00::/8"),
}  # fmt: skip
WORD = {4: "ip", 6: "ip6"}

Network = dict[str, Any]


def split(entry: str) -> tuple[str, int]:
    """Given an entry of a list, return its place and its port: "any:443", "smtp.example.org:587", "::/0:25"."""
    place, _colon, port = entry.rpartition(":")
    return place, int(port)


def names(lists: dict[str, list[str]]) -> list[str]:
    """Return the names that must be looked up for these lists (instance -> entries)."""
    places = {split(entry)[0] for entries in lists.values() for entry in entries}
    return sorted(place for place in places if place not in ("any", "proxy") and not _is_network(place))


def rules(
    lists: dict[str, list[str]],
    networks: list[Network],
    known: dict[str, list[str]],
    resolvers: list[str],
    opened: dict[str, list[str]],
) -> str:
    """Return what fills the chains, loaded in one step.

    `lists` are instance -> entries, `opened` instance -> its ports as "udp:10000", `networks` are {project, bridge,
    internal}, `known` name -> addresses, and `resolvers` the host's name servers. A network without a list, or one
    without a way out, gets nothing.
    """
    egress, proxied = [], []
    for network in sorted(networks, key=lambda each: str(each["bridge"])):
        entries = [] if network["internal"] else sorted(set(lists.get(network["project"], [])))
        bridge = str(network["bridge"])
        for entry in entries:
            place, port = split(entry)
            if place == "proxy":
                proxied.append(f'iifname "{bridge}" tcp dport {port} accept')
            else:
                egress += [f'iifname "{bridge}" {to} tcp dport {port} accept' for to in _targets(place, known)]
        if any(_asks(entry) for entry in entries):
            egress += [
                f'iifname "{bridge}" {WORD[_version(each)]} daddr {each} meta l4proto {{ tcp, udp }} th dport 53 accept'
                for each in resolvers
            ]
    found = {"egress": egress, "proxied": proxied, "opened": _opened(opened, {str(n["project"]) for n in networks})}
    text = f"# Written by provisioner from the lists of the instances on this host.\ntable inet {TABLE} {{\n"
    text += "".join(f"\tchain {name} {{ }}\n" for name in CHAINS) + "}\n"
    text += "".join(f"flush chain inet {TABLE} {name}\n" for name in CHAINS)
    lines = [f"add rule inet {TABLE} {name} {rule}\n" for name in CHAINS for rule in dict.fromkeys(found[name])]
    return text + "".join(lines)


def _opened(opened: dict[str, list[str]], running: set[str]) -> list[str]:
    """Return what lets in those whom Docker leads to a container: by the port that they asked for at first."""
    ports = sorted({tuple(each.split(":")) for name in running for each in opened.get(name, [])})
    return [f"ct status dnat meta l4proto {kind} ct original proto-dst {port} accept" for kind, port in ports]


def usable(addresses: list[str]) -> list[str]:
    """Return those addresses that a name may stand for: not this host itself, not its link, not a group."""
    found = [ipaddress.ip_address(each) for each in addresses]
    return sorted(
        str(each) for each in found if not (each.is_loopback or each.is_link_local or each.is_multicast)
        and not each.is_unspecified
    )  # fmt: skip


def _asks(entry: str) -> bool:
    """Tell whether an entry needs name servers: all but addresses do."""
    return not _is_network(split(entry)[0])


def _targets(place: str, known: dict[str, list[str]]) -> list[str]:
    """Return what rules say of a place: one match for each family of addresses."""
    if place == "any":
        return [f"{WORD[version]} daddr != {{ {', '.join(INSIDE[version])} }}" for version in (4, 6)]
    if _is_network(place):
        return [f"{WORD[_version(place)]} daddr {place}"]
    found = usable(known.get(place, []))
    by_version = {version: [each for each in found if _version(each) == version] for version in (4, 6)}
    return [f"{WORD[version]} daddr {{ {', '.join(each)} }}" for version, each in by_version.items() if each]


def _is_network(place: str) -> bool:
    try:
        ipaddress.ip_network(place)
    except ValueError:
        return False
    return True


def _version(place: str) -> int:
    return ipaddress.ip_network(place).version
