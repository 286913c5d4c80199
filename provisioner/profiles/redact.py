"""A version of a needs profile that can be given away: without security, incidents, effects of tools and free text."""

import hashlib
import json
from typing import Any

from provisioner.load import Document
from provisioner.models.profile import EXTENSION
from provisioner.profiles.fields import entries, mapping
from provisioner.profiles.rules_people import maturity

Left = list[str]
SCORE = "security_basics"


def redact(data: dict[str, Any], *, anonymous: bool = False) -> tuple[dict[str, Any], Left]:
    """Given the data of a profile, return a copy without what is confidential, and JSON pointers of what was left out.

    Left out: the block `security` (the incidents are in it) and the score of the same, the effect of each tool, notes,
    labels, and extensions (x-...: nobody can know what they hold); with `anonymous` also the public name, the id, and
    importers that name a base. Where several tools bear the id 'other', numbers stand for their labels.
    """
    left: Left = []
    result = {key: value for key, value in data.items() if not (key == "security" or EXTENSION.match(key))}
    left += [f"/{key}" for key in data if key not in result]
    result = _without(result, "existing_tools", ("effect", "label"), left)
    result = _without_security_score(_numbered(result), left)
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


def _numbered(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data with a number as label for each of several tools that have no id of their own."""
    others = [index for index, item in entries(data, "existing_tools") if item.get("tool") == "other"]
    if len(others) < 2:
        return data
    items = list(data["existing_tools"])
    for number, index in enumerate(others, start=1):
        items[index] = {**items[index], "label": str(number)}
    return {**data, "existing_tools": items}


def _without_security_score(data: dict[str, Any], left: Left) -> dict[str, Any]:
    """Return the data without the score of security; without all scores where the others give another level."""
    block = mapping(data, "maturity")
    scores = mapping(block, "scores")
    if SCORE not in scores:
        return data
    rest = {key: value for key, value in scores.items() if key != SCORE}
    result = {**data, "maturity": {**block, "scores": rest}}
    if all(finding.code != "NP209" for finding in maturity(Document("", result), result)):
        left.append(f"/maturity/scores/{SCORE}")
        return result
    left.append("/maturity/scores")
    return {**data, "maturity": {key: value for key, value in block.items() if key != "scores"}}


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
