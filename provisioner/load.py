"""YAML or JSON file -> data with line numbers -> model. All errors of a file at once, each with its place."""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from yaml.reader import Reader

from provisioner.errors import Finding, InputError
from provisioner.explain import code_of, explain, read_problem, shown, yaml_problem
from provisioner.i18n import _
from provisioner.load_json import compose_json
from provisioner.load_scan import MAX_DEPTH, MAX_NODES, Place, scalar, scan

MAX_BYTES = 256 * 1024
MAX_FAULTS = 1000
SUGGESTED = 200
Path_ = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Span:
    """Where a value of one line stands in the text: line and columns from 0, and whether it has no quotes."""

    line: int
    start: int
    end: int
    plain: bool


@dataclass
class Document:
    """The data of one file, line and place of each value by its path, and what was wrong with the YAML itself."""

    file: str
    data: Any = None
    lines: dict[Path_, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    text: str = ""
    spans: dict[Path_, Span] = field(default_factory=dict)

    def line(self, path: Path_) -> int:
        """Return the line of a path, or of its nearest parent that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def finding(self, path: Path_, message: str, code: str = "", severity: str = "error") -> Finding:
        """Return a finding at a path of this document."""
        return Finding(message, self.file, self.line(path), pointer(path), code, severity, json_pointer(path))


@dataclass(frozen=True)
class Fault:
    """One refusal of a model: the path in the file, and what pydantic says."""

    path: Path_
    error: dict[str, Any]


def pointer(path: Path_) -> str:
    """Return a path in the form people read: services.etherpad.settings[0]."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else (f".{shown(part)}" if text else shown(part))
    return text


def json_pointer(path: Path_) -> str:
    """Return a path as a JSON pointer (RFC 6901): /services/etherpad/settings/0."""
    return "".join("/" + shown(str(part)).replace("~", "~0").replace("/", "~1") for part in path)


def load_yaml(path: Path, *, anchors: bool = False) -> Document:
    """Given a file, return its Document. Raise InputError when it cannot be read or is no YAML at all.

    Booleans are those of YAML 1.2 (only true and false); duplicate keys and tags are findings, and so are anchors
    unless allowed (Compose files use them). A file called .json is read as JSON.
    """
    try:
        raw = read_bytes(path, MAX_BYTES)
    except (OSError, ValueError) as error:
        message = _("cannot be read: {reason}").format(reason=read_problem(error))
        raise _unusable(Finding(message, str(path), code="NP199")) from error
    if len(raw) > MAX_BYTES:
        raise _unusable(Finding(_("the file is larger than 256 KiB"), str(path), 1, code="NP001"))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        message = _("this is not a text in UTF-8: save the file with this encoding")
        raise _unusable(Finding(message, str(path), raw[: error.start].count(b"\n") + 1, code="NP199")) from error
    return read_text(text, str(path), anchors=anchors)


def read_bytes(path: Path, most: int) -> bytes:
    """Given a file, return its first bytes: one more than `most` where it is longer. Raise OSError or ValueError.

    A pipe or a device is refused, for it may never end, or never begin.
    """
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
        mode = os.fstat(stream.fileno()).st_mode
        if not stat.S_ISREG(mode):
            raise OSError(_("Is a directory") if stat.S_ISDIR(mode) else _("this is no ordinary file"))
        return stream.read(most + 1)


def read_text(text: str, file: str, *, anchors: bool = False) -> Document:
    """Given the text of a file and its name, return its Document. Raise InputError where it is no YAML (or JSON)."""
    document, json = Document(file, text=text), file.lower().endswith(".json")
    forbidden: dict[Place, str] = {}
    aliases: list[int] = []
    try:
        if json and text.count(",") + text.count(":") > MAX_NODES:
            raise OverflowError
        if not json:
            forbidden, aliases = scan(text)
        node = compose_json(text, MAX_DEPTH) if json else yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.MarkedYAMLError, yaml.reader.ReaderError) as error:
        raise _unusable(_syntax_error(error, document, json)) from error
    except OverflowError as error:
        raise _unusable(Finding(_too_many(), file, 1, code="NP001")) from error
    if anchors:  # tags never: Compose obeys !reset, which takes away what we would judge, and !!binary hides it
        forbidden = {place: "tag" for place, found in forbidden.items() if "tag" in found}
    builder = _Builder(document, anchors, forbidden, aliases)
    document.data = builder.value(node, ()) if node else None
    return document


def load_model(path: Path, model: type[M]) -> M:
    """Given a file and a model, return the model. Raise InputError with every finding of the file."""
    return model_from(load_yaml(path), model)


def model_from(document: Document, model: type[M]) -> M:
    """Given a document, return the model. Raise InputError with every finding, those of the YAML included."""
    result, faults = judged(document, model)
    findings = document.findings + [
        document.finding(fault.path, explain(fault.error, model, near=number < SUGGESTED), code_of(fault.error))
        for number, fault in enumerate(faults)
    ]
    if findings or result is None:
        raise InputError(_("The input cannot be used."), findings)
    return result


