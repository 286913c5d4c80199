"""The text of /etc/nftables.conf: who may come in from outside, and that containers reach nothing. Pure.

One table of our own; Docker's rules and fail2ban's are left alone. Three of its chains are filled by the host program
(host/egress.py), which knows all instances whoever applied them, and stay over a reload; what they do not allow is
refused.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.errors import InputError
from provisioner.host.egress_text import CHAINS as KEPT
from provisioner.host.egress_text import TABLE
from provisioner.i18n import _
from provisioner.models.stack import Stack

PATH = "/etc/nftables.conf"
DROP_IN = "/etc/systemd/system/nftables.service.d/provisioner.conf"
STATIC = ("prerouting", "input", "forward", "from_outside", "from_container", "container_input")
# Debian's unit ends with `nft flush ruleset`, which would take Docker's rules away too, and leave the host open.
UNIT = """\
# Written by provisioner.
[Unit]
Before=docker.service

[Service]
ExecStartPost=-/usr/sbin/nft -f /var/lib/provisioner/egress.nft
ExecStop=
"""


@dataclass(frozen=True)
class Wall:
    """What the firewall of one host lets in. Ports are as the host itself sees them."""

    ssh_port: int = 22
    ssh_from: tuple[str, ...] = ()


def ssh_from(stacks: Iterable[Stack]) -> tuple[str, ...]:
    """Return the networks that may use SSH on a host. Raise InputError when its stacks do not say the same."""
    wished = {tuple(sorted(stack.security.ssh_from)): stack for stack in stacks}
    if len(wished) > 1:
        one, other = [stack.association.id for stack in wished.values()][:2]
        message = _("security.ssh_from of '{one}' is not that of '{other}', on the same host").format(
            one=one, other=other
        )
        raise InputError(message, hint=_("A host has one door for SSH: write the same networks in each stack."))
    return next(iter(wished), ())


def lets_in(networks: Iterable[str], source: str) -> bool:
    """Tell whether a source address may use SSH; one that is not known ("") may."""
    listed = [ipaddress.ip_network(each) for each in networks]
    if not listed or not source:
        return True
    address = ipaddress.ip_address(source.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in each for each in listed)


def nftables(wall: Wall) -> str:
    """Return the whole file for one host. It loads at once or not at all, on nftables 1.0.6 and later."""
    declared = "".join(f"\tchain {name} {{ }}\n" for name in (*STATIC[3:], *KEPT))
    flushed = "".join(f"flush chain inet {TABLE} {name}\n" for name in STATIC)
    return _TEXT.format(table=TABLE, declared=declared, flushed=flushed, ssh=_ssh(wall))


def _ssh(wall: Wall) -> str:
    """Return the rules that let SSH in: from everywhere, or from the networks listed."""
    rows = []
    for version, word in ((4, "ip"), (6, "ip6")):
        nets = [ipaddress.ip_network(each) for each in wall.ssh_from]
        mine = list(ipaddress.collapse_addresses([n for n in nets if n.version == version]))  # type: ignore[type-var]
        if mine:
            listed = ", ".join(str(each) for each in mine)
            rows.append(f"\t\t{word} saddr {{ {listed} }} tcp dport {wall.ssh_port} accept\n")
    return "".join(rows) if wall.ssh_from else f"\t\ttcp dport {wall.ssh_port} accept\n"


_TEXT = """\
#!/usr/sbin/nft -f
# Written by provisioner: it is replaced at the next apply. Never "flush ruleset" here: Docker's rules would go too.
table inet {table} {{
	chain prerouting {{ type filter hook prerouting priority raw; policy accept; }}
	chain input {{ type filter hook input priority filter; policy drop; }}
	chain forward {{ type filter hook forward priority filter - 1; policy drop; }}
{declared}}}
{flushed}
table inet {table} {{
	# Before Docker's own rules: nobody outside reaches what listens on this host's loopback.
	chain prerouting {{
		iif != "lo" ip daddr 127.0.0.0/8 counter drop
		iif != "lo" ip6 daddr ::1 counter drop
	}}

	chain input {{
		iif "lo" accept
		ct state established,related accept
		ct state invalid drop
		iifname "br-*" goto container_input
		iifname "docker*" goto container_input
		icmp type {{ echo-request, destination-unreachable, time-exceeded, parameter-problem }} accept
		icmpv6 type {{ echo-request, destination-unreachable, packet-too-big, time-exceeded, parameter-problem }} accept
		icmpv6 type {{ nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert }} ip6 hoplimit 255 accept
		icmpv6 type {{ mld-listener-query, mld-listener-report, mld2-listener-report }} ip6 saddr fe80::/10 accept
		udp sport 67 udp dport 68 accept
		ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept
{ssh}		tcp dport {{ 80, 443 }} accept
	}}

	# The host's own addresses, as containers see them: its proxy for those that are listed, and nothing else.
	chain container_input {{
		icmpv6 type {{ nd-neighbor-solicit, nd-neighbor-advert }} accept
		jump proxied
		counter reject with icmpx type admin-prohibited
	}}

	# Docker leads published ports past `input`: they come by here.
	chain forward {{
		ct state established,related accept
		ct state invalid drop
		iifname "br-*" goto from_container
		iifname "docker*" goto from_container
		goto from_outside
	}}

	# Whatever is no bridge of Docker's is outside. A port is open by the number that was asked for, or it is closed.
	chain from_outside {{
		jump opened
		counter drop
	}}

	# A container reaches its own network, and outside what its instance's list allows; no other network of Docker's.
	chain from_container {{
		fib daddr . iif oif exists accept
		oifname "br-*" counter reject with icmpx type admin-prohibited
		oifname "docker*" counter reject with icmpx type admin-prohibited
		ip daddr 169.254.0.0/16 counter reject with icmpx type admin-prohibited
		ip6 daddr fe80::/10 counter reject with icmpx type admin-prohibited
		jump egress
		counter reject with icmpx type admin-prohibited
	}}
}}
"""
