"""One person in the instances of an association: find, export, erase. The same search before and after."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any

from . import docker, erasures, fulltext, generations, layout, recipes
from .erasures import folded
from .forms import Needles, needles

MOST_EXPORTED = 64 << 20  # more goes in no answer; such a dossier is put together by hand


class NotKnown(Exception):
    """The instance has no such command or no such person; the message is a word for the controller."""


def find(name: str, names: list[str]) -> dict[str, Any]:
    """Look for a person in one instance. Return {service, subjects, traces, adapter, seconds}.

    `subjects` are the lines of the service's own list of people that are one of the names; `traces` is where any form
    of a name stands, in dumps and volumes. Raise docker.Failed, forms.TooShort.
    """
    started, recipe = time.monotonic(), recipes.gdpr_of(name)
    return {
        "service": recipes.facts_of(name).get("service", ""),
        "subjects": subjects(name, recipe, names),
        "traces": traces(name, needles(names)),
        "adapter": bool(recipe.get("erase")),
        "seconds": round(time.monotonic() - started, 1),
    }


def subjects(name: str, recipe: dict[str, Any], names: list[str]) -> list[str]:
    """Return those whom the service knows and whose line is one of the names, whatever the case."""
    listing = recipe.get("subjects")
    if not listing:
        return []
    wanted = {folded(each) for each in names}
    lines = recipes.run(name, listing).splitlines()
    return sorted({line.strip() for line in lines if line.strip() and folded(line) in wanted})


def traces(name: str, wanted: Needles) -> list[dict[str, Any]]:
    """Return [{place, count}]: every dump and every volume of an instance, searched.

    A volume that a dump covers is not searched as files: databases leave freed pages there that no query reaches and
    no backup takes; the dump is what counts.
    """
    recipe, folder = recipes.whole(name), layout.instance_dir(name)
    saved, found = recipe.get("backup", {}), []
    for key, dump in saved.get("dumps", {}).items():
        with docker.stream(docker.execute(dump["in"], dump["run"]), cwd=folder) as stream:
            hits = fulltext.count(stream.read, wanted)
        found += [{"place": f"dump {key}", "count": hits}] if hits else []
    covered = {volume for dump in saved.get("dumps", {}).values() for volume in dump.get("covers", [])}
    for volume, real in sorted(generations.in_use(name).items()):
        if volume not in covered:
            for path, hits in fulltext.in_folder(generations.place(real), wanted).items():
                found.append({"place": f"volume {volume}:{path}", "count": hits})
    return found


def export(name: str, subject: str) -> list[dict[str, Any]]:
    """Return [{name, bytes_base64, sha256}]: what each export command of the service prints of a person.

    Raise NotKnown when the service has none or prints nothing at all or more than MOST_EXPORTED, docker.Failed.
    """
    commands = recipes.gdpr_of(name).get("export", [])
    if not commands:
        raise NotKnown("no_export")
    files = []
    for number, command in enumerate(commands, 1):
        with docker.stream(recipes.words_of(name, command, subject=subject), cwd=layout.instance_dir(name)) as stream:
            content = stream.read(MOST_EXPORTED + 1)
            if len(content) > MOST_EXPORTED:
                raise NotKnown(f"too_large {command['in']}")
        files.append(
            {
                "name": f"{number}{ending(content)}",
                "bytes_base64": base64.b64encode(content).decode(),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
    if not any(base64.b64decode(each["bytes_base64"]).strip() for each in files):
        raise NotKnown(f"empty {commands[0]['in']}")  # whoever is known has at least a name: something failed silently
    return files


def ending(content: bytes) -> str:
    """Return the ending a file's name deserves, by what it begins with."""
    if content[257:262] == b"ustar":
        return ".tar"
    return ".json" if content.lstrip()[:1] in (b"{", b"[") else ".zip" if content[:4] == b"PK\x03\x04" else ".txt"


def erase(name: str, salt: str, names: list[str], chosen: list[str], dry_run: bool) -> dict[str, Any]:
    """Erase people from one instance. Return {erased, noted, left, seconds}.

    First the ledger (where there are backups), then the service, then the search: killed anywhere, the next run or
    restore finishes. With `dry_run` nothing changes. Raise NotKnown when the service has no way, docker.Failed.
    """
    started, recipe, service = time.monotonic(), recipes.gdpr_of(name), recipes.facts_of(name)["service"]
    if not recipe.get("erase"):
        raise NotKnown("no_erase")
    people = sorted({*chosen, *subjects(name, recipe, names)})
    every = [] if dry_run or not salt else sorted({*people, *names})  # without backups nothing comes back
    if not dry_run:
        erasures.add(name.partition("_")[0], salt, service, every)
        _erase(name, recipe["erase"], people)
        if people and recipes.restart(name):
            _erase(name, recipe["erase"], people)
    left = traces(name, needles([*names, *people]))
    seconds = round(time.monotonic() - started, 1)
    return {"erased": people, "noted": len(every), "left": left, "seconds": seconds}


def _erase(name: str, commands: list[dict[str, Any]], people: list[str]) -> None:
    for each in people:
        for command in commands:
            recipes.run(name, command, subject=each)
