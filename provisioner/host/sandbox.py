"""A restored instance beside the live one: fresh volumes, a project of its own, no way out, nobody can come in."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import backup, docker, dumps, erasures, generations, layout, probe
from .fill import fill_command
from .https import Site
from .observe import container_state


class NotGood(Exception):
    """The restored instance is not what it was: `code` in one word, the message says what was found instead."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Sandbox:
    """Where a restored instance is put together. `folder` becomes the instance's own at the switch."""

    name: str
    association: str
    generation: str
    volumes: dict[str, str]
    manifest: dict[str, Any]
    started: float = field(default_factory=time.monotonic)

    @property
    def base(self) -> Path:
        """The folder of this restore; it goes when it ends."""
        return restore_dir(self.name)

    @property
    def folder(self) -> Path:
        """The instance's future folder."""
        return self.base / "recipe"

    @property
    def env(self) -> dict[str, str]:
        """What makes Compose work on the sandbox in the same folder."""
        files = ["compose.yaml", "compose.lock.yaml", layout.VOLUMES, str(self.base / "sandbox.yaml")]
        return {"COMPOSE_PROJECT_NAME": project(self.name), "COMPOSE_FILE": ":".join(files)}

    @property
    def recipe(self) -> dict[str, Any]:
        """What service.json says."""
        found: dict[str, Any] = layout.read_json(self.folder / "service.json", {})
        return found

    def run(self, container: str, command: list[str]) -> str:
        """Run a command inside a container of the sandbox."""
        return docker.run(docker.execute(container, command), cwd=self.folder, env=self.env, timeout=1800)

    def compose(self, *arguments: str) -> str:
        """Run Compose on the sandbox."""
        return docker.run(docker.compose(*arguments), cwd=self.folder, env=self.env)


def restore_dir(name: str) -> Path:
    """Return the folder in which an instance is restored, on the same file system as the live ones."""
    return layout.root() / "restores" / name


def project(name: str) -> str:
    """Return the Compose project of an instance's sandbox."""
    return f"{name}-sandbox"


def write_override(sandbox: Sandbox) -> None:
    """Write what makes it a sandbox: networks without a way out, no ports, volumes as they are, no start at boot."""
    plain = {**sandbox.env, "COMPOSE_FILE": "compose.yaml:compose.lock.yaml"}
    real = generations.configuration(sandbox.folder, plain)
    rows = ["services:"]
    for container in sorted(real["services"]):
        rows += [f"  {container}:", "    ports: !reset []", '    restart: "no"']
    rows += ["networks:"]
    for network in sorted(real.get("networks") or {"default": {}}):
        rows += [f"  {network}:", "    internal: true", f"    name: {project(sandbox.name)}_{network}"]
    rows += ["volumes:"] if real.get("volumes") else []
    for volume in sorted(real.get("volumes") or {}):
        rows += [f"  {volume}:", "    external: true"]
    layout.write(sandbox.base / "sandbox.yaml", "\n".join(rows) + "\n")


def fill(sandbox: Sandbox, folder: Path) -> None:
    """Start the databases, import every dump and then everything. Raise NotGood or docker.Failed."""
    saved = sandbox.recipe["backup"]
    sandbox.compose("pull", "--quiet", "--policy", "missing")
    order = [key for key in saved.get("restore_order", []) if key in saved.get("dumps", {})]
    order += [key for key in saved.get("dumps", {}) if key not in order]
    for key in order:
        dump = saved["dumps"][key]
        _up(sandbox, dump["in"])
        _import(sandbox, key, dump, folder / key)
        if not dump.get("covers") or dump["in"] == _main(sandbox):
            sandbox.compose("restart", dump["in"])  # an application that read its data before it was there
    _up(sandbox)
    facts = layout.read_json(sandbox.folder / "instance.json", {})
    for each in [*sandbox.recipe.get("setup", []), *saved.get("after_restore", [])]:
        sandbox.run(each["in"], fill_command(each["run"], facts))


def _main(sandbox: Sandbox) -> str:
    return str(layout.read_json(sandbox.folder / "instance.json", {}).get("version_of", ""))


def _up(sandbox: Sandbox, *containers: str) -> None:
    try:
        sandbox.compose("up", "--detach", "--wait", "--wait-timeout", "1200", "--quiet-pull", *containers)
    except docker.Failed as failed:
        raise NotGood("not_healthy", _why(sandbox, failed)) from failed


