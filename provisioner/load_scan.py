"""Look over YAML text before it is composed (depth, size, anchors, tags), and read its scalars by YAML 1.2."""

from typing import Any

import yaml

from provisioner.i18n import _

MAX_DEPTH = 40
MAX_NODES = 20_000
Place = tuple[str, int, int]


def scan(text: str) -> tuple[dict[Place, str], list[int]]:
    """Return where anchors and tags stand and the lines of aliases.

    Raise a YAML error for text nested so deeply that the composer, which calls itself, would crash on it, and
    OverflowError for more values than any of our files has.
    """
    depth, count, aliases = 0, 0, list[int]()
    forbidden: dict[Place, str] = {}
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        mark: Any = event.start_mark
        count += isinstance(event, yaml.NodeEvent)
        if count > MAX_NODES:
            raise OverflowError
        if depth > MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem=_("nested too deeply"), problem_mark=mark)
        if isinstance(event, yaml.AliasEvent):
            aliases.append(mark.line + 1)
        elif isinstance(event, yaml.NodeEvent) and (event.anchor or getattr(event, "tag", None)):
            kind = type(event).__name__.removesuffix("Event").removesuffix("Start")
            forbidden[kind, mark.line, mark.column] = "anchor" if event.anchor else "tag"
            if event.anchor and getattr(event, "tag", None):
                forbidden[kind, mark.line, mark.column] = "anchor, tag"
    return forbidden, aliases


def scalar(node: yaml.Node) -> Any:
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
