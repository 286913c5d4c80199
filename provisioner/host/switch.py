"""Put a restored instance in the place of the live one: one atomic exchange of folders, taken back when it fails."""

from __future__ import annotations

import ctypes
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import act, docker, generations, layout, locks, routes, sandbox
from .progress import Progress
from .rebuild import discard, journal

EXCHANGE, HERE = 2, -100


def exchange(one: Path, other: Path) -> None:
    """Exchange two folders in one step of the kernel (renameat2), so that a power cut leaves one order or the other."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.renameat2(HERE, os.fsencode(one), HERE, os.fsencode(other), EXCHANGE):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(one))


def switch(name: str, folder: Path, progress: Progress, held: dict[str, Any], *, keep: bool = False) -> str:
    """Make `folder` the instance's own and bring it up. Return where the replaced state is kept ("" for none).

    When it does not come up, the replaced state is put back and runs again, and docker.Failed is raised. `keep` says
    that the folder itself was a kept state: it stays one then.
    """
    live, before = layout.instance_dir(name), layout.read_json(layout.state_path(name), {})
    replaced, generation = live.is_dir(), generations.generation_of(folder)
    note = {"step": "switching", "generation": generation, "instance": name, "folder": str(folder), "live": replaced}
    layout.write_json(journal(name), {**note, "held": held, "keep": keep, "before": before})
    _put_aside(name, progress)
    if replaced:
        exchange(live, folder)
    else:
        folder.rename(live)
    try:
        return finish(name, folder, held, progress)
    except docker.Failed:
        if replaced and folder.is_dir():
            progress.say(name, "going back")
            docker.run(docker.compose("stop"), cwd=live)
            exchange(live, folder)
            _forget(name, layout.read_json(journal(name), {}), progress)
        raise


def _forget(name: str, note: dict[str, Any], progress: Progress) -> None:
    """What was to be switched in is not: the instance is as it was, and the other state goes, or is kept as before."""
    if note["live"]:
        layout.write_json(layout.state_path(name), {**note["before"], "settled": "", "recreate": True})
        bring_up(name, progress)
    if note["keep"]:
        _keep(name, Path(note["folder"]))
        journal(name).unlink(missing_ok=True)
    else:
        discard(name, note["generation"])


def _put_aside(name: str, progress: Progress) -> None:
    """Stop the sandbox and the live instance in good order; visitors see that it is being prepared."""
    sandbox.end(name, gently=True)
    folder = layout.instance_dir(name)
    if (folder / "compose.yaml").is_file():
        progress.say(name, "stopping")
        if (layout.routes_dir() / f"{name}.caddy").is_file():
            routes.set_route(name, "closed")
        layout.update_state(name, opened=False)
        docker.run(docker.compose("stop"), cwd=folder)


def finish(name: str, folder: Path, held: dict[str, Any], progress: Progress) -> str:
    """From the exchange on: bring up what is live now, keep what it replaced, forget the journal."""
    layout.update_state(name, removed=False, restored=held, held=held, opened=False, settled="", recreate=True)
    bring_up(name, progress)
    kept = _keep(name, folder) if folder.is_dir() else ""
    if kept and _same_recipe(replaced_dir(name) / kept, layout.instance_dir(name)):
        layout.update_state(name, held=None)
    shutil.rmtree(sandbox.restore_dir(name), ignore_errors=True)
    journal(name).unlink(missing_ok=True)
    return kept


def _keep(name: str, folder: Path) -> str:
    """Move a folder to the kept states of an instance and return its name there."""
    target = replaced_dir(name) / time.strftime("%Y%m%dT%H%M%S")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.parent.parent.chmod(0o700)
    folder.rename(target)
    return target.name


def _same_recipe(one: Path, other: Path) -> bool:
    """Tell whether two folders run the same images in the same way: then nothing needs to be held back."""
    files = ("compose.yaml", "compose.lock.yaml")
    return all((one / file).is_file() and (one / file).read_bytes() == (other / file).read_bytes() for file in files)


def bring_up(name: str, progress: Progress) -> None:
    """Bring an instance up as its own files say."""
    facts = layout.read_json(layout.instance_dir(name) / "instance.json", {})
    act.bring_up(facts, name, progress)


def replaced_dir(name: str) -> Path:
    """Return the folder that keeps what restores replaced."""
    return layout.root() / "replaced" / name


def kept(name: str) -> list[str]:
    """Return the kept states of an instance, oldest first."""
    folder = replaced_dir(name)
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def drop(name: str, which: str) -> None:
    """Take a kept state away with its volumes. Raise FileNotFoundError when there is none of that name."""
    folder = replaced_dir(name) / which
    if not which or not folder.is_dir():
        raise FileNotFoundError(2, "no such kept state", str(folder))
    mine = set(generations.in_use(name).values()) if (layout.instance_dir(name) / "compose.yaml").is_file() else set()
    real = generations.configuration(folder).get("volumes") or {}
    for about in real.values():
        if about["name"] not in mine:
            docker.run(["docker", "volume", "rm", "--force", about["name"]])
    shutil.rmtree(folder)


def undo(name: str, progress: Progress) -> str:
    """Put the state that the last restore replaced back in its place. Return under which name the other is kept."""
    states = kept(name)
    if not states:
        raise FileNotFoundError(2, "no kept state", str(replaced_dir(name)))
    folder = replaced_dir(name) / states[-1]
    base = sandbox.restore_dir(name)
    shutil.rmtree(base, ignore_errors=True)
    base.mkdir(parents=True)
    folder.rename(base / "recipe")
    return switch(name, base / "recipe", progress, {}, keep=True)


def finish_killed(name: str, progress: Progress) -> None:
    """End a restore that was killed: before the exchange it never happened, after it it is brought to its end."""
    note = layout.read_json(journal(name), {})
    if note.get("step") != "switching":
        discard(name, str(note.get("generation", "")))
        return
    live, folder = layout.instance_dir(name), Path(note["folder"])
    exchanged = live.is_dir() and generations.generation_of(live) == note["generation"]
    if exchanged:
        finish(name, folder, note["held"], progress)
        return
    _forget(name, note, progress)


def finish_if_killed(name: str, progress: Progress) -> None:
    """End a restore of this instance that was killed, if there is one. The caller holds the lock `restore-<name>`."""
    if journal(name).is_file():
        finish_killed(name, progress)


def finish_all(progress: Progress) -> None:
    """End every restore on this host that was killed; one that lives holds its lock and is left alone."""
    folder = layout.state_root() / "restores"
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        with suppress(locks.Busy), locks.hold(f"restore-{path.stem}", patience=0):
            finish_if_killed(path.stem, progress)
