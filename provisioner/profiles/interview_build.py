"""The answers of an interview -> the data of a needs profile. Pure. What nobody knew is listed in profile.assumed."""

import copy
from typing import Any

from provisioner.profiles.interview import Given, Material, Step, counts, described, large_enough, picked, steps, tools

IMPORTER = "interview"
ORDER = (
    "needs_profile", "profile", "organisation", "people", "maturity", "referents", "existing_tools", "needs",
    "connectivity", "hosting", "budget", "data_protection", "accessibility", "domain_email", "backups", "federation",
)  # fmt: skip
SKIPPED = ("count", "levels", "sensitive", "internal", "public", "health")
PRIORITIES = ("must", "not_now", "could")
SENSITIVITIES = ("health", "sensitive", "internal", "public")


def profile_data(material: Material, given: Given, date: str) -> dict[str, Any]:
    """Given complete answers and the date of the interview, return the data of a profile in the order of its blocks."""
    data: dict[str, Any] = {"needs_profile": "1.0"}
    assumed: list[str] = []
    for step in steps(material, given):
        if step.part.pointer and step.part.id not in SKIPPED:
            _put_answer(data, step, given.get(step.key), assumed)
    _people(data, material, given, assumed)
    data["maturity"]["measured_by"] = "self_declared"
    data["existing_tools"] = _tools(material, given, assumed)
    data["needs"] = _needs(material, given, assumed)
    _data_protection(data, assumed)
    _means(data, given, assumed)
    data["profile"].update(created=date, sources=[_source(given, date)], assumed=sorted(set(assumed)))
    return {name: data[name] for name in ORDER if data.get(name)}


def _put_answer(data: dict[str, Any], step: Step, value: Any, assumed: list[str]) -> None:
    part = step.part
    if value is None or value == "":
        if part.optional:
            return
        value = copy.deepcopy(part.default)
        assumed.append(step.pointer)
    elif part.kind == "number":
        value = _in_unit(value * part.factor)
    put(data, step.pointer, value)


def _in_unit(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 2)


def put(data: dict[str, Any], pointer: str, value: Any) -> None:
    """Set the value at a JSON pointer through mappings, which are made where they are missing."""
    *path, last = pointer.strip("/").split("/")
    for name in path:
        data = data.setdefault(name, {})
    data[last] = value


def _people(data: dict[str, Any], material: Material, given: Given, assumed: list[str]) -> None:
    people: dict[str, Any] = {}
    parts = {part.id: part for question in material.interview.questions for part in question.parts}
    for group in described(material, given):
        people[group] = {"count": counts(material, given)[group]}
        if given.get(f"count/{group}") is None:
            assumed.append(f"/people/{group}/count")
        if group not in large_enough(material, given):
            continue
        levels = given.get(f"levels/{group}")
        if levels is None:
            assumed.append(f"/people/{group}/skills")
        people[group]["skills"] = dict(parts["levels"].default if levels is None else levels)
        people[group]["skills_source"] = "unknown" if levels is None else "declared"
    total = sum(group["count"] for group in people.values())
    rest = data["people"]
    if rest["concurrent_users"] is None:
        rest["concurrent_users"] = max(1, -(-total // 10))
    data["people"] = {**people, **rest}


def _tools(material: Material, given: Given, assumed: list[str]) -> list[dict[str, Any]]:
    wanted, found = set(picked(material, given)), []
    asked = {step.key: step for step in steps(material, given) if step.part.each == "tool"}
    keys = [key.removeprefix("intent/") for key in asked if key.startswith("intent/")]
    for index, (used, key) in enumerate(zip(tools(material, given), keys, strict=True)):
        entry: dict[str, Any] = {"tool": used.tool}
        if used.tool == "other":
            entry["label"] = used.label
        covers = [need for need in used.needs if need in wanted] or used.needs
        if covers:
            entry["covers"] = covers
            assumed.append(f"/existing_tools/{index}/covers")
        for name in ("adoption", "intent"):
            step = asked[f"{name}/{key}"]
            value = given.get(step.key)
            if value is None:
                assumed.append(step.pointer)
            entry[name] = step.part.default if value is None else value
        if used.export:
            entry["export"] = used.export
        found.append(entry)
    return found


def _needs(material: Material, given: Given, assumed: list[str]) -> list[dict[str, Any]]:
    found = []
    for index, need in enumerate(picked(material, given)):
        mode = material.taxonomy.needs[need].mode
        alone = need in (given.get("other_audience") or [])
        audience = given.get(f"audience/{need}" if alone else f"common_audience/{mode}")
        if audience is None:
            assumed.append(f"/needs/{index}/audience")
            audience = cautious_audience(mode, described(material, given))
        found.append({
            "id": need,
            "priority": next((name for name in PRIORITIES if need in (given.get(name) or [])), "should"),
            "audience": audience,
            "data": next((name for name in SENSITIVITIES if need in (given.get(name) or [])), "personal"),
        })  # fmt: skip
    return found


def cautious_audience(mode: str, groups: list[str]) -> list[str]:
    """Return the widest audience a need of this mode usually has; for operators, those who do the work."""
    if mode == "R":
        return ["public"]
    if mode == "O":
        return [next(name for name in ("employees", "board", "volunteers", "members") if name in groups)]
    return [name for name in ("volunteers", "members") if name in groups]


def _data_protection(data: dict[str, Any], assumed: list[str]) -> None:
    """Health data in a need means health data in the association: complete what the answers left out."""
    block = data["data_protection"]
    if not any(need["data"] == "health" for need in data["needs"]):
        return
    if "health" not in block["special_categories"]:
        block["special_categories"] = ["health", *block["special_categories"]]
        assumed.append("/data_protection/special_categories")
    if block["health_context"] == "none":
        block["health_context"] = "incidental"
        assumed.append("/data_protection/health_context")


def _means(data: dict[str, Any], given: Given, assumed: list[str]) -> None:
    if data["hosting"]["kind"] == "offline_box" and given.get("mode") is None:
        data["connectivity"]["mode"] = "offline_lan"
    if data["hosting"]["kind"] == "lent_by_federation":
        data["hosting"]["operated_by"] = "federation"
        assumed.append("/hosting/operated_by")
    if given.get("backups") is None:
        assumed.append("/backups/destinations")
    data["backups"] = {"destinations": [{"kind": kind} for kind in given.get("backups") or []]}


def _source(given: Given, date: str) -> dict[str, Any]:
    source: dict[str, Any] = {"step": "interview", "date": date}
    if given.get("respondents") is not None:
        source["respondents"] = int(given["respondents"])
    if given.get("roles"):
        source["respondent_roles"] = list(given["roles"])
    return {**source, "importer": IMPORTER}
