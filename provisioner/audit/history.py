"""Scorecards kept beside stack.yaml: audits/<host>/<UTC time>.json, for the operator alone."""

import os
import re
from itertools import count
from pathlib import Path

from pydantic import ValidationError

from provisioner.errors import InputError
from provisioner.host.layout import write
from provisioner.i18n import _
from provisioner.models.scorecard import Scorecard

FOLDER = "audits"
NAME = re.compile(r"20\d\d-\d\d-\d\dT\d\d-\d\d-\d\dZ")
MOST_BYTES = 20_000_000


def keep(folder: Path, card: Scorecard) -> Path:
    """Write a scorecard where it belongs, atomically, for our eyes only; return its path."""
    home = folder / FOLDER / card.host
    home.mkdir(parents=True, exist_ok=True)
    for private in (folder / FOLDER, home):
        private.chmod(0o700)
    stem = card.time.replace(":", "-")
    fresh = home / f".{stem}.{os.getpid()}.new"
    write(fresh, card.model_dump_json(indent=1) + os.linesep, 0o600)
    try:
        for number in count(1):
            path = home / (f"{stem}.json" if number == 1 else f"{stem}-{number}.json")
            try:
                os.link(fresh, path)  # unlike a renaming, never over what another audit wrote in that second
            except FileExistsError:
                continue
            except OSError:  # a file system without links
                if path.exists():
                    continue
                fresh.replace(path)
            return path
    finally:
        fresh.unlink(missing_ok=True)
    raise AssertionError


def read(folder: Path, host: str) -> tuple[list[Scorecard], list[Path]]:
    """Return the scorecards of a host, oldest first, and the files there that are none."""
    cards, strange = [], []
    for path in sorted((folder / FOLDER / host).glob("*.json")):
        try:
            cards.append(read_one(path, host))
        except InputError:
            strange.append(path)
    return sorted(cards, key=lambda card: card.time), strange


def lost(cards: list[Scorecard], strange: list[Path]) -> list[Path]:
    """Given what `read` returned, return the damaged files that are younger than every scorecard.

    What got worse since then cannot be told.
    """
    last = cards[-1].time.replace(":", "-") if cards else ""
    return [path for path in strange if NAME.match(path.name) and path.stem >= last]


def read_one(path: Path, host: str = "") -> Scorecard:
    """Return one scorecard. Raise InputError when the file is none, or is one of another host."""
    try:
        with path.open("rb") as stream:
            card = Scorecard.model_validate_json(stream.read(MOST_BYTES))
    except OSError as error:
        raise InputError(_("{path} cannot be read: {reason}").format(path=path, reason=error.strerror)) from error
    except ValidationError as error:
        why = str(error.errors()[0]["msg"])
        raise InputError(_("{path} is no scorecard: {reason}").format(path=path, reason=why)) from error
    if host and card.host != host:
        text = _("{path} is a scorecard of host {other}, not of {host}")
        raise InputError(text.format(path=path, other=card.host, host=host))
    return card
