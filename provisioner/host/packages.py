"""The packages of the images that instances really run, and of the host itself. No shell is started in a container.

An image is read as the tar that Docker makes of a container that never starts: once, in passing, nothing on disk. What
was found is remembered by the image's id, which stands for its bytes.
"""

from __future__ import annotations

import platform
import re
import tarfile
import time
from pathlib import Path
from typing import IO, Any, cast

from . import docker, layout, operate
from .package_files import Found, dpkg, os_release

LABEL = "org.provisioner.purpose=packages"
READER = "3"  # of what is remembered: another number forgets it
UPGRADE = re.compile(r"(?m)^Inst (\S+) \[([^\]]+)\] \((\S+) (.*?)(?: \[[^\]]*\])?\)")
LISTS = Path("/var/lib/apt/lists")


def packages(request: dict[str, Any]) -> dict[str, Any]:
    """Given associations and `only`, return {time, host, images: id -> contents, instances: name -> container -> id}.

    The proxy belongs to the host; with `host` false both are left out. An instance without containers is not told.
    """
    with_host = request.get("host", True)
    names = operate.names_of(request["associations"], request.get("only", []))
    wanted = {name: _images_of(name) for name in [*names, *([layout.PROXY] if with_host else [])]}
    instances = {name: images for name, images in wanted.items() if images}
    _forget_unfinished()
    identifiers = sorted({each for images in instances.values() for each in images.values()})
    return {
        "time": int(time.time()),
        "host": host_packages() if with_host else None,
        "images": {each: image_packages(each) for each in identifiers},
        "instances": instances,
    }


def _images_of(name: str) -> dict[str, str]:
    """Return container -> image id: of the containers that are there, running or not, else of compose.yaml."""
    there = {
        each["Config"]["Labels"]["com.docker.compose.service"]: each["Image"]
        for each in docker.containers()
        if each["Config"]["Labels"]["com.docker.compose.project"] == name
    }
    if there:
        return there
    try:
        wanted = docker.run(docker.compose("config", "--format", "json"), cwd=layout.instance_dir(name))
        services = docker.parse(wanted).get("services", {})
        return {container: _id_of(item["image"]) for container, item in sorted(services.items())}
    except docker.Failed:
        return {}


def _id_of(reference: str) -> str:
    return docker.run(["docker", "image", "inspect", "--format", "{{.Id}}", reference]).strip()


def image_packages(identifier: str) -> dict[str, Any]:
    """Given an image's id, return {release, packages, opaque, references, digests, version}, or {error}."""
    memory = layout.state_root() / "packages" / f"{identifier.removeprefix('sha256:')}.{READER}.json"
    found: dict[str, Any] = layout.read_json(memory, {})
    try:
        about = docker.parse(docker.run(["docker", "image", "inspect", identifier]))[0]
        if not found:
            found = _read_image(identifier)
            layout.write_json(memory, found)
    except (docker.Failed, OSError, ValueError, tarfile.TarError) as error:
        return {"error": f"{error} {getattr(error, 'output', '')}".strip()}
    labels = (about.get("Config") or {}).get("Labels") or {}
    return {
        **found,
        "references": sorted(about.get("RepoTags") or []),
        "digests": sorted(about.get("RepoDigests") or []),
        "version": labels.get("org.opencontainers.image.version", ""),
    }


def _read_image(identifier: str) -> dict[str, Any]:
    # The command is never run; an image without one of its own needs it.
    made = docker.run(["docker", "create", "--network", "none", "--label", LABEL, identifier, "/nothing"]).strip()
    try:
        with docker.stream(["docker", "export", made]) as source:
            return read_tar(source)
    finally:
        docker.run(["docker", "rm", "--force", "--volumes", made])


def read_tar(source: IO[bytes]) -> dict[str, Any]:
    """Given a file system as a tar that can be read once, return {release, packages, opaque}."""
    found = Found()
    with tarfile.open(fileobj=source, mode="r|") as archive:
        for member in archive:
            if member.isreg():
                stream = archive.extractfile(member)
                found.look(member.name.removeprefix("./"), member.mode, member.size, cast("Any", stream))
    return found.told()


def _forget_unfinished() -> None:
    """Remove the containers of a run that was killed: none was ever started."""
    left = docker.run(["docker", "ps", "--all", "--quiet", "--filter", f"label={LABEL}", "--filter", "status=created"])
    if left.split():
        docker.run(["docker", "rm", "--force", "--volumes", *left.split()])


def host_packages() -> dict[str, Any]:
    """Return {release, kernel, packages, pending, lists}: of the host itself.

    pending: what apt would bring newer, {name, version, to, security}, None when apt cannot say; lists: when apt last
    heard of what is new (seconds since 1970), 0 for never.
    """
    status, release = Path("/var/lib/dpkg/status"), Path("/etc/os-release")
    return {
        "release": os_release(release.read_text("utf-8")) if release.is_file() else {},
        "kernel": platform.release(),
        "packages": dpkg("", status.read_text("utf-8", "replace")) if status.is_file() else [],
        "pending": pending(),
        "lists": lists_age(LISTS),
    }


def pending() -> list[dict[str, Any]] | None:
    """Return what apt would bring newer, by its own simulation, which changes nothing."""
    try:
        said = docker.run(["apt-get", "--simulate", "--option", "Debug::NoLocking=1", "dist-upgrade"], timeout=120)
    except docker.Failed:
        return None
    return read_simulation(said)


def read_simulation(said: str) -> list[dict[str, Any]]:
    """Given what `apt-get --simulate` printed, return {name, version, to, security} for each newer package."""
    return [
        {"name": name, "version": old, "to": new, "security": "security" in where.lower()}
        for name, old, new, where in UPGRADE.findall(said)
    ]


def lists_age(folder: Path) -> int:
    """Return when apt's lists were last brought up to date, in seconds since 1970; 0 when there are none."""
    times = [path.stat().st_mtime for path in folder.glob("*Packages*")] if folder.is_dir() else []
    return int(max([*times, folder.stat().st_mtime])) if times else 0