def _why(sandbox: Sandbox, failed: docker.Failed) -> str:
    """Return which container of the sandbox is not well, and its last words."""
    from .act import logs

    for item in docker.containers():
        labels, state = item["Config"]["Labels"], container_state(item)
        if labels["com.docker.compose.project"] == project(sandbox.name) and (
            state["state"] != "running" or state["health"] == "unhealthy"
        ):
            last = " / ".join(logs(item["Id"], 4))
            return f"container {labels['com.docker.compose.service']} is {state['health'] or state['state']}: {last}"
    return f"{failed}: {failed.output.splitlines()[-1] if failed.output else ''}"


def _import(sandbox: Sandbox, key: str, dump: dict[str, Any], path: Path) -> None:
    """Read a dump into its database. The first error ends it."""
    try:
        command = docker.execute(dump["in"], dump["restore"])
        docker.run_files(command, sandbox.folder, source=path, env=sandbox.env)
    except docker.Failed as failed:
        raise NotGood("import_failed", f"dump {key}: {failed}{dumps.cause(failed.output)}") from failed


def erase_again(sandbox: Sandbox, salt: str) -> int:
    """Apply the ledger of erased people to what was restored. Return how many it still knew. Raise NotGood."""
    service = str(sandbox.manifest["service"])
    since = int(sandbox.manifest["time"])
    values = layout.read_json(sandbox.folder / "instance.json", {}).get("variables", {})
    recipe = sandbox.recipe.get("gdpr", {})
    try:
        return erasures.replay(sandbox.association, salt, service, since, recipe, sandbox.run, values)
    except docker.Failed as failed:
        raise NotGood("not_erased", str(failed)) from failed


def count(sandbox: Sandbox) -> dict[str, int]:
    """Count in the restored application. Raise NotGood where it is not what was counted when it was backed up."""
    found: dict[str, int] = {}
    for key, (low, high) in sandbox.manifest.get("counts", {}).items():
        command = sandbox.recipe["backup"].get("counts", {}).get(key)
        if not command:
            continue
        found[key] = backup.count(sandbox.folder, command, sandbox.env)
        if not low <= found[key] <= high:
            wanted = str(low) if low == high else f"{low} to {high}"
            raise NotGood("miscounted", f"{key}: {found[key]} restored, {wanted} were backed up")
    return found


def read(sandbox: Sandbox) -> str:
    """Read what a user once wrote and return it ("": nothing known). Raise NotGood when it is not there."""
    marker = str(sandbox.manifest.get("probe", {}).get("marker", ""))
    if marker:
        try:
            values = _values(sandbox, marker)
            probe.read(sandbox.recipe["probe"], values, site(sandbox, values["domain"]), sandbox.run)
        except (probe.ProbeFailed, docker.Failed) as error:
            raise NotGood("unreadable", str(error)) from error
    return marker


def _values(sandbox: Sandbox, marker: str) -> dict[str, str]:
    facts = layout.read_json(sandbox.folder / "instance.json", {})
    secrets = {f"secret.{path.name}": path.read_text() for path in (sandbox.folder / "secrets").iterdir()}
    return {**facts["variables"], **secrets, "marker": marker}


def site(sandbox: Sandbox, domain: str) -> Site:
    """Return the sandbox as a site: its container answers by its own address, as if the proxy had asked."""
    route = sandbox.recipe["route"]
    ways = [(way["path"].rstrip("*"), way) for way in route.get("also", []) if way.get("path")]
    addresses: dict[str, str] = {}

    def gate(path: str) -> tuple[str, int]:
        way = next((each for prefix, each in ways if path.startswith(prefix)), route)
        if way["container"] not in addresses:
            addresses[way["container"]] = _address(sandbox, way["container"])
        return addresses[way["container"]], int(way["port"])

    return Site(domain, gate=gate)


def _address(sandbox: Sandbox, container: str) -> str:
    identifier = sandbox.compose("ps", "--quiet", container).split()[0]
    found = json.loads(docker.run(["docker", "inspect", identifier]))[0]["NetworkSettings"]["Networks"]
    return next(str(each["IPAddress"]) for each in found.values() if each["IPAddress"])


def end(name: str, gently: bool = False) -> None:
    """Stop (`gently`: databases close their files) and remove containers and networks; volumes stay."""
    label = f"label=com.docker.compose.project={project(name)}"
    running = docker.run(["docker", "ps", "--quiet", "--filter", label]).split() if gently else []
    if running:
        docker.run(["docker", "stop", "--time", "60", *running])
    for kind, words in (("ps", ["--all"]), ("network", ["ls"])):
        listing = ["docker", kind, *words, "--quiet", "--filter", label]
        for each in docker.run(listing).split():
            docker.run(["docker", "rm", "--force", each] if kind == "ps" else ["docker", "network", "rm", each])
