"""Auditors that look at the host from outside: ssh-audit, the port scan, TLS and headers."""

import importlib.metadata
import json
import re
import shutil
import socket
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from provisioner import host as host_package
from provisioner import lab, runner
from provisioner.audit import others, web
from provisioner.audit.visit import visit
from provisioner.bundle import Bundle
from provisioner.catalog import Catalog
from provisioner.commands import audit as commands
from provisioner.documents.audit_words import words
from provisioner.errors import InputError, ProvisionerError
from provisioner.i18n import _
from provisioner.models.scorecard import Audited, Found
from provisioner.models.stack import Host
from provisioner.outside import fetch_authority
from provisioner.portal import portal_domain
from provisioner.render import domains_of

SCANNER = Path(host_package.__file__).parent / "portscan.py"
WEB = {(80, "tcp"), (443, "tcp"), (443, "udp")}
ACCOUNT, PORT = r"(?:[a-z_][a-z0-9_-]*@)?", r"(?::[0-9]{1,5})?"
TARGET = re.compile(rf"^{ACCOUNT}(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9a-fA-F:]+\]){PORT}$")
SEVERE = {"MEDIUM", "HIGH", "CRITICAL"}


def ssh_audit(host: Host) -> Audited:
    """Ask the SSH server of a host for what it offers, from here."""
    began = time.monotonic()
    try:
        version = importlib.metadata.version("ssh-audit")
    except importlib.metadata.PackageNotFoundError:
        return Audited(name="ssh_audit", not_run=words().reason("ssh_missing"))
    try:
        done = runner.run(commands.ssh_audit(host.address, host.port), check=False, timeout=180)
    except ProvisionerError as error:
        return Audited(name="ssh_audit", version=version, not_run=words().reason("failed", detail=error.message))
    judged = others.ssh_audit(done.stdout, version)
    notes = [words().note("penalties")] if judged.not_run is None else []
    return judged.model_copy(update={"seconds": round(time.monotonic() - began, 1), "notes": notes})


def ports(group: list[Bundle], catalog: Catalog, scan_from: str) -> Audited:
    """Scan every address of a host, from here or from another machine."""
    host = group[0].stack.host
    allowed = {(host.port, "tcp"), *WEB}
    for bundle in group:
        for service in bundle.stack.services:
            allowed |= {(port.port, port.protocol) for port in catalog.entry(service).service.open_ports}
    began = time.monotonic()
    try:
        scanned = {address: _scan(address, scan_from) for address in addresses(host.address)}
    except ProvisionerError as error:
        return Audited(name="ports", not_run=words().reason("scan_failed", detail=error.message))
    judged = others.ports(scanned, allowed, (host.port, 80, 443))
    notes = [words().note("scanned_from", place=scan_from)] if scan_from else []
    return judged.model_copy(update={"seconds": round(time.monotonic() - began, 1), "notes": notes})


