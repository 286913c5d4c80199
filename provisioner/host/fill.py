"""Fill {names} in commands and requests. Only names we know are replaced: other braces belong to the command."""

from __future__ import annotations

import re
from typing import Any

NAME = re.compile(r"\{((?:secret\.|setting\.|person\.)?[A-Za-z_][A-Za-z0-9_]*)\}")


def fill_text(text: str, values: dict[str, str]) -> str:
    """Return the text with every known {name} replaced by its value."""
    return NAME.sub(lambda match: values.get(match.group(1), match.group(0)), text)


def fill_command(words: list[str], facts: dict[str, Any]) -> list[str]:
    """Return a command with the instance's facts filled in (see instance.json: variables)."""
    return [fill_text(word, facts.get("variables", {})) for word in words]


def fill_any(value: Any, values: dict[str, str]) -> Any:
    """Return a JSON value with every text in it filled in."""
    if isinstance(value, str):
        return fill_text(value, values)
    if isinstance(value, dict):
        return {key: fill_any(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [fill_any(item, values) for item in value]
    return value
