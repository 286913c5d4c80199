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
from .leftovers import acting, end_commands
from .progress import Progress
from .rebuild import discard, journal

EXCHANGE, HERE = 2, -100
KEPT = "%Y%m%dT%H%M%S"


def exchange(one: Path, other: Path) -> None:
    """Exchange two folders in one step of the kernel (renameat2), so that a power cut leaves one order or the other."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.renameat2(HERE, os.fsencode(one), HERE, os.fsencode(other), EXCHANGE):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(one))


def switch(name: str, folder: Path, progress: Progress, held: dict[str, Any], *, keep: bool = False) -> str:
    """Make `folder` the instance's own and bring it up. Return where the replaced state is kept ("" for none).

    When that fails, the replaced state is put back and runs again, and docker.Failed or OSError is raised. `keep` says
    that the folder itself was a kept state: it stays one then.
    """
    live, before = layout.instance_dir(name), layout.read_json(layout.state_path(name), {})
    note = {
        "step": "switching", "instance": name, "folder": str(folder), "inode": folder.stat().st_ino,
        "generation": generations.generation_of(folder), "live": live.is_dir(), "keep": keep, "held": held,
        "before": before, "acting": acting(),
    }  # fmt: skip
    layout.write_json(journal(name), note)
    try:
        _put_aside(name, progress)
        if note["live"]:
            exchange(live, folder)
        else:
            folder.rename(live)
        return finish(name, folder, held, progress)
    except (docker.Failed, OSError):
        _go_back(note, progress)
        raise


def _exchanged(note: dict[str, Any]) -> bool:
    """Tell whether the folder that was to become the instance's own is in its place."""
    live = layout.instance_dir(note["instance"])
    same = live.is_dir() and live.stat().st_ino == note["inode"]
    return same and generations.generation_of(live) == note["generation"]


def _go_back(note: dict[str, Any], progress: Progress) -> None:
    """Make an instance again what it was before a switch; the other state goes, or is kept as it was."""
    name, live, folder = str(note["instance"]), layout.instance_dir(note["instance"]), Path(note["folder"])
    with suppress(OSError):
        progress.say(name, "going back")
    if _exchanged(note):
        with suppress(docker.Failed):
            docker.run(docker.compose("stop" if note["live"] else "down"), cwd=live)
        if note["live"]:
            exchange(live, folder)
        else:
            live.rename(folder)
    if note["live"]:
        layout.write_json(layout.state_path(name), {**note["before"], "settled": "", "recreate": True})
        bring_up(name, progress)
    else:
        routes.drop_route(name)
        layout.write_json(layout.state_path(name), note["before"])
    if note["keep"]:
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
    """From the exchange on: bring up what is live now, keep what it replaced, forget the journal.

    Whoever was erased while the other state was being built, or lay aside, is erased again before it opens.
    """
    kept_back = None if _same_recipe(folder, layout.instance_dir(name)) else held
    since = None if held.get("unerased") else int(held.get("time") or _kept_since(folder))
    layout.update_state(
        name, removed=False, restored=held, held=kept_back, opened=False, settled="", recreate=True, purges={},
        erase_since=since,
    )  # fmt: skip
    bring_up(name, progress)
    kept = _keep(name, folder) if folder.is_dir() else ""
    shutil.rmtree(sandbox.restore_dir(name), ignore_errors=True)
    journal(name).unlink(missing_ok=True)
    return kept


def _keep(name: str, folder: Path) -> str:
    """Move a folder to the kept states of an instance, unless it is one, and return its name there."""
    if folder.parent == replaced_dir(name):
        return folder.name
    target = replaced_dir(name) / time.strftime(KEPT)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.parent.parent.chmod(0o700)
    folder.rename(target)
    return target.name


def _kept_since(folder: Path) -> int:
    """Return about when a kept state was put aside, from its name; too early by the hours a clock may be changed."""
    with suppress(ValueError, OverflowError):
        return int(time.mktime(time.strptime(folder.name, KEPT))) - 7200
    return 0


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
    """Return the kept states of an instance, oldest first; not those that are being dropped."""
    folder = replaced_dir(name)
    return sorted(path.name for path in folder.iterdir() if path.name[0] != ".") if folder.is_dir() else []


def drop(name: str, which: str) -> None:
    """Take a kept state away with its volumes. Raise FileNotFoundError when there is none of that name."""
    if which not in kept(name):
        raise FileNotFoundError(2, "no such kept state", str(replaced_dir(name) / which))
    (replaced_dir(name) / which).rename(replaced_dir(name) / f".{which}")
    finish_drops(name)


def finish_drops(name: str) -> None:
    """Take away what is being dropped: nobody can put it back any more, even if it was only begun."""
    doomed = sorted(replaced_dir(name).glob(".*"))
    there = bool(doomed) and (layout.instance_dir(name) / "compose.yaml").is_file()
    mine = set(generations.in_use(name).values()) if there else set()
    for folder in doomed:
        for about in (generations.configuration(folder).get("volumes") or {}).values():
            if about["name"] not in mine:
                docker.run(["docker", "volume", "rm", "--force", about["name"]])
        shutil.rmtree(folder)


def undo(name: str, progress: Progress) -> str:
    """Put the state that the last restore replaced back in its place. Return under which name the other is kept."""
    states = kept(name)
    if not states:
        raise FileNotFoundError(2, "no kept state", str(replaced_dir(name)))
    return switch(name, replaced_dir(name) / states[-1], progress, {}, keep=True)


def finish_killed(name: str, progress: Progress) -> None:
    """End a restore that was killed: before the exchange it never happened, after it it is brought to its end.

    Where that end cannot be reached, the instance becomes again what it was. Raise docker.Failed or OSError when even
    that fails; the next call tries again.
    """
    note = layout.read_json(journal(name), {})
    end_commands(note.get("acting", {}))
    if note.get("step") != "switching":
        discard(name, str(note.get("generation", "")))
        return
    if _exchanged(note):
        with suppress(docker.Failed, OSError):
            finish(name, Path(note["folder"]), note["held"], progress)
            return
    _go_back(note, progress)


def finish_if_killed(name: str, progress: Progress) -> None:
    """End a restore of this instance that was killed, if there is one. The caller holds the lock `restore-<name>`."""
    if journal(name).is_file():
        with locks.hold(f"instance-{name}", patience=1800):
            finish_killed(name, progress)


def finish_all(progress: Progress) -> None:
    """End every restore and drop on this host that was killed; one that lives holds its lock and is left alone.

    One that cannot be ended stands in nobody's way: it is told, and tried again the next time.
    """
    for path in sorted((layout.state_root() / "restores").glob("*.json")):
        try:
            with locks.hold(f"restore-{path.stem}", patience=0):
                finish_if_killed(path.stem, progress)
        except (docker.Failed, OSError) as error:
            progress.say(path.stem, "failed", message=str(error))
        except locks.Busy:
            continue
    for path in sorted((layout.root() / "replaced").glob("*")):
        with suppress(docker.Failed, OSError):
            finish_drops(path.name)
