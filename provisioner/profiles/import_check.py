"""Does a map fit an export and the profile? All findings at the lines of the map. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any, get_args

from pydantic import BaseModel

from provisioner.aliases import fold
from provisioner.errors import Finding
from provisioner.explain import shown, suggest
from provisioner.i18n import _
from provisioner.load import Document
from provisioner.models.import_map import ColumnRule, ImportMap
from provisioner.models.profile import Profile
from provisioner.models.profile_base import Need
from provisioner.profiles.fields import LEVELS
from provisioner.profiles.import_join import Joined
from provisioner.profiles.import_table import Table
from provisioner.profiles.rules_privacy import holds_person

NEEDS: tuple[str, ...] = get_args(Need)
NEED_FIELDS = ("priority", "audience", "data", "frequency")
FORBIDDEN = ("/profile/sources", "/profile/assumed", "/needs_profile")


def map_findings(document: Document, rules: ImportMap, table: Table, dropped: set[int]) -> list[Finding]:
    """Given the map as document and model, the table and its dropped columns, return all that does not fit."""
    findings: list[Finding] = []
    first: dict[str, int] = {}
    for index, rule in enumerate(rules.columns):
        for path, text in _wrong_rule(rule, table, dropped):
            findings.append(document.finding(("columns", index, *path), text))
        if rule.to in first and rule.to != "/existing_tools":
            text = _("'{to}' is filled by column entry {first} already").format(to=rule.to, first=first[rule.to] + 1)
            findings.append(document.finding(("columns", index, "to"), text))
        first.setdefault(rule.to, index)
    for pointer in rules.constants:
        if text := _wrong_place(pointer):
            findings.append(document.finding(("constants", pointer), text))
    return findings


def column_of(table: Table, name: str) -> list[int]:
    """Return the numbers of the columns with this header; case, accents and punctuation do not matter."""
    exact = [index for index, header in enumerate(table.headers) if header == name]
    return exact or [index for index, header in enumerate(table.headers) if fold(header) == fold(name)]


def _wrong_rule(rule: ColumnRule, table: Table, dropped: set[int]) -> Iterator[tuple[tuple[str, ...], str]]:
    places: list[tuple[tuple[str, ...], str]] = [(("column",), rule.column)]
    if rule.where:
        places.append((("where", "column"), rule.where.column))
    for path, name in places:
        if text := _wrong_column(table, name, dropped):
            yield path, text
    if text := _wrong_place(rule.to):
        yield ("to",), text
    skills, share = rule.to.endswith("/skills"), rule.aggregate == "share"
    if skills and not share:
        yield ("aggregate",), _("levels of skill become shares: aggregate must be share")
    if skills and not set(map(str, rule.values.values())) <= set(LEVELS):
        yield ("values",), _("for skills every value is one of: {levels}").format(levels=", ".join(LEVELS))
    if skills and not rule.values:
        yield ("column",), _("say in values which answer stands for which level of skill")
    if share and not skills and not rule.to.endswith(("/priority", "_percent")):
        yield ("aggregate",), _("share fills skills, a priority or a field that ends in _percent")
    if share and not skills and any(not isinstance(value, bool) for value in rule.values.values()):
        yield ("values",), _("with share, every answer stands for true or false")


def _wrong_column(table: Table, name: str, dropped: set[int]) -> str:
    found = column_of(table, name)
    if not found:
        return _("the export has no column '{name}'").format(name=shown(name)) + _near(name, table.headers)
    if len(found) > 1:
        return _("the export has {count} columns '{name}': give them different titles").format(
            count=len(found), name=name
        )
    return _("column '{name}' is dropped and cannot be used").format(name=name) if found[0] in dropped else ""


def _wrong_place(pointer: str) -> str:
    """Return why nothing can be written at a pointer; "" where it is a place of a profile."""
    parts = pointer.strip("/").split("/")
    if pointer.startswith(FORBIDDEN):
        return _("this is written by the importer itself")
    if parts[0] == "needs":
        if len(parts) != 3 or parts[2] not in NEED_FIELDS:
            return _("for needs write /needs/NEED/priority (or audience, data, frequency)")
        known = parts[1] in NEEDS
        return "" if known else _("there is no need '{name}'").format(name=parts[1]) + _near(parts[1], NEEDS)
    if parts[0] == "existing_tools":
        return "" if len(parts) in (1, 3) else _("for tools write /existing_tools, or /existing_tools/TOOL/intent")
    model: Any = Profile
    for part in parts:
        fields = getattr(model, "model_fields", {})
        if part not in fields:
            return _("a profile has no '{name}'").format(name=part) + _near(part, fields)
        model = _model_in(fields[part].annotation)
    whole = model is not None and not pointer.endswith("/skills")
    return _("this is a block, not a value: go on to one of its fields") if whole else ""


def _near(word: str, known: Iterable[str]) -> str:
    """Return the nearest known word as a question after a semicolon; nothing where none is near."""
    found = suggest(word, [name for name in known if not holds_person(name)])
    return f";{found}" if found else ""


def _model_in(annotation: Any) -> Any:
    """Return the model an annotation is about; None for plain values and lists."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if getattr(annotation, "__origin__", None) is list:
        return None
    return next((found for inner in get_args(annotation) if (found := _model_in(inner))), None)


def placed(document: Document, rules: ImportMap, result: Joined) -> list[Finding]:
    """Given a map and what came of it, return the findings at the lines of the map that wrote the values."""
    found = []
    for finding in result.findings:
        path = _origin(finding.path, rules, result)
        found.append(document.finding(path, f"{finding.path}: {finding.message}") if path else finding)
    return found


def _origin(pointer: str, rules: ImportMap, result: Joined) -> tuple[str | int, ...]:
    """Return the entry of the map that wrote a place of the profile; () where none did."""
    parts = pointer.split("/")
    if len(parts) > 2 and parts[1] == "needs" and parts[2].isdigit():
        parts[2] = str(result.data["needs"][int(parts[2])]["id"])
    named = "/".join(parts)
    for index, rule in enumerate(rules.columns):
        if named == rule.to or named.startswith(f"{rule.to}/"):
            return ("columns", index, "to")
    return next((("constants", key) for key in rules.constants if named == key or named.startswith(f"{key}/")), ())
