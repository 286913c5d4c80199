"""A host in this process that answers person_find, person_export and person_erase as the host program does."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from provisioner.bundle import Bundle
from provisioner.errors import ProvisionerError


@dataclass
class FakeHost:
    """Instances: name -> people (subject -> text) and texts of others (place -> text). `after` is told each command."""

    people: dict[str, dict[str, str]]
    others: dict[str, dict[str, str]] = field(default_factory=dict)
    without: set[str] = field(default_factory=set)
    down: set[str] = field(default_factory=set)
    after: Callable[[str, str], None] = lambda _command, _instance: None
    asked: list[tuple[str, str]] = field(default_factory=list)
    ledger: set[tuple[str, str]] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    kept: dict[str, list[str]] = field(default_factory=dict)

    def ask(self, bundle: Bundle, command: str, request: dict[str, Any]) -> dict[str, Any]:
        """Answer as remote.ask does."""
        host = bundle.stack.host.name
        if host in self.down:
            raise ProvisionerError(f"host {host} cannot be reached")
        json.dumps(request)
        instance = str(request.get("instance", ""))
        self.asked.append((command, instance))
        answer: dict[str, Any] = getattr(self, f"_{command}")(request)
        self.after(command, instance)
        return dict(json.loads(json.dumps(answer)))

    def traces(self, name: str, names: list[str]) -> list[dict[str, Any]]:
        """Search as the host does: the number of times a name stands in a place."""
        texts = {f"volume data:{who}/1.txt": f"{who} {text}" for who, text in self.people[name].items()}
        texts |= self.others.get(name, {})
        found = {place: sum(text.casefold().count(each.casefold()) for each in names) for place, text in texts.items()}
        return [{"place": place, "count": count} for place, count in sorted(found.items()) if count]

    def subjects(self, name: str, names: list[str]) -> list[str]:
        """Return those accounts that are one of the names."""
        wanted = {each.casefold() for each in names}
        return sorted(who for who in self.people[name] if who.casefold() in wanted and name not in self.without)

    def _person_find(self, request: dict[str, Any]) -> dict[str, Any]:
        names, there = (
            request["person"]["names"],
            [n for n in self.people if n.partition("_")[0] in request["associations"]],
        )
        return {"instances": {name: {
            "service": name.partition("_")[2], "subjects": self.subjects(name, names),
            "traces": self.traces(name, names), "adapter": name not in self.without, "seconds": 0.1,
        } for name in there if name not in self.failed},
            "failed": self.failed, "removed": self.removed, "kept": self.kept}  # fmt: skip

    def _person_export(self, request: dict[str, Any]) -> dict[str, Any]:
        text = self.people[request["instance"]][request["subject"]]
        content = json.dumps({"user": request["subject"], "text": text}).encode()
        digest = hashlib.sha256(content).hexdigest()
        return {"files": [{"name": "1.json", "bytes_base64": base64.b64encode(content).decode(), "sha256": digest}]}

    def _person_erase(self, request: dict[str, Any]) -> dict[str, Any]:
        name, names = request["instance"], request["person"]["names"]
        gone = sorted({*request["subjects"], *self.subjects(name, names)})
        self.ledger |= {(name, each) for each in (*gone, *names)}
        for each in gone:
            self.people[name].pop(each, None)
        left = self.traces(name, [*names, *gone])
        return {"erased": gone, "noted": len(gone), "left": left, "seconds": 0.1, "kept": {}}
