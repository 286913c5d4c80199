"""Pydantic's errors in the words of our users: what is wrong, and what would be right."""

import difflib
from typing import Any

from pydantic import BaseModel

from provisioner.i18n import _


def explain(error: dict[str, Any], model: type[BaseModel]) -> str:
    """Given one error of pydantic and the model that refused, return a sentence with what would be right."""
    kind, context, given = error["type"], error.get("ctx", {}), error.get("input")
    if kind == "missing":
        return _("this is required and is missing")
    if kind == "extra_forbidden":
        return _unknown(str(error["loc"][-1]), known_keys(model, error["loc"][:-1]))
    if kind in ("literal_error", "enum"):
        return _not_allowed(given, str(context.get("expected", "")))
    if kind == "string_pattern_mismatch":
        return _("'{value}' does not have the right form ({pattern})").format(
            value=given, pattern=context.get("pattern", "")
        )
    if kind in ("greater_than_equal", "greater_than"):
        bound = context.get("ge", context.get("gt"))
        return _("{value} is below the minimum {bound}").format(value=given, bound=bound)
    if kind in ("less_than_equal", "less_than"):
        bound = context.get("le", context.get("lt"))
        return _("{value} is above the maximum {bound}").format(value=given, bound=bound)
    if kind in ("too_short", "string_too_short"):
        return _("at least {count} needed").format(count=context.get("min_length", 1))
    if kind in ("too_long", "string_too_long"):
        return _("at most {count} allowed").format(count=context.get("max_length", ""))
    if kind == "json_invalid":
        return _("this is not valid JSON: {reason}").format(reason=context.get("error", ""))
    if kind == "value_error":
        return str(context.get("error", error["msg"]))
    if kind.endswith("_type") or kind.endswith("_parsing"):
        expected = kind.removesuffix("_type").removesuffix("_parsing")
        return _("expected {kind}, found {value!r}").format(kind=_kind(expected), value=given)
    return str(error["msg"])


def suggest(word: str, known: list[str]) -> str:
    """Return " did you mean 'x'?" for the nearest known word, or nothing."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return " " + _("did you mean '{word}'?").format(word=near[0]) if near else ""


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


def _unknown(key: str, known: list[str]) -> str:
    return _("unknown key '{key}';").format(key=key) + suggest_or_list(key, known)


def _not_allowed(given: Any, expected: str) -> str:
    known = [word.strip(" '") for word in expected.replace(" or ", ", ").split(",")]
    hint = suggest(str(given), known)
    allowed = _("choose one of: {words}").format(words=", ".join(known))
    return _("'{value}' is not allowed;").format(value=given) + (hint or " " + allowed)


def _kind(name: str) -> str:
    names = {
        "string": _("text"),
        "int": _("a whole number"),
        "float": _("a number"),
        "bool": _("true or false"),
        "list": _("a list"),
        "tuple": _("a list"),
        "dict": _("a mapping (key: value)"),
        "model": _("a mapping (key: value)"),
        "model_attributes": _("a mapping (key: value)"),
    }
    return names.get(name, name)
