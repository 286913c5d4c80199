"""The interview's course: which question comes next. Pure; the questions are data in catalog/interview.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provisioner.aliases import Hit, find, fold, load_aliases, load_taxonomy, tool_id
from provisioner.load import load_model
from provisioner.models.aliases import Aliases
from provisioner.models.base import Text
from provisioner.models.interview import Choice, Condition, Interview, Part, Question
from provisioner.models.matching import Taxonomy
from provisioner.paths import catalog_file
from provisioner.profiles.fields import GROUPS, LEVELS

SURE_ENOUGH = 0.85
SMALLEST_GROUP = 5
MODES = ("P", "R", "O")
Given = Mapping[str, Any]


@dataclass(frozen=True)
class Material:
    """What the interview works with: questions, needs, what people call them, and the tools and choices made so far."""

    interview: Interview
    taxonomy: Taxonomy
    aliases: Aliases
    named: dict[str, "Used"] = field(default_factory=dict)
    choices: dict[str, Choice] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One thing to ask now: the part, what it is about ("each"), the choices open, and the place in the profile."""

    number: int
    question: Question
    part: Part
    each: str = ""
    about: Text | None = None
    choices: list[Choice] = field(default_factory=list)
    pointer: str = ""

    @property
    def key(self) -> str:
        """Return the name under which the answer is kept."""
        return f"{self.part.id}/{self.each}" if self.part.each else self.part.id


@dataclass(frozen=True)
class Used:
    """A tool people named: its id in a profile, the name to show, and the needs it serves."""

    tool: str
    label: str
    needs: list[str]
    export: str = ""


def load_material(folder: Path | None = None) -> Material:
    """Given a catalog folder (default: ours), return what the interview works with."""
    return Material(
        load_model(catalog_file(folder, "interview.yaml"), Interview), load_taxonomy(folder), load_aliases(folder)
    )


def steps(material: Material, given: Given) -> list[Step]:
    """Given the answers so far, return every step of the interview in order, as far as the answers tell."""
    found: list[Step] = []
    for number, question in enumerate(material.interview.questions, start=1):
        asked: list[Step] = []
        for part in question.parts:
            if _is_asked(part.when, given):
                asked += _expand(material, given, number, question, part)
        found += _by_tool(asked)
    return found


def _by_tool(asked: list[Step]) -> list[Step]:
    """Return the steps of a question with all that is asked of one tool together."""
    names = [*dict.fromkeys(step.each for step in asked if step.part.each == "tool")]
    return sorted(asked, key=lambda step: names.index(step.each) + 1 if step.part.each == "tool" else 0)


def open_step(material: Material, given: Given) -> Step | None:
    """Return the first step without a valid answer; None when all is answered."""
    return next((step for step in steps(material, given) if not is_answered(step, given)), None)


def step_before(material: Material, given: Given, step: Step | None) -> Step | None:
    """Return the step before one (None: the end); None at the very first."""
    course = steps(material, given)
    keys = [each.key for each in course]
    place = keys.index(step.key) if step and step.key in keys else len(course)
    return course[place - 1] if place else None


def is_answered(step: Step, given: Given) -> bool:
    """Return whether the answers hold one for this step that still fits its choices."""
    return step.key in given and fits(step, given[step.key])


def readable(material: Material, kept: Given) -> dict[str, Any]:
    """Given kept answers from a file anybody may have changed, return those that have the shape of an answer."""
    parts = {part.id: part for question in material.interview.questions for part in question.parts}
    known = {key: parts.get(key.partition("/")[0]) for key in kept}
    return {key: value for key, value in kept.items() if (part := known[key]) and _has_shape(part, value)}


def _has_shape(part: Part, value: Any) -> bool:
    if value is None:
        return True
    if part.kind in ("choices", "tools"):
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if part.kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool) and part.minimum <= value <= part.maximum
    kinds: dict[str, type] = {"yes_no": bool, "shares": dict}
    return isinstance(value, kinds.get(part.kind, str))


def fits(step: Step, value: Any) -> bool:
    """Return whether a value is one that this step can have; None is "I don't know"."""
    part = step.part
    if value is None:
        return not (part.blank == "none" and part.kind in ("choices", "tools", "text"))
    if part.kind == "choice":
        return value in [choice.value for choice in step.choices]
    if part.kind in ("choices", "tools"):
        return isinstance(value, list) and all(isinstance(item, str) for item in value) and _fits_list(step, value)
    if part.kind == "number":
        good = isinstance(value, int | float) and not isinstance(value, bool)
        return good and part.minimum <= value <= part.maximum and not (part.whole and value != int(value))
    if part.kind == "shares":
        return isinstance(value, dict) and tuple(value) == LEVELS and _adds_up(list(value.values()))
    return isinstance(value, bool if part.kind == "yes_no" else str)


def _fits_list(step: Step, value: list[str]) -> bool:
    part, open_ = step.part, {choice.value for choice in step.choices}
    inside = part.kind == "tools" or set(value) <= open_
    return inside and part.at_least <= len(value) <= (part.at_most or len(value)) and len(set(value)) == len(value)


def _adds_up(shares: list[Any]) -> bool:
    whole = all(isinstance(share, int) and not isinstance(share, bool) and 0 <= share <= 100 for share in shares)
    return whole and sum(shares) == 100


def picked(material: Material, given: Given) -> list[str]:
    """Return the needs that were chosen, in the order of the taxonomy."""
    chosen = {need for family in material.taxonomy.families for need in given.get(f"family/{family}") or []}
    return [need for need in material.taxonomy.needs if need in chosen]


