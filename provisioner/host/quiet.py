"""Applications that must keep quiet while they are read: hooks before and after, and nobody is left locked out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from . import docker, layout, locks
from .fill import fill_command

Say = Callable[..., None]


@contextmanager
def kept(name: str, recipe: dict[str, Any]) -> Iterator[None]:
    """Run the hooks before and after. It is noted meanwhile, so that a killed backup leaves nobody locked out."""
    if not recipe.get("before"):
        yield
        return
    layout.update_state(name, quiesced=True)
    try:
        _hooks(name, recipe["before"])
        yield
    finally:
        wake(name, recipe)


def wake(name: str, recipe: dict[str, Any]) -> None:
    """Run the hooks after a backup, all of them, and note that the instance serves people again.

    Raise docker.Failed for the first that failed; the next `wake_all` tries again.
    """
    failed: list[docker.Failed] = []
    for each in recipe.get("after", []):
        try:
            _hooks(name, [each])
        except docker.Failed as error:
            failed.append(error)
    if failed:
        raise failed[0]
    layout.update_state(name, quiesced=False)


def wake_all(say: Say) -> list[str]:
    """Wake every instance that a killed backup left quiet and return their names; one in work holds its lock."""
    woken = []
    for path in sorted((layout.state_root() / "state").glob("*.json")):
        try:
            if layout.read_json(path, {}).get("quiesced"):
                with locks.hold(f"instance-{path.stem}", patience=0):
                    wake(path.stem, layout.read_json(layout.instance_dir(path.stem) / "service.json", {})["backup"])
                    woken.append(path.stem)
        except locks.Busy:
            continue
        except (docker.Failed, OSError, KeyError) as error:
            say(path.stem, "failed", message=f"still quiet after a backup: {error}")
    return woken


def _hooks(name: str, commands: list[dict[str, Any]]) -> None:
    facts = layout.read_json(layout.instance_dir(name) / "instance.json", {})
    for each in commands:
        docker.run(docker.execute(each["in"], fill_command(each["run"], facts)), cwd=layout.instance_dir(name))
