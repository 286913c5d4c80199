"""YAML file -> data with line numbers -> model. All errors of a file at once, each with its place."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from provisioner.errors import Finding, InputError
from provisioner.explain import explain
from provisioner.i18n import _

MAX_BYTES = 256 * 1024
MAX_DEPTH = 40
MAX_NODES = 50_000
Path_ = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


@dataclass
class Document:
    """The data of one YAML file, the line of each value by its path, and what was wrong with the YAML itself."""

    file: str
    data: Any = None
    lines: dict[Path_, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def line(self, path: Path_) -> int:
        """Return the line of a path, or of its nearest parent that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def finding(self, path: Path_, message: str, code: str = "", severity: str = "error") -> Finding:
        """Return a finding at a path of this document."""
        return Finding(message, self.file, self.line(path), pointer(path), code, severity)


def pointer(path: Path_) -> str:
    """Return a path in the form people read: services.etherpad.settings[0]."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else str(part))
    return text


def load_yaml(path: Path, *, anchors: bool = False) -> Document:
    """Given a file, return its Document. Raise InputError when it cannot be read or is no YAML at all.

    Booleans are those of YAML 1.2 (only true and false), duplicate keys are findings, and so are anchors
    unless allowed (Compose files use them).
    """
    document = Document(str(path))
    try:
        raw = path.read_bytes()
    except OSError as error:
        message = _("cannot be read: {reason}").format(reason=error.strerror)
        raise InputError(_("The input cannot be used."), [Finding(message, str(path))]) from error
    if len(raw) > MAX_BYTES:
        document.findings.append(Finding(_("the file is larger than 256 KiB"), str(path), 1, code="NP001"))
        raise InputError(_("The input cannot be used."), document.findings)
    try:
        text = raw.decode("utf-8")
        _refuse_depth(text)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.MarkedYAMLError, yaml.reader.ReaderError, UnicodeDecodeError) as error:
        raise InputError(_("The input cannot be used."), [_yaml_error(error, str(path))]) from error
    document.data = _Builder(document, anchors).value(node, ()) if node else None
    return document


def load_model(path: Path, model: type[M]) -> M:
    """Given a file and a model, return the model. Raise InputError with every finding of the file."""
    return model_from(load_yaml(path), model)


def model_from(document: Document, model: type[M]) -> M:
    """Given a document, return the model. Raise InputError with every finding, those of the YAML included."""
    findings, result = list(document.findings), None
    try:
        result = model.model_validate(document.data if document.data is not None else {})
    except ValidationError as error:
        findings += [
            document.finding(_real(document, item["loc"]), explain(dict(item), model))
            for item in error.errors(include_url=False)
        ]
    if findings or result is None:
        raise InputError(_("The input cannot be used."), findings)
    return result


def _real(document: Document, location: tuple[str | int, ...]) -> Path_:
    """Drop from pydantic's location the parts that name a branch of a union rather than a place in the file."""
    path: Path_ = ()
    for part in location:
        if (*path, part) in document.lines:
            path = (*path, part)
    missing = bool(location) and (*path, location[-1]) not in document.lines and isinstance(location[-1], str)
    return (*path, location[-1]) if missing and (not path or path[-1] != location[-1]) else path


def _yaml_error(error: Exception, file: str) -> Finding:
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or str(error)
    return Finding(_("this is not valid YAML: {reason}").format(reason=reason), file, mark.line + 1 if mark else 1)


def _refuse_depth(text: str) -> None:
    """Raise a YAML error for text nested so deeply that the parser, which calls itself, would crash on it."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            mark: Any = event.start_mark
            raise yaml.MarkedYAMLError(problem=_("nested too deeply"), problem_mark=mark)


class _Builder:
    """Turn YAML nodes into plain data while noting lines, duplicate keys and anchors."""

    def __init__(self, document: Document, anchors: bool) -> None:
        self.document, self.anchors = document, anchors
        self.seen: set[int] = set()
        self.open: set[int] = set()
        self.count = 0

    def value(self, node: yaml.Node, path: Path_) -> Any:
        line = node.start_mark.line + 1
        self.document.lines.setdefault(path, line)
        if id(node) in self.seen and not self.anchors:
            self._add(path, line, _("anchors and aliases are not allowed here: write the value out"), "NP002")
            return None
        self.seen.add(id(node))
        self.count += 1
        if id(node) in self.open or self.count > MAX_NODES:
            self._add(path, line, _("this refers to itself, or grows without end"), "NP002")
            return None
        self.open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, path)
            if isinstance(node, yaml.SequenceNode):
                return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
            return _scalar(node)
        finally:
            self.open.discard(id(node))

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        first: dict[str, int] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key == "<<":
                merged = value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
                for part in merged:
                    found = self.value(part, path)
                    if isinstance(found, dict):
                        result = {**found, **result}
                    else:
                        self._add((*path, key), line, _("'<<' merges mappings only"), "NP002")
                continue
            if key in first:
                text = _("key '{key}' appears twice (first on line {line})").format(key=key, line=first[key])
                self._add((*path, key), line, text, "NP003")
            first[key] = line
            self.document.lines[(*path, key)] = line
            result[key] = self.value(value_node, (*path, key))
        return result

    def _add(self, path: Path_, line: int, message: str, code: str) -> None:
        self.document.findings.append(Finding(message, self.document.file, line, pointer(path), code))


def _scalar(node: yaml.Node) -> Any:
    """Return a scalar by the rules of YAML 1.2: `no`, `on` and dates stay text."""
    text, tag = str(node.value), node.tag
    if tag == "tag:yaml.org,2002:bool":
        return {"true": True, "false": False}.get(text.lower(), text)
    if tag == "tag:yaml.org,2002:null":
        return None
    try:
        if tag == "tag:yaml.org,2002:int":
            return int(text)
        if tag == "tag:yaml.org,2002:float":
            return float(text)
    except ValueError:
        return text
    return text
