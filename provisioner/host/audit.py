"""Outside auditors on this host: what they need is installed, they run, and what they say becomes data."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import audit_content, audit_docker, audit_read, audit_uncounted, docker, layout

PACKAGES = ("openscap-scanner", "lynis", "linux-base")
APT = ["apt-get", "-y", "-q", "-o", "DPkg::Lock::Timeout=180", "-o", "APT::Install-Recommends=false"]
QUIET = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_MODE": "l"}
GENTLY = ["nice", "-n", "5"]
PREFIX = "xccdf_org.ssgproject.content_"


def audit(request: dict[str, Any]) -> dict[str, Any]:
    """Do one part of an audit and answer with data; {"error": code, "detail": text} when that part cannot be done."""
    try:
        return DO[request["do"]](request)
    except audit_content.Trouble as trouble:
        return {"error": trouble.code, "detail": trouble.detail}
    except docker.Failed as failure:
        last = failure.output.strip().splitlines()[-1:] or [""]
        return {"error": "failed", "detail": f"{failure}: {last[0]}"[:300]}


def look(_request: dict[str, Any]) -> dict[str, Any]:
    """Tell the release, what is missing, and whether auditors can take this machine for what it is."""
    system = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text("utf-8").splitlines() if "=" in line)
    there = versions()
    return {
        "release": int(system.get("VERSION_ID", '"0"').strip('"') or 0),
        "versions": there,
        "missing": [name for name in PACKAGES if name not in there],
        "container_mark": any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv")),
        "container": Path("/run/systemd/container").is_file() or "container=" in _first_environment(),
        "content": audit_content.present(),
    }


def versions() -> dict[str, str]:
    """Return the version of each package of ours that is installed."""
    form = "${db:Status-Status} ${Package} ${Version}\n"
    try:
        text = docker.run(["dpkg-query", "--show", f"--showformat={form}", *PACKAGES])
    except docker.Failed as failure:
        text = failure.output
    rows = [line.split() for line in text.splitlines() if line.startswith("installed ")]
    found = {row[1]: row[2] for row in rows if len(row) == 3}
    for name in PACKAGES:  # with one of them unknown, dpkg-query tells nothing of the others
        if not found.get(name) and (version := _version(name)):
            found[name] = version
    return found


def install(_request: dict[str, Any]) -> dict[str, Any]:
    """Install what is missing. What comes along is noted first, so that `remove` takes away exactly that."""
    missing = look({})["missing"]
    if missing:
        try:
            coming = _would_install(missing)
        except docker.Failed:
            docker.run([*APT, "update"], env=QUIET, timeout=600)
            coming = _would_install(missing)
        _note([*layout.read_json(_noted(), []), *coming])
        try:
            docker.run([*APT, "install", *missing], env=QUIET, timeout=900)
        except docker.Failed:  # the lists may be older than the archive
            docker.run([*APT, "update"], env=QUIET, timeout=600)
            docker.run([*APT, "install", *missing], env=QUIET, timeout=900)
        if "lynis" in coming:  # Debian's package runs it each day; nobody asked for that
            _try(["systemctl", "disable", "--now", "lynis.timer"])
    return {"installed": missing, "versions": versions()}


def content(request: dict[str, Any]) -> dict[str, Any]:
    """Make sure that SCAP content new enough is there: from a file that was handed over, or from Debian's archive."""
    if request.get("deb"):
        return audit_content.take(request["deb"], request["minimum"])
    return audit_content.fetch(request["minimum"])


def oscap(request: dict[str, Any]) -> dict[str, Any]:
    """Evaluate one profile and return {version, score, results, rules}; with `tailoring`, as that XML text tells."""
    there = audit_content.present()
    stream = audit_content.datastream(there.get("version", ""), look({})["release"])
    folder = _run_folder(request["profile"])
    try:
        profile = request["profile"] if request.get("tailoring") else f"{PREFIX}profile_{request['profile']}"
        command = [*GENTLY, "oscap", "xccdf", "eval", "--profile", profile, "--results", str(folder / "results.xml")]
        if request.get("tailoring"):
            layout.write(folder / "tailoring.xml", request["tailoring"], 0o600)
            command += ["--tailoring-file", str(folder / "tailoring.xml")]
        try:
            docker.run([*command, str(stream)], timeout=1800)
        except docker.Failed as failure:
            if failure.code != 2:  # 2: evaluated to the end, and a rule failed
                raise
        return {**audit_read.xccdf(folder / "results.xml"), "content": there}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def lynis(_request: dict[str, Any]) -> dict[str, Any]:
    """Run Lynis and return what its report holds."""
    folder = _run_folder("lynis")
    report = folder / "report.dat"
    command = [*GENTLY, "lynis", "audit", "system", "--quick", "--quiet", "--no-colors", "--report-file", str(report)]
    try:
        try:
            docker.run([*command, "--logfile", "/dev/null"], cwd=folder, timeout=1200)
        except docker.Failed:
            if not report.is_file():
                raise
        return audit_read.lynis(report.read_text("utf-8", "replace"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def facts(_request: dict[str, Any]) -> dict[str, Any]:
    """Return what our own rules judge about Docker, without a word of any container's environment."""
    return audit_docker.facts()


def remove(_request: dict[str, Any]) -> dict[str, Any]:
    """Take away what audits installed and fetched, nothing that anything else needs by now."""
    ours = [name for name in layout.read_json(_noted(), []) if _version(name)]
    going: set[str] = set()
    for names in [ours, *([name] for name in [*PACKAGES, *ours] if name in ours)]:
        if not set(names) <= going:
            along = _would_remove(sorted({*going, *names}))
            going |= along if along and along <= set(ours) else set()
    if going:
        docker.run([*APT, "purge", *sorted(going)], env=QUIET, timeout=900)
    shutil.rmtree(audit_content.folder(), ignore_errors=True)
    return {"removed": sorted(going), "kept": sorted(set(ours) - going)}


DO: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "look": look, "install": install, "content": content, "oscap": oscap, "lynis": lynis, "docker": facts,
    "remove": remove, "uncounted": audit_uncounted.begin, "counted": audit_uncounted.end,
}  # fmt: skip
COMMANDS = {"audit": audit}


def _noted() -> Path:
    return audit_content.folder() / "installed.json"


def _note(names: list[str]) -> None:
    layout.write_json(_noted(), sorted(set(names)), 0o600)


def _would_install(names: list[str]) -> list[str]:
    return re.findall(r"^Inst (\S+) (?!\[)", docker.run([*APT, "--simulate", "install", *names], env=QUIET), re.M)


def _would_remove(names: list[str]) -> set[str]:
    """Return all that would go with these packages; nothing where apt refuses, because the system lives by one."""
    try:
        text = docker.run([*APT, "--simulate", "purge", *names], env=QUIET)
    except docker.Failed:
        return set()
    return {name.partition(":")[0] for name in re.findall(r"^(?:Remv|Purg) (\S+)", text, re.M)}


def _version(name: str) -> str:
    text = _try(["dpkg-query", "--show", "--showformat=${db:Status-Status} ${Version}", name])
    return text.partition(" ")[2] if text.startswith("installed ") else ""


def _try(command: list[str]) -> str:
    try:
        return docker.run(command, timeout=60)
    except docker.Failed:
        return ""


def _run_folder(name: str) -> Path:
    """Return an empty folder for one run, for root alone. /tmp may be small or noexec."""
    folder = audit_content.folder() / f"run-{name}-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    return folder


def _first_environment() -> str:
    try:
        return Path("/proc/1/environ").read_text("utf-8", "replace")
    except OSError:
        return ""
