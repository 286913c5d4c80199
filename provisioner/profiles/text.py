"""A profile's data as text: YAML that people read and that every YAML reader takes alike, or JSON."""

import json
from typing import Any

import yaml

from provisioner.models.profile import Profile

WIDTH = 120


class _Dumper(yaml.SafeDumper):
    """Versions and dates in double quotes, as in the examples; no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    quoted = value[:1].isdigit() or value.lower() in ("y", "n", "") or value[:1] == "."
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"' if quoted else None)


_Dumper.add_representer(str, _text)


def profile_text(data: dict[str, Any], *, as_json: bool = False) -> str:
    """Given the data of a profile, return its text: blocks in the order of the format, extensions at the end."""
    order = [name for name in Profile.model_fields if name in data]
    ordered = {name: data[name] for name in [*order, *(name for name in data if name not in order)]}
    if as_json:
        return json.dumps(ordered, indent=1, ensure_ascii=False) + "\n"
    form: dict[str, Any] = {"sort_keys": False, "allow_unicode": True, "width": WIDTH, "default_flow_style": None}
    return str(yaml.dump(ordered, Dumper=_Dumper, **form))
