"""The ledger of erased people: hashes only, kept apart from what backups hold, applied again after every restore."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import docker, layout, recipes, settings
from .fill import fill_text

Execute = Callable[[str, list[str]], str]
FILE = "ledger.jsonl"


def folder(association: str) -> Path:
    """Return the folder of an association's ledger."""
    path = layout.state_root() / "erasures" / association
    path.mkdir(parents=True, exist_ok=True)
    return path


def salt_of(association: str) -> str:
    """Return what an association's ledger is hashed with; it lies beside the backup's keys: "" without backups."""
    path = settings.folder_of(association) / "secrets" / "erasure_salt"
    return path.read_text() if path.is_file() else ""


def hashed(salt: str, service: str, subject: str) -> str:
    """Return the keyed hash (HMAC-SHA256) of a person's identifier in a service; not to be guessed without the salt."""
    return hmac.new(salt.encode(), f"{service}\0{folded(subject)}".encode(), hashlib.sha256).hexdigest()


def folded(text: str) -> str:
    """Return a name as it is compared: one spelling of accents, no upper case, no space around."""
    return unicodedata.normalize("NFC", text).casefold().strip()


def add(association: str, salt: str, service: str, subjects: list[str]) -> None:
    """Note that somebody, under all of these names, was or is about to be erased from a service now."""
    now = int(time.time())
    merge(association, [{"time": now, "service": service, "subject": hashed(salt, service, each)} for each in subjects])


def read(association: str) -> list[dict[str, Any]]:
    """Return the ledger, oldest first. A last line that was cut short by a power cut does not count."""
    path = folder(association) / FILE
    found = []
    for line in path.read_text("utf-8").splitlines() if path.is_file() else []:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def merge(association: str, entries: list[dict[str, Any]]) -> None:
    """Write the ledger: every entry once, none ever lost, whoever else writes to it."""
    with layout.alone():
        rows = {json.dumps(each, sort_keys=True): each for each in [*read(association), *entries]}
        text = "".join(row + "\n" for row, each in sorted(rows.items(), key=lambda item: item[1]["time"]))
        layout.write(folder(association) / FILE, text, 0o600)


def replay(
    association: str, salt: str, service: str, since: int, recipe: dict[str, Any], execute: Execute,
    values: dict[str, str] | None = None,
) -> int:  # fmt: skip
    """Erase again whoever was erased since the data was backed up and is known in it. Return how many people that were.

    `since` is the time of the backup: names may be given anew later. `recipe` is the service's gdpr part: `subjects`
    prints who is known, `erase` takes one of them; `values` is what else its words name. Raise what `execute` raises: a
    restore that cannot erase again must not be opened.
    """
    wanted = {each["subject"] for each in read(association) if each["service"] == service and each["time"] >= since}
    listing = recipe.get("subjects")
    if not wanted or not listing:
        return 0
    known = [line for line in execute(listing["in"], listing["run"]).splitlines() if line.strip()]
    found = [subject for subject in known if hashed(salt, service, subject) in wanted]
    for subject in found:
        for command in recipe.get("erase", []):
            execute(command["in"], [fill_text(word, {**(values or {}), "subject": subject}) for word in command["run"]])
    return len(found)


def replay_live(name: str, since: int) -> int:
    """Erase again from a running instance whoever was erased since `since`. Return how many. Raise docker.Failed."""
    association, facts = name.partition("_")[0], recipes.facts_of(name)
    values = facts.get("variables", {})

    def execute(container: str, words: list[str]) -> str:
        return docker.run(docker.execute(container, words), cwd=layout.instance_dir(name), timeout=1800)

    def once() -> int:
        return replay(association, salt, str(facts.get("service", "")), since, recipes.gdpr_of(name), execute, values)

    salt = salt_of(association)
    found = once()
    if found and recipes.restart(name):
        once()
    return found
