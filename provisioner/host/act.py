"""Make real what was decided. Each instance fails alone; what was done is noted last, so a killed run is resumed."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from . import docker, egress, erasures, generations, layout, locks, routes
from .converge import IDLE, Change, fill, settled_digest
from .fill import fill_command
from .observe import container_state, observe_instance
from .progress import Progress

WORKERS = 3


def write_files(desired: dict[str, Any], secrets: dict[str, dict[str, str]], changes: list[Change]) -> None:
    """Write the files and secrets of every changed instance. Files go first to disk, the settled mark last of all."""
    layout.routes_dir().mkdir(parents=True, exist_ok=True)
    for change in changes:
        if change["action"] not in ("create", "update"):
            continue
        name, folder = change["instance"], layout.instance_dir(change["instance"])
        wished = desired["instances"][name]
        if change["action"] == "update" and (change["secrets"] or any(p.startswith("files/") for p in change["files"])):
            layout.update_state(name, recreate=True)  # noted first: whoever is killed after this line is resumed so
        (folder / "secrets").mkdir(parents=True, exist_ok=True)
        (folder / "secrets").chmod(0o700)
        for path in change["files"]:
            if path in wished["files"]:
                text = fill(path, desired["blobs"][wished["files"][path]], list(change["ports"].values()))
                layout.write(folder / path, text, 0o755 if path.endswith(".sh") else 0o644)
            else:
                (folder / path).unlink(missing_ok=True)
        for key in change["secrets"]:
            if key in secrets.get(name, {}):
                layout.write(folder / "secrets" / key, secrets[name][key], 0o444)
            else:
                (folder / "secrets" / key).unlink(missing_ok=True)


def act(desired: dict[str, Any], changes: list[Change], progress: Progress) -> dict[str, Any]:
    """Act on every change, the proxy first, the others side by side. Return {instances: name -> result}."""
    todo = [change for change in changes if change["action"] not in IDLE]
    proxy = [change for change in todo if change["instance"] == layout.PROXY]
    others = [change for change in todo if change["instance"] != layout.PROXY]
    results = {change["instance"]: _safely(desired, change, progress) for change in proxy}
    with ThreadPoolExecutor(max_workers=min(WORKERS, (os.cpu_count() or 1) + 1)) as pool:
        done = pool.map(lambda change: (change["instance"], _safely(desired, change, progress)), others)
        results.update(dict(done))
    egress.refresh_quietly()
    return {"instances": results}


def _safely(desired: dict[str, Any], change: Change, progress: Progress) -> dict[str, Any]:
    """Act on one change; whatever goes wrong is this instance's result and nobody else's."""
    name, started = change["instance"], time.monotonic()
    try:
        with locks.hold(f"instance-{name}", patience=7200):  # a backup reads it: its dump and its files belong together
            if change["action"] == "remove":
                _remove(name, progress)
            else:
                bring_up(desired["instances"][name], name, progress)
        result: dict[str, Any] = {"ok": True}
        progress.say(name, "done")
    except docker.Failed as error:
        result = {"ok": False, **explain(name, error)}
        progress.say(name, "failed", message=result["message"])
    except Exception as error:
        result = {"ok": False, "message": f"{type(error).__name__}: {error}", "container": "", "logs": []}
        progress.say(name, "failed", message=result["message"])
    return {**result, "action": change["action"], "seconds": round(time.monotonic() - started, 1)}


def bring_up(wished: dict[str, Any], name: str, progress: Progress) -> None:
    """Start an instance as its files say, set it up, and open its route. Raise docker.Failed."""
    folder = layout.instance_dir(name)
    generations.ensure(folder)
    if not layout.read_json(layout.state_path(name), {}).get("opened"):
        routes.set_route(name, "closed")
    layout.update_state(name, removed=False, service=wished["service"], association=wished["association"])
    if wished["containers"]:
        progress.say(name, "pulling")
        docker.run(docker.compose("pull", "--quiet", "--policy", "missing"), cwd=folder)
        progress.say(name, "starting")
        drop_never_started(name)
        egress.prepare(name)
        docker.run(docker.up(recreate=_must_recreate(name)), cwd=folder)
    recipe = layout.read_json(folder / "service.json", {})
    facts = layout.read_json(folder / "instance.json", {})
    if recipe.get("setup"):
        progress.say(name, "setup")
    for command in recipe.get("setup", []):
        docker.run(docker.execute(command["in"], fill_command(command["run"], facts)), cwd=folder)
    admin = recipe.get("first_admin")
    if admin:
        docker.run(docker.execute(admin["in"], fill_command(admin["run"], facts)), cwd=folder)
    since = layout.read_json(layout.state_path(name), {}).get("erase_since")
    if since is not None:
        erasures.replay_live(name, int(since))
    if name == layout.PROXY:
        routes.export_root_certificate()
    elif (folder / "route.open.caddy").is_file():
        progress.say(name, "opening")
        routes.set_route(name, "open")
    layout.update_state(name, opened=True, settled=settled_of(name), recreate=False, changed=int(time.time()),
                        erase_since=None)  # fmt: skip


def drop_never_started(name: str) -> None:
    """Remove containers that were made but never ran: a recreation that a power cut interrupted left them.

    Their predecessor, put aside under another name, runs again after the reboot and holds the port they want. What is
    in volumes is not theirs.
    """
    chosen = ["--filter", f"label=com.docker.compose.project={name}", "--filter", "status=created"]
    made = docker.run(["docker", "ps", "--all", "--quiet", *chosen]).split()
    if made:
        docker.run(["docker", "rm", *made])


def _must_recreate(name: str) -> bool:
    """Mounted files and secrets are no part of Compose's own comparison: a change in them needs new containers."""
    return bool(layout.read_json(layout.state_path(name), {}).get("recreate"))


