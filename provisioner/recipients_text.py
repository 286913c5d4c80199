"""Add or take out a recipient in the text of stack.yaml; everything else, comments included, stays as it was. Pure."""

import json
from dataclasses import dataclass

import yaml

from provisioner.models.stack import Recipient


@dataclass(frozen=True)
class Place:
    """Where the list of recipients stands in a text: offsets of its items, and how it is written."""

    flow: bool
    column: int
    items: list[tuple[int, int]]


def with_recipient(text: str, new: Recipient) -> str | None:
    """Given the text of stack.yaml, return it with one more recipient at the end; None where there is no such list."""
    place = _place(text)
    if not place or not place.items:
        return None
    end = place.items[-1][1]
    pairs = {"key": new.key, "name": json.dumps(new.name, ensure_ascii=False)}
    pairs |= {"offline": "true"} if new.offline else {}
    if place.flow:
        return text[:end] + ", {" + ", ".join(f"{name}: {value}" for name, value in pairs.items()) + "}" + text[end:]
    newline = "\r\n" if "\r\n" in text else "\n"
    stop = _line_end(text, end)
    first, *rest = (f"{name}: {value}" for name, value in pairs.items())
    space = " " * place.column
    lines = [f"{space}- {first}", *(f"{space}  {line}" for line in rest)]
    before = text[:stop] if text[:stop].endswith("\n") else text[:stop] + newline
    return before + "".join(line + newline for line in lines) + text[stop:]


def without_recipient(text: str, number: int) -> str | None:
    """Given the text of stack.yaml and the number of an item, return it without; None where there is none."""
    place = _place(text)
    if not place or not 0 <= number < len(place.items) or len(place.items) == 1:
        return None
    start, end = place.items[number]
    if not place.flow:
        return text[: text.rfind("\n", 0, start) + 1] + text[_line_end(text, end) :]
    if number + 1 < len(place.items):
        return text[:start] + text[place.items[number + 1][0] :]
    return text[: place.items[number - 1][1]] + text[end:]


def comment_above(text: str, number: int) -> int:
    """Return the line (from 1) of a comment right above an item, which may speak of that person; 0 for none."""
    place = _place(text)
    if not place or place.flow:
        return 0
    lines = text[: place.items[number][0]].split("\n")[:-1]
    return len(lines) if lines and lines[-1].lstrip().startswith("#") else 0


def _line_end(text: str, offset: int) -> int:
    """Return where the line after the one of an offset begins."""
    found = text.find("\n", offset)
    return len(text) if found < 0 else found + 1


def _place(text: str) -> Place | None:
    """Return where the recipients stand. Offsets are those of the pure Python reader: they count characters."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    found = next((value for key, value in pairs if key.value == "recipients"), None)
    if not isinstance(found, yaml.SequenceNode):
        return None
    items = [(item.start_mark.index, _end(item)) for item in found.value]
    return Place(bool(found.flow_style), found.start_mark.column, items)


def _end(node: yaml.Node) -> int:
    """Return where a node's own text ends: a mapping in lines is told to end only where the next thing begins."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _end(node.value[-1][1])
    return int(node.end_mark.index)
