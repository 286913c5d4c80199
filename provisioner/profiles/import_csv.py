"""A table and its map -> a part of a profile, and a report of what was used, ignored and contradictory. Pure."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from provisioner.aliases import fold
from provisioner.explain import shown
from provisioner.models.aliases import Aliases
from provisioner.models.import_map import ColumnRule, ImportMap
from provisioner.models.matching import Taxonomy
from provisioner.profiles.fields import GROUPS, entries, mapping
from provisioner.profiles.import_check import column_of
from provisioner.profiles.import_many import Answers, One, one_of, round_half_down, understood
from provisioner.profiles.import_table import Table
from provisioner.profiles.interview import Used, named_tool
from provisioner.profiles.interview_build import cautious_audience, put
from provisioner.profiles.rules_privacy import holds_person

HIGH, MEDIUM = 60, 30
ORDER = (
    "needs_profile", "profile", "organisation", "people", "maturity", "referents", "existing_tools", "needs",
)  # fmt: skip


@dataclass
class Report:
    """What became of the columns. Values are counted or taken from the map's tables, never copied from the export."""

    rows: int = 0
    used: list[dict[str, Any]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    dropped: int = 0
    conflicting: list[dict[str, Any]] = field(default_factory=list)
    not_understood: list[dict[str, Any]] = field(default_factory=list)
    not_written: list[dict[str, Any]] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


@dataclass
class _Draft:
    """The values found so far by pointer (needs and tools by id), and the pointers nobody confirmed."""

    values: dict[str, Any] = field(default_factory=dict)
    assumed: list[str] = field(default_factory=list)
    tools: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """What the import knows beside table and map: needs, aliases, and the data of a base profile (or nothing)."""

    taxonomy: Taxonomy
    aliases: Aliases
    base: dict[str, Any] = field(default_factory=dict)


def imported(
    table: Table, rules: ImportMap, date: str, known: Known, dropped: set[int]
) -> tuple[dict[str, Any], Report]:
    """Given a table, a map that fits it, a date and what is known, return a part of a profile and the report."""
    draft, report = _Draft(), Report(rows=len(table.rows), dropped=len(dropped))
    for rule in rules.columns:
        _take(table, rule, draft, report, known)
    for pointer, value in rules.constants.items():
        if pointer in draft.values or pointer.startswith("/existing_tools/") or _is_known(known.base, pointer):
            continue
        draft.values[pointer] = value
        draft.assumed.append(pointer)
    used = {index for rule in rules.columns for index in column_of(table, rule.column)}
    used |= {index for rule in rules.columns if rule.where for index in column_of(table, rule.where.column)}
    rest = [index for index in range(len(table.headers)) if index not in used | dropped]
    report.ignored = [shown(table.headers[index]) or f"({index + 1})" for index in rest]
    data = _assembled(draft, rules, known)
    source = {"step": rules.step, "date": date, "respondents": len(table.rows)}
    roles = {"respondent_roles": list(rules.respondent_roles)} if rules.respondent_roles else {}
    data["profile"] = {
        **data.get("profile", {}),
        "sources": [{**source, **roles, "importer": rules.importer}],
        "assumed": sorted(set(draft.assumed)),
    }
    report.assumed = data["profile"]["assumed"]
    rank = {name: place for place, name in enumerate(ORDER)}
    return dict(sorted(data.items(), key=lambda item: rank.get(item[0], len(rank)))), report


def _take(table: Table, rule: ColumnRule, draft: _Draft, report: Report, known: Known) -> None:
    cells = _cells(table, rule)
    answers = understood(rule, cells)
    if rule.to == "/existing_tools":
        lost = _take_tools(rule, cells, draft, known)
        one, answers = One(sorted(draft.tools)), Answers([*answers.values], lost)
    else:
        one = one_of(rule, answers)
    if answers.lost:
        report.not_understood.append({"column": rule.column, "lines": answers.lost})
    if one.value is None:
        report.not_written.append({"column": rule.column, "to": rule.to, "why": one.why})
        return
    if one.differing:
        shown = one.differing if rule.values or rule.aggregate == "max" else {"": sum(one.differing.values())}
        report.conflicting.append({"column": rule.column, "to": rule.to, "answers": shown, "taken": one.value,
                                   "tie": one.guessed})  # fmt: skip
    report.used.append({"column": rule.column, "to": rule.to, "aggregate": rule.aggregate,
                        "answers": len(answers.values), "value": one.value})  # fmt: skip
    if rule.to != "/existing_tools":
        draft.values[rule.to] = one.value
        if one.guessed:
            draft.assumed.append(rule.to)


def _cells(table: Table, rule: ColumnRule) -> list[tuple[int, str]]:
    [index] = column_of(table, rule.column)
    rows = table.rows
    if rule.where:
        [other] = column_of(table, rule.where.column)
        wanted = {fold(word) for word in rule.where.is_}
        rows = [row for row in rows if fold(row.cells[other]) in wanted]
    return [(row.line, row.cells[index]) for row in rows]


def _take_tools(rule: ColumnRule, cells: list[tuple[int, str]], draft: _Draft, known: Known) -> list[int]:
    """Count tools by name; names nobody knows are not copied. Return the lines with such names."""
    counts: Counter[str] = Counter()
    found: dict[str, Used] = {}
    lost, asked = set(), 0
    for line, cell in cells:
        names = [name.strip() for name in cell.split(rule.split or ",") if name.strip()]
        asked += bool(names)
        here = {}
        for name in names:
            used = named_tool(known.aliases, str(rule.values.get(name, name)))
            if used.tool == "other" or holds_person(name):
                lost.add(line)
            else:
                here[used.tool] = used
        found.update(here)
        counts.update(here.keys())
    for tool in sorted(found):
        percent = round_half_down(100 * counts[tool], asked)
        adoption = "high" if percent >= HIGH else "medium" if percent >= MEDIUM else "low"
        draft.tools.setdefault(tool, {"used": found[tool], "adoption": adoption})
    return sorted(lost)


def _assembled(draft: _Draft, rules: ImportMap, known: Known) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for pointer, value in draft.values.items():
        if not pointer.startswith("/needs/"):
            put(data, pointer, value)
            group = pointer.split("/")[2] if pointer.endswith("/skills") else ""
            if group:
                put(data, f"/people/{group}/skills_source", "declared")
    _needs(data, draft, known)
    _tools(data, draft, rules, known)
    return data


def _needs(data: dict[str, Any], draft: _Draft, known: Known) -> None:
    given: dict[str, dict[str, Any]] = {}
    for pointer, value in draft.values.items():
        if pointer.startswith("/needs/"):
            _root, _block, need, name = pointer.split("/")
            given.setdefault(need, {})[name] = value
    there = {str(entry.get("id")) for _index, entry in entries(known.base, "needs")}
    described = {
        group for group in GROUPS if group in mapping(data, "people") or group in mapping(known.base, "people")
    }
    for need in given:
        if need in there:
            continue
        if "priority" not in given[need]:
            given[need]["priority"] = "should"
            draft.assumed.append(f"/needs/{need}/priority")
        if "audience" not in given[need]:
            mode = known.taxonomy.needs[need].mode
            given[need]["audience"] = cautious_audience(mode, [*(g for g in GROUPS if g in described | {"members"})])
            draft.assumed.append(f"/needs/{need}/audience")
    fields = ("priority", "audience", "data", "frequency")
    ordered = [need for need in known.taxonomy.needs if need in given]
    if ordered:
        data["needs"] = [{"id": need, **{name: given[need][name] for name in fields if name in given[need]}}
                         for need in ordered]  # fmt: skip
    draft.assumed = [_by_position(pointer, ordered, "needs") for pointer in draft.assumed]


def _tools(data: dict[str, Any], draft: _Draft, rules: ImportMap, known: Known) -> None:
    there = {str(entry.get("tool")) for _index, entry in entries(known.base, "existing_tools")}
    wanted = {entry["id"] for _index, entry in entries(data, "needs")}
    wanted |= {str(entry.get("id")) for _index, entry in entries(known.base, "needs")}
    found: list[dict[str, Any]] = []
    for tool, seen in sorted(draft.tools.items()):
        if tool in there:
            continue
        used: Used = seen["used"]
        covers = [need for need in used.needs if need in wanted] or used.needs
        entry: dict[str, Any] = {"tool": tool, **({"covers": covers} if covers else {}), "adoption": seen["adoption"]}
        entry["intent"] = rules.constants.get(f"/existing_tools/{tool}/intent", "undecided")
        draft.assumed += [f"/existing_tools/{len(found)}/{name}" for name in entry if name != "tool"]
        found.append({**entry, **({"export": used.export} if used.export else {})})
    if found:
        data["existing_tools"] = found


def _is_known(base: dict[str, Any], pointer: str) -> bool:
    """Return whether the base has a value at a pointer (needs by id): nobody's constant replaces what was asked."""
    parts = pointer.strip("/").split("/")
    if parts[0] == "needs":
        return any(entry.get("id") == parts[1] and parts[2] in entry for _index, entry in entries(base, "needs"))
    return parts[-1] in mapping(base, *parts[:-1])


def _by_position(pointer: str, needs: list[str], block: str) -> str:
    """Return a pointer with the position of a need in place of its id."""
    parts = pointer.split("/")
    return "/".join(["", block, str(needs.index(parts[2])), *parts[3:]]) if parts[1] == block else pointer