def addresses(name: str) -> list[str]:
    """Return one address of each family by which a host can be reached from here. Raise ProvisionerError."""
    try:
        found = socket.getaddrinfo(name, 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise ProvisionerError(_("no such name") + f": {name}") from error
    first = {family: str(place[0]) for family, _kind, _protocol, _name, place in reversed(found)}
    reachable = [address for family, address in first.items() if _routed(family, address)]
    return reachable or list(first.values())[:1]


def _routed(family: int, address: str) -> bool:
    with socket.socket(family, socket.SOCK_DGRAM) as plain:
        try:
            plain.connect((address, 9))
        except OSError:
            return False
    return True


def _scan(address: str, scan_from: str) -> dict[str, Any]:
    if not scan_from:
        done = runner.run(commands.scan(SCANNER, address), timeout=300)
    else:
        command = scanning_command(scan_from, address)
        done = runner.run(command, stdin=SCANNER.read_bytes(), timeout=300)
    try:
        found: dict[str, Any] = json.loads(done.stdout)
        if not all(isinstance(found[key], list) for key in ("open", "udp", "still")):
            raise ValueError
    except (ValueError, KeyError, TypeError) as error:
        raise ProvisionerError(done.stdout.strip()[:200]) from error
    return found


def scanning_command(scan_from: str, address: str) -> list[str]:
    """Given a rehearsal host's name or user@address[:port], return the command that scans from there.

    Raise InputError when it is neither.
    """
    line = commands.scan_there(address)
    if not TARGET.match(scan_from):
        message = _("'{text}' is neither a rehearsal host nor an address such as admin@198.51.100.7")
        raise InputError(message.format(text=scan_from))
    known = {each.name: each for each in lab.hosts()}
    if scan_from in known:
        return lab.ssh_command(known[scan_from], [line])
    target, port = scan_from, 22
    found = re.fullmatch(r"(.*[^:\]]|.*\]):([0-9]+)", scan_from)
    if found and (found[1].endswith("]") or ":" not in found[1]):
        target, port = found[1], int(found[2])
    return commands.ssh(target.replace("[", "").replace("]", ""), port, line)


def names_of(group: list[Bundle], catalog: Catalog) -> list[tuple[Bundle, str]]:
    """Return every name on the web of the stacks of a host, with its stack."""
    found = []
    for bundle in group:
        stack = bundle.stack
        own = [
            name for service in sorted(stack.services) for name in domains_of(stack, service, catalog.entry(service))
        ]
        found += [(bundle, name) for name in [*own, *([portal_domain(stack)] if stack.portal else [])]]
    return found


def sites(group: list[Bundle], catalog: Catalog, deep: bool) -> Audited:
    """Visit every name of the stacks at the host's address, from here."""
    began = time.monotonic()
    named, authority = names_of(group, catalog), ""
    try:
        if any(bundle.stack.certificates == "internal" for bundle, _name in named):
            authority = fetch_authority(group[0])
    except ProvisionerError as error:
        return Audited(name="web", not_run=words().reason("failed", detail=error.message))

    def one(pair: tuple[Bundle, str]) -> Any:
        bundle, name = pair
        return visit(name, bundle.stack.host.address, authority if bundle.stack.certificates == "internal" else "")

    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(one, named))
    judged = web.judge(seen, _testssl(named, authority) if deep else [])
    notes = [*judged.notes]
    if deep and not shutil.which("testssl.sh"):
        notes.append(words().note("testssl_missing"))
    return judged.model_copy(update={"seconds": round(time.monotonic() - began, 1), "notes": notes})


def _testssl(named: list[tuple[Bundle, str]], authority: str) -> list[Found]:
    """Return what testssl.sh holds against each name, medium and worse; nothing where it is not installed.

    Where it is and leaves no whole report, that is held against the name: nobody looked.
    """
    if not shutil.which("testssl.sh"):
        return []
    found = []
    with tempfile.TemporaryDirectory() as folder:
        trust = Path(folder) / "authority.crt" if authority else None
        if trust:
            trust.write_text(authority, "utf-8")
        for number, (bundle, domain) in enumerate(named):
            report = Path(folder) / f"{number}.json"
            address = addresses(bundle.stack.host.address)[0]
            try:
                runner.run(commands.testssl(domain, address, trust, report), check=False, timeout=900)
                rows = json.loads(report.read_text("utf-8"))
                found += [_severe(domain, row) for row in rows if row["severity"] in SEVERE]
                said = "" if rows else "[]"
            except (ProvisionerError, OSError, ValueError, KeyError, TypeError) as error:
                said = f"{type(error).__name__}: {error}"
            if said:
                title, action = (
                    words().said("testssl_silent", domain=domain, why=said[:200]),
                    words().said("testssl_do"),
                )
                found.append(Found(rule=f"{domain}:testssl", kind="fail", title=title, action=action))
    return found


def _severe(domain: str, row: dict[str, str]) -> Found:
    values = {"domain": domain, "severity": row["severity"], "why": f"{row['id']}: {row['finding']}"[:200]}
    title, action = words().said("testssl", **values), words().said("testssl_do")
    return Found(rule=f"{domain}:testssl:{row['id']}", kind="fail", title=title, action=action)
