"""Bring an instance back from a snapshot into a sandbox: data, databases, application, what a user wrote."""

from __future__ import annotations

import secrets as random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from . import converge, dumps, generations, layout, rename, restic, sandbox, versions
from .backup import measure
from .inside import seen_as
from .leftovers import acting
from .observe import listening
from .restic import Destination
from .sandbox import NotGood, Sandbox

Say = Callable[..., None]
RESERVE = 512 * 2**20


@dataclass(frozen=True)
class Wanted:
    """What is asked for: an entry of a destination's list of good snapshots, and what the instance is to be called."""

    destination: Destination
    entry: dict[str, Any]
    target: str
    domain: str
    association: str
    salt: str = ""
    present_images: str = ""  # a compose.lock.yaml to use instead of the recorded one


def journal(name: str) -> Any:
    """Return the file that tells how far a restore of an instance has come."""
    return layout.state_root() / "restores" / f"{name}.json"


@contextmanager
def rebuilt(wanted: Wanted, say: Say, purpose: str) -> Iterator[tuple[Sandbox, dict[str, Any]]]:
    """Give the sandbox of a restored and verified instance, and what was verified. On failure nothing of it is left.

    Raise NotGood, Trouble or docker.Failed. The caller holds the lock `restore-<target>`; what is live is not touched.
    """
    entry, name = wanted.entry, wanted.target
    _room(entry)
    generation = f"g{random.token_hex(3)}"
    note = {"step": "building", "purpose": purpose, "generation": generation, "instance": name, "acting": acting()}
    layout.write_json(journal(name), note)
    try:
        box = _lay_out(wanted, generation, say)
        say(name, "importing")
        sandbox.write_override(box)
        sandbox.fill(box, box.base / "dumps")
        say(name, "verifying")
        found: dict[str, Any] = {"counts": sandbox.count(box), "erased": sandbox.erase_again(box, wanted.salt)}
        found["marker"] = sandbox.read(box)
        shutil.rmtree(box.base / "dumps", ignore_errors=True)
        yield box, found
    except BaseException:
        if layout.read_json(journal(name), {}).get("step") == "building":
            discard(name, generation)
        raise


def discard(name: str, generation: str) -> None:
    """Take away a sandbox with its volumes and files. What is live is not touched."""
    sandbox.end(name)
    generations.drop(name, generation)
    shutil.rmtree(sandbox.restore_dir(name), ignore_errors=True)
    journal(name).unlink(missing_ok=True)


def _room(entry: dict[str, Any]) -> None:
    """Raise NotGood unless the disk can hold the restored data twice over its dumps: nothing is begun otherwise."""
    size = sum(each["bytes"] for each in entry["volumes"].values())
    size += 3 * sum(each["bytes"] for each in entry["dumps"].values())
    for path in (layout.root(), layout.state_root().parent / "docker"):
        if path.is_dir() and (free := shutil.disk_usage(path).free) < size + RESERVE:
            raise NotGood("disk_full", f"{(size + RESERVE) // 2**20} MB are needed, {free // 2**20} MB are free")


def _lay_out(wanted: Wanted, generation: str, say: Say) -> Sandbox:
    """Read the snapshot into fresh volumes and folders and give the instance its name."""
    entry, name = wanted.entry, wanted.target
    base = sandbox.restore_dir(name)
    shutil.rmtree(base, ignore_errors=True)
    for each in ("recipe", "dumps"):
        (base / each).mkdir(parents=True)
    base.parent.chmod(0o700)
    say(name, "reading", snapshot=entry["snapshot"][:8], destination=wanted.destination.name)
    kept = generations.make(name, list(entry["volumes"]), generation)
    places = {f"volumes/{volume}": generations.place(real) for volume, real in kept.items()}
    whole = {"recipe": base / "recipe", "dumps": base / "dumps", **places}
    restic.run(
        wanted.destination, "restore", entry["snapshot"], "--quiet", "--target", str(layout.snapshot_dir()),
        inside=seen_as(whole, below=str(layout.snapshot_dir())),
    )  # fmt: skip
    manifest = layout.read_json(base / "dumps" / "manifest.json", {})
    _judge(entry, manifest, places, base / "dumps")
    recipe = layout.read_json(base / "recipe" / "service.json", {})
    box = Sandbox(name, wanted.association, generation, kept, manifest)
    _name(wanted, box)
    _images(wanted, box)
    declared = generations.configuration(box.folder, {"COMPOSE_FILE": "compose.yaml:compose.lock.yaml"})
    fresh = [volume for volume in declared.get("volumes") or {} if volume not in kept]
    box.volumes.update(generations.make(name, fresh, generation))
    layout.write(box.folder / layout.VOLUMES, generations.text(box.volumes))
    if not recipe.get("backup"):
        raise NotGood("incomplete", "service.json of the snapshot says nothing of backups")
    return box


def _judge(entry: dict[str, Any], manifest: dict[str, Any], places: dict[str, Any], folder: Any) -> None:
    """Raise NotGood unless what was read is what the record speaks of, and every dump is byte for byte what it was."""
    if any(manifest.get(key) != entry[key] for key in ("instance", "time", "dumps")):
        raise NotGood("incomplete", "the snapshot is not the one the record speaks of")
    for key, about in manifest["dumps"].items():
        try:
            real = dumps.judge(key, folder / key, "")
        except (dumps.BadDump, OSError) as error:
            raise NotGood("incomplete", str(error)) from error
        if real != about:
            raise NotGood("incomplete", f"dump {key} is not what was backed up")
    for volume, about in manifest["volumes"].items():
        if about["files"] and not measure(places[f"volumes/{volume}"])["files"]:
            raise NotGood("incomplete", f"volume {volume} is empty, {about['files']} files were backed up")


def _name(wanted: Wanted, box: Sandbox) -> None:
    """Write the instance's files for its name, domain and ports here."""
    entry = wanted.entry
    ports = layout.read_json(layout.state_root() / "ports.json", {})
    slots = [wanted.target + slot.removeprefix(entry["instance"]) for slot in sorted(entry["ports"])]
    given = converge.allocate(slots, ports, listening())
    if given != ports:  # a drill gives out none: it must not undo what an apply gives out at the same time
        layout.write_json(layout.state_root() / "ports.json", given)
    old_domain = str(entry["variables"].get("domain", ""))
    old = rename.Identity(entry["instance"], entry["association"], old_domain, entry["ports"])
    mine = {slot: given[slot] for slot in slots}
    new = rename.Identity(wanted.target, wanted.association, wanted.domain or old_domain, mine)
    texts = {path: (box.folder / path).read_text("utf-8") for path in rename.FILES if (box.folder / path).is_file()}
    for path, text in rename.renamed(texts, old, new).items():
        layout.write(box.folder / path, text)


def _images(wanted: Wanted, box: Sandbox) -> None:
    """Use other images than the recorded ones where that was asked for. Raise NotGood when one of them is older."""
    if not wanted.present_images:
        return
    layout.write(box.folder / "compose.lock.yaml", wanted.present_images)
    env = {"COMPOSE_FILE": "compose.yaml:compose.lock.yaml"}
    real = generations.configuration(box.folder, env)["services"]
    found = versions.older(box.manifest["images"], {container: about["image"] for container, about in real.items()})
    if found:
        raise NotGood("older_server", "; ".join(found))