def judged(document: Document, model: type[M]) -> tuple[M | None, list[Fault]]:
    """Given a document, return the model, or what it refuses: the first thousand faults of the file by line."""
    try:
        return model.model_validate(document.data if document.data is not None else {}), []
    except ValidationError as error:
        faults = [Fault(_real(document, item["loc"]), dict(item)) for item in error.errors(include_url=False)]
        faults.sort(key=lambda fault: document.line(fault.path))
        return None, faults[:MAX_FAULTS]


def _real(document: Document, location: tuple[str | int, ...]) -> Path_:
    """Drop from pydantic's location the parts that name a branch of a union rather than a place in the file."""
    path: Path_ = ()
    for part in location:
        if (*path, part) in document.lines:
            path = (*path, part)
    missing = bool(location) and (*path, location[-1]) not in document.lines and isinstance(location[-1], str)
    return (*path, location[-1]) if missing and (not path or path[-1] != location[-1]) else path


def _unusable(finding: Finding) -> InputError:
    return InputError(_("The input cannot be used."), [finding])


def _too_many() -> str:
    return _("more than {count} values, or one that grows without end").format(count=MAX_NODES)


def _syntax_error(error: Exception, document: Document, json: bool) -> Finding:
    mark, forbidden = getattr(error, "problem_mark", None), None
    problem = str(getattr(error, "problem", None) or error)
    if isinstance(error, yaml.reader.ReaderError):
        problem, forbidden = "control characters are not allowed", Reader.NON_PRINTABLE.search(document.text)
    line = document.text.count("\n", 0, forbidden.start()) if forbidden else mark.line if mark else 0
    text = _("this is not valid JSON: {reason}") if json else _("this is not valid YAML: {reason}")
    return Finding(text.format(reason=yaml_problem(problem)), document.file, line + 1, code="NP199")


class _Builder:
    """Turn YAML nodes into plain data while noting lines, duplicate keys, anchors and tags."""

    def __init__(self, document: Document, anchors: bool, forbidden: dict[Place, str], aliases: list[int]) -> None:
        self.document, self.anchors, self.forbidden = document, anchors, forbidden
        self.aliases = iter(aliases)
        self.seen: set[int] = set()
        self.open: set[int] = set()
        self.count = 0

    def value(self, node: yaml.Node, path: Path_) -> Any:
        line = node.start_mark.line + 1
        self.document.lines.setdefault(path, line)
        self.count += 1
        if self.count > MAX_NODES:
            if self.count == MAX_NODES + 1:
                self._add(path, line, _too_many(), "NP002" if self.anchors else "NP001")
            return None
        if self._refused(node, path):
            return None
        if id(node) in self.open:
            self._add(path, line, _("this refers to itself, or grows without end"))
            return None
        self.open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, path)
            if isinstance(node, yaml.SequenceNode):
                return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
            self._span(node, path)
            return scalar(node)
        finally:
            self.open.discard(id(node))

    def _refused(self, node: yaml.Node, path: Path_) -> bool:
        """Tell of anchors, aliases and tags where they are not allowed; True for such an alias, which has no value."""
        message = _("anchors and aliases are not allowed here: write the value out")
        if id(node) in self.seen and not self.anchors:
            self._add(path, next(self.aliases, self.document.line(path)), message)
            return True
        self.seen.add(id(node))
        mark = node.start_mark
        found = self.forbidden.get((type(node).__name__.removesuffix("Node"), mark.line, mark.column))
        if found:
            tag = _("tags such as !!str are not allowed here: write the plain value")
            self._add(path, mark.line + 1, tag if found == "tag" else message)
        return False

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        first: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._add(path, line, _("a key must be a word, not a list or a mapping"), "NP105")
                continue
            key = str(key_node.value)
            self._refused(key_node, (*path, key))
            if key == "<<" and self.anchors and key not in first:
                first[key] = line
                self.document.lines[(*path, key)] = line
                result = {**self._merged(value_node, path, line), **result}
                continue
            if key in first:
                text = _("key '{key}' appears twice (first on line {line})").format(key=shown(key), line=first[key])
                self._add((*path, key), line, text, "NP003")
                if key == "<<" and self.anchors:
                    continue
            first.setdefault(key, line)
            self.document.lines[(*path, key)] = line
            result[key] = self.value(value_node, (*path, key))
        return result

    def _merged(self, node: yaml.Node, path: Path_, line: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for part in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            found = self.value(part, path)
            if isinstance(found, dict):
                result = {**found, **result}
            else:
                self._add((*path, "<<"), line, _("'<<' merges mappings only"))
        return result

    def _span(self, node: yaml.Node, path: Path_) -> None:
        start, end = node.start_mark, node.end_mark
        if start.line == end.line:
            self.document.spans[path] = Span(start.line, start.column, end.column, not getattr(node, "style", None))

    def _add(self, path: Path_, line: int, message: str, code: str = "NP002") -> None:
        found = Finding(message, self.document.file, line, pointer(path), code, pointer=json_pointer(path))
        self.document.findings.append(found)