def settled_of(name: str) -> str:
    """Return the digest of what lies on disk now."""
    real = observe_instance(name, {})
    return settled_digest(real["files"], real["secrets"])


def _remove(name: str, progress: Progress) -> None:
    """Close the route and stop the containers. Volumes, secrets and recipe stay: nothing a user wrote is touched."""
    progress.say(name, "stopping")
    routes.drop_route(name)
    if (layout.instance_dir(name) / "compose.yaml").is_file():
        docker.run(docker.compose("down", "--remove-orphans"), cwd=layout.instance_dir(name))
    layout.update_state(name, removed=True, opened=False, settled="")


def explain(name: str, error: docker.Failed) -> dict[str, Any]:
    """Given a failure, return {message, container, logs}: the first container that is not well and its last lines."""
    sick = [
        (item["Config"]["Labels"]["com.docker.compose.service"], item["Id"], container_state(item))
        for item in docker.containers()
        if item["Config"]["Labels"]["com.docker.compose.project"] == name
    ]
    sick = [item for item in sick if _is_sick(item[2])]
    # A container that was created but never started waits for another one: that other one is the cause.
    sick.sort(key=lambda item: item[2]["state"] == "created")
    message = f"{error}" + (f": {error.output.splitlines()[-1]}" if error.output else "")
    if not sick:
        return {"message": message, "container": "", "logs": error.output.splitlines()}
    container, identifier, state = sick[0]
    return {"message": f"container {container} is {_word(identifier, state)}", "container": container,
            "logs": logs(identifier) or error.output.splitlines()}  # fmt: skip


def _is_sick(state: dict[str, Any]) -> bool:
    """Tell whether a container is down, unhealthy, or only up for a moment between two restarts."""
    between = state["restarts"] > 0 and state["health"] == "starting"
    return bool(between or state["state"] != "running" or state["health"] == "unhealthy")


def _word(identifier: str, state: dict[str, Any]) -> str:
    """Return what ails a container. While it starts anew Docker forgets its exit code; the events still know it."""
    if state["state"] == "running" and not state["restarts"]:
        return str(state["health"])
    if state["state"] != "running":
        return f"{state['state']} (exit code {state['exit_code']})"
    return f"restarting (exit code {docker.last_exit_code(identifier)})"


def logs(identifier: str, lines: int = 15) -> list[str]:
    """Return the last log lines of a container, standard output and error together."""
    try:
        script = 'exec docker logs --tail "$1" "$2" 2>&1'
        return docker.run(["sh", "-c", script, "sh", str(lines), identifier]).splitlines()[-lines:]
    except docker.Failed:
        return []
