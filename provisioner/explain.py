"""Pydantic's errors in the words of our users: what is wrong, and what would be right."""

import difflib
import re
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from provisioner.explain_words import form, kind_word, read_problem, shown, unit_hint, yaml_problem
from provisioner.i18n import _, ngettext

__all__ = [
    "code_of",
    "explain",
    "form",
    "known_keys",
    "read_problem",
    "shown",
    "suggest",
    "suggest_or_list",
    "yaml_problem",
]
LONGEST_WORD = 60
LONGEST_TEXT = 300
CODES = {
    "version": "NP101", "missing": "NP102", "extra_forbidden": "NP103", "literal_error": "NP104", "enum": "NP104",
    "string_pattern_mismatch": "NP106", "greater_than_equal": "NP107", "greater_than": "NP107",
    "less_than_equal": "NP107", "less_than": "NP107", "finite_number": "NP107", "too_short": "NP108",
    "string_too_short": "NP108",
}  # fmt: skip


def code_of(error: dict[str, Any]) -> str:
    """Given one error of pydantic, return its code: NP101 to NP108, NP199 for anything else."""
    kind = str(error["type"])
    return CODES.get(kind) or ("NP105" if kind.endswith(("_type", "_parsing")) else "NP199")


def explain(error: dict[str, Any], model: type[BaseModel], *, near: bool = True) -> str:
    """Given one error of pydantic and the model that refused, return a sentence with what would be right.

    Near words are looked for only on demand: that takes time, and a file may hold thousands of errors.
    """
    kind, context, given = str(error["type"]), error.get("ctx", {}), error.get("input")
    if kind == "missing":
        return _("this is required and is missing")
    if kind == "extra_forbidden":
        return _unknown(str(error["loc"][-1]), known_keys(model, error["loc"][:-1]), near)
    if kind in ("literal_error", "enum"):
        return _not_allowed(given, str(context.get("expected", "")), near)
    if kind == "string_pattern_mismatch":
        pattern = form(str(context.get("pattern", "")))
        return _("'{value}' does not have the right form ({pattern})").format(value=shown(given), pattern=pattern)
    if kind in ("greater_than_equal", "greater_than", "less_than_equal", "less_than"):
        return _out_of_range(error)
    if kind in ("too_short", "string_too_short", "too_long", "string_too_long"):
        return _length(kind, context)
    if kind == "json_invalid":
        return _("this is not valid JSON: {reason}").format(reason=context.get("error", ""))
    if kind == "value_error":
        return shown(context.get("error", error["msg"]), LONGEST_TEXT)
    if kind.endswith(("_type", "_parsing", "_inexact")) and kind != "nothing_type":
        expected = kind_word(re.sub("_(type|parsing|inexact)$", "", kind))
        return _("expected {kind}, found {value}").format(kind=expected, value=_found(given))
    return shown(error["msg"], LONGEST_TEXT)


def suggest(word: str, known: list[str]) -> str:
    """Return " did you mean 'x'?" for the nearest known word, or nothing."""
    near = _near(word, tuple(known)) if len(word) <= LONGEST_WORD else ""
    return " " + _("did you mean '{word}'?").format(word=near) if near else ""


@lru_cache(maxsize=4096)
def _near(word: str, known: tuple[str, ...]) -> str:
    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=0.6)), "")


def suggest_or_list(word: str, known: list[str]) -> str:
    """Return the nearest known word as a question, or all known words where none is near."""
    return suggest(word, known) or " " + _("known here: {keys}").format(keys=", ".join(known) or "-")


def known_keys(model: type[BaseModel], location: tuple[str | int, ...]) -> list[str]:
    """Return the field names a model knows at a location; empty where that cannot be told."""
    current: Any = model
    for part in location:
        fields = getattr(current, "model_fields", {})
        if isinstance(part, str) and part in fields:
            current = fields[part].annotation
        current = _inner(current)
    return sorted(getattr(_inner(current), "model_fields", {}))


def _inner(annotation: Any) -> Any:
    for argument in getattr(annotation, "__args__", ()):
        found = _inner(argument)
        if hasattr(found, "model_fields"):
            return found
    return annotation


def _unknown(key: str, known: list[str], near: bool) -> str:
    hint = suggest_or_list(key, known) if near else " " + _("known here: {keys}").format(keys=", ".join(known) or "-")
    return _("unknown key '{key}';").format(key=shown(key)) + hint


def _not_allowed(given: Any, expected: str, near: bool) -> str:
    known = [word.strip(" '") for word in expected.replace(" or ", ", ").split(",")]
    hint = suggest(given, known) if near and isinstance(given, str) else ""
    allowed = _("choose one of: {words}").format(words=", ".join(known))
    if given is None or isinstance(given, list | dict):
        return _("expected {kind}, found {value}").format(kind=_("text"), value=_found(given)) + "; " + allowed
    value = shown(given) if isinstance(given, str) else _found(given)
    return _("'{value}' is not allowed;").format(value=value) + (hint or " " + allowed)


def _out_of_range(error: dict[str, Any]) -> str:
    kind, context, given = str(error["type"]), error.get("ctx", {}), error.get("input")
    low = kind.startswith("greater")
    bound = next((context[name] for name in ("ge", "gt", "le", "lt") if name in context), "")
    text = _("{value} is below the minimum {bound}") if low else _("{value} is above the maximum {bound}")
    hint = unit_hint(str(error["loc"][-1]) if error["loc"] else "", given, low)
    return text.format(value=_found(given), bound=_found(bound)) + (f" ({hint})" if hint else "")


def _length(kind: str, context: dict[str, Any]) -> str:
    if kind in ("too_short", "string_too_short"):
        count = int(context.get("min_length", 1))
        entries = ngettext("at least {count} entry needed", "at least {count} entries needed", count)
        signs = ngettext("at least {count} character needed", "at least {count} characters needed", count)
    else:
        count = int(context.get("max_length", 1))
        entries = ngettext("at most {count} entry allowed", "at most {count} entries allowed", count)
        signs = ngettext("at most {count} character allowed", "at most {count} characters allowed", count)
    return (signs if kind.startswith("string") else entries).format(count=count)


def _found(value: Any) -> str:
    """Return a value as a person wrote it; of a list or a mapping only what it is."""
    if value is None:
        return _("nothing")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return _("a list")
    if isinstance(value, dict):
        return _("a mapping (key: value)")
    if isinstance(value, float):
        return f"{value:.15g}"
    return _("'{value}'").format(value=shown(value)) if isinstance(value, str) else shown(value)
