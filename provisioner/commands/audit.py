"""The commands of auditors that run on the controller, or from another machine over SSH. Builds lists, runs nothing."""

import sys
from pathlib import Path


def ssh_audit(address: str, port: int) -> list[str]:
    """Return the command that asks an SSH server for its algorithms. The rate test would get us banned."""
    return [sys.executable, "-m", "ssh_audit", "--json", "--skip-rate-test", "--port", str(port), address]


def scan(scanner: Path, address: str) -> list[str]:
    """Return the command that scans an address from here; only the standard library of Python is needed."""
    return [sys.executable, "-I", str(scanner), address]


def scan_there(address: str) -> str:
    """Return the command line for another machine, which gets the scanner on its standard input."""
    return f"python3 -I - {address}"


def ssh(target: str, port: int, line: str) -> list[str]:
    """Return the command that runs a line on a machine we enter with our own keys."""
    options = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=15"]
    return ["ssh", *options, "-p", str(port), "--", target, line]


def testssl(domain: str, address: str, authority: Path | None, report: Path) -> list[str]:
    """Return testssl.sh's command for one name at an address."""
    trust = ["--add-ca", str(authority)] if authority else []
    return [
        "testssl.sh", "--quiet", "--warnings", "off", "--color", "0", "--severity", "MEDIUM", "--ip", address,
        *trust, "--jsonfile", str(report), f"https://{domain}/",
    ]  # fmt: skip
