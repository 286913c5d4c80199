"""Take an instance away for good: volumes, files, secrets and images. A killed purge is finished by the next run."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from . import docker, layout, routes


class Refused(Exception):
    """Why nothing was purged: "unknown" or "running"."""


def check(name: str) -> None:
    """Raise Refused unless this is an instance that was removed before (stopped, route closed)."""
    state = layout.read_json(layout.state_path(name), {})
    if name == layout.PROXY or not (layout.instance_dir(name).is_dir() or state.get("purging")):
        raise Refused("unknown")
    if not state.get("removed"):
        raise Refused("running")


def archive(name: str) -> None:
    """Write a tar of everything the instance has (volumes, files, secrets, state) to standard output.

    Raise Refused as `check` does, docker.Failed when anything could not be read whole.
    """
    check(name)
    paths = [layout.instance_dir(name), layout.state_path(name), *_folders(_labelled("volume", name))]
    relative = [str(path).lstrip("/") for path in paths if path.exists()]
    docker.run_through(["tar", "--create", "--numeric-owner", "--xattrs", "--acls", "--directory=/", *relative])


def purge(name: str) -> None:
    """Take the instance away. Noted first, so that whoever is killed in the middle is finished by the next run."""
    check(name)
    layout.update_state(name, purging=True)
    finish(name)


def finish_killed() -> None:
    """Finish every purge that was killed: nobody may build on what is half gone."""
    for path in (layout.state_root() / "state").glob("*.json"):
        if layout.read_json(path, {}).get("purging"):
            finish(path.stem)


def finish(name: str) -> None:
    """Do what a purge does, from any point on. The state file goes last: while it is there, the purge is not done."""
    folder = layout.instance_dir(name)
    routes.drop_route(name)
    images = _images(folder)
    if (folder / "compose.yaml").is_file():
        docker.run(docker.compose("down", "--volumes", "--remove-orphans"), cwd=folder)
    for kind in ("volume", "network"):
        for left in _labelled(kind, name):
            docker.run(["docker", kind, "rm", left])
    for image in images:
        with suppress(docker.Failed):  # still used by another instance
            docker.run(["docker", "image", "rm", image])
    for each in (folder, layout.root() / "replaced" / name, layout.root() / "restores" / name):
        shutil.rmtree(each, ignore_errors=True)
    ports = layout.read_json(layout.state_root() / "ports.json", {})
    kept = {slot: port for slot, port in ports.items() if slot.partition("#")[0] != name}
    layout.write_json(layout.state_root() / "ports.json", kept)
    for lock in ("instance", "restore"):
        (layout.state_root() / "locks" / f"{lock}-{name}").unlink(missing_ok=True)
    association = name.partition("_")[0]
    if not any((layout.root() / "instances").glob(f"{association}_*")):  # nobody is left who wishes this of the host
        (layout.state_root() / "wishes" / f"{association}.json").unlink(missing_ok=True)
    layout.state_path(name).unlink(missing_ok=True)


def _labelled(kind: str, name: str) -> list[str]:
    found = docker.run(["docker", kind, "ls", "--quiet", "--filter", f"label=com.docker.compose.project={name}"])
    return sorted(found.split())


def _folders(names: list[str]) -> list[Path]:
    if not names:
        return []
    return [
        Path(row) for row in docker.run(["docker", "volume", "inspect", "--format", "{{.Mountpoint}}", *names]).split()
    ]


def _images(folder: Path) -> list[str]:
    if not (folder / "compose.yaml").is_file():
        return []
    return sorted(set(docker.run(docker.compose("config", "--images"), cwd=folder).split()))
