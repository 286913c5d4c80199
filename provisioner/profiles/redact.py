"""A version of a needs profile that can be given away: without security, incidents, effects of tools and free text."""

import hashlib
import json
from typing import Any

from provisioner.models.profile import EXTENSION
from provisioner.profiles.fields import entries, mapping

Left = list[str]


def redact(data: dict[str, Any], *, anonymous: bool = False) -> tuple[dict[str, Any], Left]:
    """Given the data of a profile, return a copy without what is confidential, and JSON pointers of what was left out.

    Left out: the block `security` (the incidents are in it), the effect of each tool, notes, labels and extensions;
    with `anonymous` also the public name, the id, and importers that name a base.
    """
    left: Left = []
    result = {key: value for key, value in data.items() if not (key == "security" or EXTENSION.match(key))}
    left += [f"/{key}" for key in data if key not in result]
    result = _without(result, "existing_tools", ("effect", "label"), left)
    result = _without(result, "needs", ("note",), left)
    if anonymous:
        result = _anonymous(result, data, left)
    about = mapping(result, "profile")
    if isinstance(about.get("assumed"), list):
        gone = tuple(left)
        kept = [place for place in about["assumed"] if not (isinstance(place, str) and _lies_under(place, gone))]
        result = {**result, "profile": {**about, "assumed": kept}}
    return result, left


def _without(data: dict[str, Any], name: str, fields: tuple[str, ...], left: Left) -> dict[str, Any]:
    """Return the data with some fields taken out of every entry of a list."""
    if not isinstance(data.get(name), list):
        return data
    items = list(data[name])
    for index, item in entries(data, name):
        items[index] = {key: value for key, value in item.items() if key not in fields}
        left += [f"/{name}/{index}/{key}" for key in item if key in fields]
    return {**data, name: items}


def _anonymous(data: dict[str, Any], original: dict[str, Any], left: Left) -> dict[str, Any]:
    organisation, about = mapping(data, "organisation"), mapping(data, "profile")
    result = dict(data)
    if "public_name" in organisation:
        left.append("/organisation/public_name")
        result["organisation"] = {key: value for key, value in organisation.items() if key != "public_name"}
    if "id" in about:
        whole = json.dumps(original, sort_keys=True, default=str).encode()
        left.append("/profile/id")
        about = {**about, "id": f"anonymous-{hashlib.sha256(whole).hexdigest()[:8]}"}
    if isinstance(about.get("sources"), list):
        sources = list(about["sources"])
        for index, item in entries(about, "sources"):
            if str(item.get("importer", "")).startswith("base."):
                left.append(f"/profile/sources/{index}/importer")
                sources[index] = {key: value for key, value in item.items() if key != "importer"}
        about = {**about, "sources": sources}
    return {**result, "profile": about} if about else result


def _lies_under(place: str, gone: tuple[str, ...]) -> bool:
    return any(place == each or place.startswith(f"{each}/") for each in gone)
