"""JSON text -> the same nodes that the YAML reader makes, so that a file in JSON gets lines and findings as well."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]

import yaml

from provisioner.i18n import _

BLANK = re.compile(r"[ \t\n\r]*")
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
WORDS = {"true": "bool", "false": "bool", "null": "null"}
TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class _Source:
    """The text, where its lines begin, and how deep values may lie."""

    text: str
    starts: list[int]
    max_depth: int

    def mark(self, at: int) -> yaml.Mark:
        line = bisect_right(self.starts, at) - 1
        return yaml.Mark("", at, line, at - self.starts[line], None, 0)

    def wrong(self, at: int, problem: str) -> yaml.MarkedYAMLError:
        return yaml.MarkedYAMLError(problem=problem, problem_mark=self.mark(at))


def compose_json(text: str, max_depth: int) -> yaml.Node:
    """Given JSON text, return its node. Raise MarkedYAMLError with the place for anything that is no JSON."""
    text = text.removeprefix("\ufeff")
    source = _Source(text, [0, *(found.end() for found in re.finditer("\n", text))], max_depth)
    node, at = _value(source, _skip(source, 0), 1)
    at = _skip(source, at)
    if at < len(text):
        raise source.wrong(at, _("something follows after the end"))
    return node


def _skip(source: _Source, at: int) -> int:
    found = BLANK.match(source.text, at)
    return found.end() if found else at


def _value(source: _Source, at: int, depth: int) -> tuple[yaml.Node, int]:
    first = source.text[at : at + 1]
    if depth > source.max_depth:
        raise source.wrong(at, _("nested too deeply"))
    if first == "{":
        return _collection(source, at, depth, "}")
    if first == "[":
        return _collection(source, at, depth, "]")
    if first == '"':
        return _string(source, at)
    for word, kind in WORDS.items():
        if source.text.startswith(word, at):
            return _scalar(source, kind, word, at, at + len(word))
    number = NUMBER.match(source.text, at)
    if not number:
        raise source.wrong(at, _("a value is expected here"))
    kind = "float" if number.group(1) or number.group(2) else "int"
    return _scalar(source, kind, number.group(), at, number.end())


def _scalar(source: _Source, kind: str, text: str, start: int, end: int) -> tuple[yaml.Node, int]:
    style = '"' if kind == "str" else None
    return yaml.ScalarNode(TAG + kind, text, source.mark(start), source.mark(end), style=style), end


def _string(source: _Source, at: int) -> tuple[yaml.Node, int]:
    try:
        text, end = scanstring(source.text, at + 1, True)
    except JSONDecodeError as error:
        raise source.wrong(error.pos, _("this text in quotes is not written as JSON wants it")) from error
    return _scalar(source, "str", text.encode("utf-8", "replace").decode(), at, end)


def _collection(source: _Source, start: int, depth: int, close: str) -> tuple[yaml.Node, int]:
    items: list[object] = []
    at = _skip(source, start + 1)
    while source.text[at : at + 1] != close:
        if items:
            if source.text[at : at + 1] != ",":
                raise source.wrong(at, _("a comma or '{close}' is expected here").format(close=close))
            at = _skip(source, at + 1)
        item, at = (_pair if close == "}" else _value)(source, at, depth + 1)
        items.append(item)
        at = _skip(source, at)
    kind, tag = (yaml.MappingNode, "map") if close == "}" else (yaml.SequenceNode, "seq")
    return kind(TAG + tag, items, source.mark(start), source.mark(at + 1), flow_style=True), at + 1


def _pair(source: _Source, at: int, depth: int) -> tuple[tuple[yaml.Node, yaml.Node], int]:
    if source.text[at : at + 1] != '"':
        raise source.wrong(at, _("a key in double quotes is expected here"))
    key, at = _string(source, at)
    at = _skip(source, at)
    if source.text[at : at + 1] != ":":
        raise source.wrong(at, _("a colon is expected here"))
    value, at = _value(source, _skip(source, at + 1), depth)
    return (key, value), at
