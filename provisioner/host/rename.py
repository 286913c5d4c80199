"""Give a restored instance another name, domain or port, from its own files: the catalog may not know it now. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

FILES = (".env", "instance.json", "route.open.caddy", "route.closed.caddy")


@dataclass(frozen=True)
class Identity:
    """What an instance is called: its name, association, main domain, and slot -> port."""

    instance: str
    association: str
    domain: str
    ports: dict[str, int] = field(default_factory=dict)


def renamed(texts: dict[str, str], old: Identity, new: Identity) -> dict[str, str]:
    """Given the texts of an instance's files (those in FILES), return them with the new identity."""
    result = {}
    moves = _ports(old, new)
    for path, text in texts.items():
        changed = text.replace(old.domain, new.domain) if old.domain else text
        changed = re.sub(rf"(?<![\w-]){re.escape(old.instance)}(?![\w-])", new.instance, changed)
        if path == "instance.json":
            changed = _association(changed, old.association, new.association)
        else:
            pattern = r'^(HTTP_PORT(?:_\d+)?=")(\d+)(")' if path == ".env" else r"(127\.0\.0\.1:)(\d+)(\b)"
            changed = re.sub(pattern, lambda m: f"{m[1]}{moves.get(m[2], m[2])}{m[3]}", changed, flags=re.M)
        result[path] = changed
    return result


def _ports(old: Identity, new: Identity) -> dict[str, str]:
    """Return old port -> new port, slot by slot: an instance's own, then name#2 and on."""
    by_way = {slot.partition("#")[2]: port for slot, port in new.ports.items()}
    return {str(port): str(by_way.get(slot.partition("#")[2], port)) for slot, port in old.ports.items()}


def _association(text: str, old: str, new: str) -> str:
    facts = json.loads(text)
    if facts.get("association") == old:
        facts["association"] = new
    return json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
