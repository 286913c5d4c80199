"""Evidence without secrets: every known value is taken out of every text before it is kept."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

SHORTEST = 6
INSTEAD = "[secret]"
WORD = r"(?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|private[_-]?key|credentials?|session[_-]?id)"
KEY = re.compile(rf"(?i){WORD}[a-z_]*$|authorization$|^(?:set-)?cookie$")
# Written as name=value, name: value, "name": "value" or --name value; behind it what a header says first.
NAMED = re.compile(
    rf"(?i)((?:{WORD}[a-z_]*[\"']?\s*[=:]\s*|--{WORD}[a-z_-]*\s+|(?:authorization|cookie)[\"']?\s*:\s*)"
    r"(?:(?:bearer|basic|token|digest)\s+)?)(\"[^\"\n]*\"|'[^'\n]*'|[^\s,;}\]]+)"
)


def secrets_of(instances: Path) -> list[str]:
    """Return every value that lies in the secrets of the instances, and each longer line of those with several."""
    found: set[str] = set()
    for path in instances.glob("*/secrets/*"):
        try:
            text = path.read_text("utf-8", "replace")
        except OSError:
            continue
        found |= {part.strip() for part in (text, *text.splitlines()) if len(part.strip()) >= SHORTEST}
    return sorted(found, key=len, reverse=True)


class Scrub:
    """Takes known values out of texts."""

    def __init__(self, values: list[str]) -> None:
        self.known = re.compile("|".join(map(re.escape, values))) if values else None

    def text(self, text: str) -> str:
        """Return a text in which neither a known value nor what is called password, token or key can be read."""
        text = self.known.sub(INSTEAD, text) if self.known else text
        return NAMED.sub(rf"\g<1>{INSTEAD}", text)

    def data(self, value: Any) -> Any:
        """Return a JSON value in which every text is so: what is cleaned as one text would be no JSON any more."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: INSTEAD if _is_secret(key, item) else self.data(item) for key, item in value.items()}
        return [self.data(item) for item in value] if isinstance(value, list) else value


def _is_secret(key: str, value: Any) -> bool:
    return isinstance(value, str) and bool(value) and bool(KEY.search(key))


def redacted(environment: list[str]) -> list[str]:
    """Return the names of variables, without their values."""
    return [f"{each.partition('=')[0]}={INSTEAD}" for each in environment]
