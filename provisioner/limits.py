"""What fail2ban is told on one host: who fails to sign in too often is shut out for a while. Pure."""

import ipaddress

from provisioner.host.sign_ins import HOUSEHOLD, TOLD
from provisioner.models.security import strictest
from provisioner.models.stack import Stack
from provisioner.paths import PACKAGE
from provisioner.sites import MARKER

SIGN_IN_LOG = "/run/provisioner/sign-in/access.log"
# Follows what applications log. It starts, ends and starts anew with fail2ban, so one service is to be looked after.
FOLLOWER = "/usr/local/lib/provisioner/sign_ins.py"
# Twenty people behind one address may each mistype on the same morning; who guesses gets no further in an hour.
FAILURES, WITHIN, FIRST_BAN, LONGEST_BAN = 24, "10m", "10m", "1d"
# SSH takes keys only, so a ban protects nothing but the journal: late, short, and never longer than a lunch break.
SSH_FAILURES, SSH_LONGEST_BAN = 10, "1h"
ALWAYS_FREE = ("127.0.0.0/8", "::1")


def limits_files(stacks: list[Stack]) -> dict[str, str]:
    """Given the stacks of one host, return path -> text of the files that role `limits` puts there."""
    return {
        "/etc/fail2ban/action.d/provisioner.conf": _ACTION,
        "/etc/fail2ban/fail2ban.d/provisioner.local": _SERVER,
        "/etc/fail2ban/filter.d/provisioner-sign-in.conf": _FILTER,
        "/etc/fail2ban/filter.d/provisioner-sshd.conf": _SSH_FILTER,
        "/etc/fail2ban/jail.d/provisioner.local": _jails(stacks),
        "/etc/systemd/system/fail2ban.service.d/provisioner.conf": _UNIT,
        "/etc/systemd/system/provisioner-sign-ins.service": _FOLLOWER_UNIT,
        "/etc/tmpfiles.d/provisioner-limits.conf": _FOLDERS,
        FOLLOWER: (PACKAGE / "host" / "sign_ins.py").read_text("utf-8"),
    }


def _jails(stacks: list[Stack]) -> str:
    never = {network for stack in stacks for network in stack.security.never_banned}
    ssh_from = {network for stack in stacks for network in stack.security.ssh_from}
    ports = sorted({22, *(stack.host.port for stack in stacks)})
    level = strictest([stack.security.effective for stack in stacks])
    return _JAILS.format(
        log=SIGN_IN_LOG, applications=TOLD, failures=FAILURES, within=WITHIN, first=FIRST_BAN, longest=LONGEST_BAN,
        free=_listed({_household(network) for network in never}), ssh_free=_listed(never | ssh_from),
        ssh="false" if level == "none" else "true", ssh_ports=",".join(map(str, ports)),
        ssh_failures=SSH_FAILURES, ssh_longest=SSH_LONGEST_BAN,
    )  # fmt: skip


def _household(network: str) -> str:
    """Return a network as wide as what the proxy's log tells of an address in it."""
    found = ipaddress.ip_network(network)
    return str(found.supernet(new_prefix=HOUSEHOLD)) if found.version == 6 and found.prefixlen > HOUSEHOLD else network


def _listed(networks: set[str]) -> str:
    return " ".join([*ALWAYS_FREE, *sorted(networks)])


_HEAD = "# Written by provisioner: changes made here are undone by `provisioner apply`.\n"
_JAILS = (
    _HEAD
    + """[DEFAULT]
ignoreself = true
bantime = {first}
bantime.increment = true
bantime.factor = 1
banaction = provisioner
banaction_allports = provisioner

# Failed sign-ins to the services: which the proxy marks, and which only an application knows of. No way of a service
# shuts anyone out of SSH, nor the reverse.
[sign-in]
enabled = true
backend = polling
filter = provisioner-sign-in
logpath = {log}
          {applications}
port = 80,443
maxretry = {failures}
findtime = {within}
bantime.maxtime = {longest}
ignoreip = {free}
action = provisioner[name=sign-in, port="80,443"]

[sshd]
enabled = {ssh}
backend = systemd
filter = provisioner-sshd[mode=aggressive]
# Only the service itself: a program of another user that calls itself sshd shuts nobody out.
journalmatch = _SYSTEMD_UNIT=ssh.service
port = {ssh_ports}
maxretry = {ssh_failures}
findtime = {within}
bantime.maxtime = {ssh_longest}
ignoreip = {ssh_free}
action = provisioner[name=sshd, port="{ssh_ports}", household=""]
"""
)
_FILTER = (
    _HEAD
    + f"""# A line of the proxy's second log, or of the one about applications in its words: nothing in it is a
# visitor's but the host name, which is quoted.
[Definition]
datepattern = "ts":{{EPOCH}}
failregex = ^\\{{[^{{}}]*"request":\\{{"remote_ip":"<ADDR>","host":"(?:[^"\\\\]|\\\\.)*"\\}}.*"{MARKER}":\\["failed"\\]
"""
)
# OpenSSH 9.8 and later turns away by itself, for seconds, who has just failed: who goes on all the same counts too.
_SSH_FILTER = (
    _HEAD
    + """[INCLUDES]
before = sshd.conf

[Definition]
failregex = %(known/failregex)s
            ^drop connection #\\d+ from \\[<HOST>\\]:\\d+ on \\S+ penalty: failed authentication
"""
)
# In a table of its own, so that neither Docker's rules nor our firewall are touched. Connections that are open end too.
_ACTION = (
    _HEAD
    + """[INCLUDES]
before = nftables.conf

[Definition]
rule_stat = tcp dport \\{ <port> \\} <addr_family> saddr <household> @<addr_set> <blocktype>

[Init]
type = multiport
table = f2b-table
blocktype = reject with tcp reset
household =

[Init?family=inet6]
household = and ffff:ffff:ffff:ffff::
"""
)
# In memory: after a restart of the host nobody is shut out. Bans are told in the journal, kept as long as it is.
_SERVER = (
    _HEAD
    + """[DEFAULT]
logtarget = SYSTEMD-JOURNAL
dbfile = /run/provisioner/limits/fail2ban.sqlite3
dbpurgeage = 7d
"""
)
_FOLDERS = (
    _HEAD
    + f"""d /run/provisioner 0755 root root -
d /run/provisioner/limits 0700 root root -
d /run/provisioner/sign-in 0700 root root -
f {SIGN_IN_LOG} 0600 root root -
f {TOLD} 0600 root root -
"""
)
_UNIT = (
    _HEAD
    + """[Unit]
Wants=provisioner-sign-ins.service

[Service]
ExecStartPre=/usr/bin/systemd-tmpfiles --create /etc/tmpfiles.d/provisioner-limits.conf
"""
)
# Root, for the engine's socket; nothing else of root's is left to it, and no network.
_FOLLOWER_UNIT = (
    _HEAD
    + f"""[Unit]
Description=Failed sign-ins that applications log
PartOf=fail2ban.service
After=fail2ban.service docker.service
StartLimitIntervalSec=0

[Service]
ExecStart=/usr/bin/python3 -I {FOLLOWER}
Restart=always
RestartSec=5
CapabilityBoundingSet=
MemoryDenyWriteExecute=yes
MemoryMax=128M
NoNewPrivileges=yes
PrivateNetwork=yes
PrivateTmp=yes
ProtectHome=yes
ProtectSystem=strict
ReadWritePaths={TOLD.parent}
RestrictAddressFamilies=AF_UNIX
SystemCallFilter=@system-service
UMask=0077
"""
)
