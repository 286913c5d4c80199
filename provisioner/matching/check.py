"""One check of a plan, and how two sets of figures differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.i18n import _


@dataclass(frozen=True)
class Check:
    """What was checked, whether it holds, and the numbers."""

    name: str
    ok: bool
    detail: str = ""


def compared(name: str, expected: Any, found: Any) -> Check:
    """Return a check that two values (plain data) are the same, naming the first places where they differ."""
    places = list(differences(expected, found))
    shown = "; ".join(places[:3]) + ("; ..." if len(places) > 3 else "")
    return Check(name, not places, shown)


def differences(expected: Any, found: Any, place: str = "") -> list[str]:
    """Return where two values differ: place, what the plan says, what was computed."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        keys = sorted({*expected, *found}, key=str)
        parts = [differences(expected.get(key), found.get(key), f"{place}.{key}".lstrip(".")) for key in keys]
        return [text for part in parts for text in part]
    if isinstance(expected, list | tuple) and isinstance(found, list | tuple) and len(expected) == len(found):
        parts = [
            differences(one, two, f"{place}[{i}]") for i, (one, two) in enumerate(zip(expected, found, strict=True))
        ]
        return [text for part in parts for text in part]
    if isinstance(expected, float) or isinstance(found, float):
        same = isinstance(expected, float | int) and isinstance(found, float | int) and abs(expected - found) < 1e-6
    else:
        same = expected == found
    text = _("{place}: the plan says {found}, computed {expected}")
    return [] if same else [text.format(place=place or "-", found=_short(found), expected=_short(expected))]


def _short(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
