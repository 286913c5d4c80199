"""SCAP content (Debian's package ssg-debian) in a folder of its own: nothing of it enters the host's package sources.

Content older than the host's release evaluates nothing and still ends well, so a least version is asked for. The
archive's signature is verified by apt; an outdated but signed list cannot lead below that version either, which is why
its date need not be valid (mirrors of archives stand still at times).
"""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from pathlib import Path
from typing import Any

from . import docker, layout

SUITES = ("forky", "sid")
KEYRINGS = tuple(Path(f"/usr/share/keyrings/debian-archive-keyring.{end}") for end in ("gpg", "pgp"))
ARCHIVE = "http://deb.debian.org/debian"
CONFIGURATION = """\
Dir::Etc::SourceList "{folder}/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State::Lists "{folder}/lists";
Dir::Cache "{folder}/cache";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
APT::Sandbox::User "root";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""


class Trouble(Exception):
    """There is no content that can be used: a code that the controller has words for, and a detail."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def folder() -> Path:
    """Return the folder of all that audits keep on a host."""
    return layout.state_root() / "audit"


def present() -> dict[str, Any]:
    """Return {version, sha256, source} of the content that is there; empty when there is none."""
    found: dict[str, Any] = layout.read_json(folder() / "content.json", {})
    return found if found and _tree(str(found.get("version", ""))).is_dir() else {}


def datastream(version: str, release: int) -> Path:
    """Return the datastream of a Debian release, and of no other. Raise Trouble when the content has none."""
    if not version:
        raise Trouble("no_content")
    path = _tree(version) / f"usr/share/xml/scap/ssg/content/ssg-debian{release}-ds.xml"
    if not path.is_file():
        raise Trouble("no_datastream", f"{version}: {path.name}")
    return path


def fetch(minimum: str) -> dict[str, Any]:
    """Return the content that is there, or fetch it, signed, from Debian's archive. Raise Trouble."""
    there = present()
    if there and _at_least(there["version"], minimum):
        return there
    keyring = next((path for path in KEYRINGS if path.is_file()), None)
    if not keyring:
        raise Trouble("no_keyring", str(KEYRINGS[0]))
    said = ""
    for archive in _archives():
        for suite in SUITES:
            try:
                return _unpack(_download(archive, suite, keyring, minimum), f"{archive} {suite}", minimum)
            except docker.Failed as failure:
                said = (failure.output.strip().splitlines() or [str(failure)])[0]
            except Trouble as trouble:
                said = f"{trouble.code}: {trouble.detail}"
            finally:
                shutil.rmtree(folder() / "apt", ignore_errors=True)
    raise Trouble("not_fetched", said[:200])


def take(packed: str, minimum: str) -> dict[str, Any]:
    """Given a .deb in base64 that the operator handed over, unpack it. Raise Trouble when it is not what is needed."""
    path = folder() / "handed-over.deb"
    layout.write(path, base64.b64decode(packed), 0o600)
    try:
        return _unpack(path, "file", minimum)
    except docker.Failed as failure:
        raise Trouble("no_package", str(failure)) from failure
    finally:
        path.unlink(missing_ok=True)


def _archives() -> list[str]:
    """Return the host's own mirrors of Debian first: a host without internet may still reach one."""
    try:
        text = docker.run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"], timeout=60)
    except docker.Failed:
        text = ""
    own = [line.rstrip("/") for line in text.splitlines() if re.search(r"/debian/?$", line)]
    return list(dict.fromkeys([*own, ARCHIVE]))


def _download(archive: str, suite: str, keyring: Path, minimum: str) -> Path:
    private = folder() / "apt"
    shutil.rmtree(private, ignore_errors=True)
    for name in ("lists/partial", "cache/archives/partial"):
        (private / name).mkdir(parents=True)
    layout.write(private / "sources.list", f"deb [signed-by={keyring}] {archive} {suite} main\n")
    layout.write(private / "apt.conf", CONFIGURATION.format(folder=private))
    apt = ["apt-get", "-q", "-c", str(private / "apt.conf")]
    docker.run([*apt, "update"], timeout=300, last=3)
    policy = docker.run(["apt-cache", "-c", str(private / "apt.conf"), "policy", "ssg-debian"], timeout=60)
    candidate = re.search(r"Candidate: (\S+)", policy)
    if not candidate or not _at_least(candidate[1], minimum):
        raise Trouble("too_old", candidate[1] if candidate else "-")
    docker.run([*apt, "download", f"ssg-debian={candidate[1]}"], cwd=private, timeout=300)
    return next(private.glob("ssg-debian_*.deb"))


def _unpack(package: Path, source: str, minimum: str) -> dict[str, Any]:
    name, version = (docker.run(["dpkg-deb", "--field", str(package), part]).strip() for part in ("Package", "Version"))
    if name != "ssg-debian":
        raise Trouble("no_package", name)
    if not _at_least(version, minimum):
        raise Trouble("too_old", version)
    found = {"version": version, "sha256": hashlib.sha256(package.read_bytes()).hexdigest(), "source": source}
    fresh = folder() / "content.new"
    shutil.rmtree(fresh, ignore_errors=True)
    docker.run(["dpkg-deb", "--extract", str(package), str(fresh)], timeout=120)
    for old in folder().glob("content-*"):
        shutil.rmtree(old, ignore_errors=True)
    fresh.rename(_tree(version))
    layout.write_json(folder() / "content.json", found)
    return found


def _at_least(version: str, minimum: str) -> bool:
    try:
        docker.run(["dpkg", "--compare-versions", version, "ge", minimum], timeout=30)
    except docker.Failed:
        return False
    return True


def _tree(version: str) -> Path:
    return folder() / f"content-{version.replace('/', '_')}"