def by_mode(material: Material, given: Given) -> dict[str, list[str]]:
    """Return the needs that were chosen by their mode: those all take part in, only receive, or a few operate."""
    needs = picked(material, given)
    kinds = {mode: [need for need in needs if material.taxonomy.needs[need].mode == mode] for mode in MODES}
    return {mode: found for mode, found in kinds.items() if found}


def counts(material: Material, given: Given) -> dict[str, int]:
    """Return how many people each group has; an unknown count takes the default."""
    part = next(part for question in material.interview.questions for part in question.parts if part.id == "count")
    known = {group: given.get(f"count/{group}") for group in GROUPS}
    return {group: part.default[group] if count is None else int(count) for group, count in known.items()}


def described(material: Material, given: Given) -> list[str]:
    """Return the groups that have people; members are always described."""
    return [group for group, count in counts(material, given).items() if group == "members" or count]


def large_enough(material: Material, given: Given) -> list[str]:
    """Return the groups in which shares cannot be traced to one person: those of five people and more."""
    return [group for group, count in counts(material, given).items() if count >= SMALLEST_GROUP]


def tools(material: Material, given: Given) -> list[Used]:
    """Return the tools people named, each once."""
    found: dict[str, Used] = {}
    for name in given.get("tools") or []:
        used = material.named.get(name) or material.named.setdefault(name, named_tool(material.aliases, name))
        found.setdefault(fold(used.label) if used.tool == "other" else used.tool, used)
    return list(found.values())


def named_tool(aliases: Aliases, name: str) -> Used:
    """Given what a person calls a tool, return what the registry makes of it; 'other' where it knows none."""
    hits = find(aliases, name)
    hit = next((hit for hit in hits if _is_tool(hit)), None)
    if hit is None:
        needs = hits[0].alias.needs if hits and hits[0].how in ("exact", "plural") else []
        return Used("other", name, list(needs))
    return Used(tool_id(hit.alias), hit.alias.words[0], list(hit.alias.needs), hit.alias.export or "")


def _is_tool(hit: Hit) -> bool:
    return hit.alias.kind == "product" and hit.score >= SURE_ENOUGH


def _is_asked(condition: Condition | None, given: Given) -> bool:
    if condition is None:
        return True
    value = given.get(condition.part)
    if condition.least is not None:
        return isinstance(value, int | float) and value >= condition.least
    return value in condition.values


def _expand(material: Material, given: Given, number: int, question: Question, part: Part) -> list[Step]:
    """Return the step of a part, or one for each of what it is about; none where there is nothing to choose from."""
    found = []
    for index, (each, about) in enumerate(_abouts(material, given, part)):
        choices = part.choices or _choices(material, given, question, part, each)
        if choices or not part.source:
            place = part.pointer.format(each=each) or _place(material, given, part, each, index)
            asked = _last_chance(material, given, part, each)
            found.append(Step(number, question, asked, each, about, choices, place))
    return found


def _last_chance(material: Material, given: Given, part: Part, each: str) -> Part:
    """Return the part; for the last family, one that wants an answer where no need was chosen before."""
    families = list(material.taxonomy.families)
    last = part.source == "needs_of_family" and each == families[-1]
    before = any(given.get(f"family/{family}") for family in families[:-1])
    return part.model_copy(update={"at_least": 1}) if last and not before else part


def _place(material: Material, given: Given, part: Part, each: str, index: int) -> str:
    """Return where the answer of a part without a fixed pointer stands; "" where that is no single place."""
    if part.each == "tool":
        return f"/existing_tools/{index}/{part.id}"
    return f"/needs/{picked(material, given).index(each)}/audience" if part.each == "exception" else ""


def _abouts(material: Material, given: Given, part: Part) -> list[tuple[str, Text | None]]:
    names = material.interview.groups
    if part.each == "family":
        return list(material.taxonomy.families.items())
    if part.each == "group":
        return [(group, names[group]) for group in GROUPS]
    if part.each == "large_group":
        return [(group, names[group]) for group in large_enough(material, given)]
    if part.each == "mode":
        return [(mode, _together(material, needs)) for mode, needs in by_mode(material, given).items()]
    if part.each == "exception":
        chosen = given.get("other_audience") or []
        return [(need, material.taxonomy.needs[need].label) for need in picked(material, given) if need in chosen]
    if part.each == "tool":
        return [(fold(used.label).replace(" ", "_"), Text(fr=used.label, en=used.label))
                for used in tools(material, given)]  # fmt: skip
    return [("", None)]


def _together(material: Material, needs: list[str]) -> Text:
    """Return the labels of needs as one text."""
    labels = [material.taxonomy.needs[need].label for need in needs]
    return Text(fr=" ; ".join(label.fr for label in labels), en="; ".join(label.en for label in labels))


def _choices(material: Material, given: Given, question: Question, part: Part, each: str) -> list[Choice]:
    if part.source == "needs_of_family":
        needs = [name for name, kind in material.taxonomy.needs.items() if kind.family == each]
    elif part.source == "needs":
        taken = {need for other in question.parts[: question.parts.index(part)] if other.source == "needs"
                 for need in given.get(other.id) or []}  # fmt: skip
        needs = [need for need in picked(material, given) if need not in taken]
    elif part.source == "grouped_needs":
        kinds = by_mode(material, given)
        needs = [need for need in picked(material, given) if len(kinds[material.taxonomy.needs[need].mode]) > 1]
    elif part.source == "audiences":
        groups = [*described(material, given), "public", "partners"]
        return [Choice(value=group, label=material.interview.groups[group]) for group in groups]
    else:
        return []
    return [_choice(material, need) for need in needs]


def _choice(material: Material, need: str) -> Choice:
    if need not in material.choices:
        kind = material.taxonomy.needs[need]
        material.choices[need] = Choice(value=need, label=kind.label, help=kind.definition)
    return material.choices[need]
