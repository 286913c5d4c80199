"""Read a profile that may be wrong anywhere: what is not of the right kind counts as not given."""

from collections.abc import Iterator
from typing import Any

GROUPS = ("board", "employees", "volunteers", "members", "beneficiaries")
LEVELS = ("none", "email", "basic", "comfortable", "advanced")
Entry = tuple[int, dict[str, Any]]


def mapping(data: Any, *keys: str) -> dict[str, Any]:
    """Given data and the keys that lead to a mapping, return it; empty where there is none."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def sequence(data: Any, key: str) -> list[Any]:
    """Given a mapping and a key, return the list there; empty where there is none."""
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, list) else []


def entries(data: Any, key: str) -> Iterator[Entry]:
    """Given a mapping and a key, yield the mappings of the list there with their positions."""
    yield from ((index, item) for index, item in enumerate(sequence(data, key)) if isinstance(item, dict))


def word(data: dict[str, Any], key: str) -> str:
    """Return the text at a key; empty where there is none."""
    found = data.get(key)
    return found if isinstance(found, str) else ""


def whole(data: dict[str, Any], key: str) -> int | None:
    """Return the whole number from 0 on at a key; None where there is none."""
    found = data.get(key)
    found = int(found) if isinstance(found, float) and found.is_integer() else found
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def number(data: dict[str, Any], key: str) -> float | None:
    """Return the number from 0 on at a key; None where there is none."""
    found = data.get(key)
    good = isinstance(found, int | float) and not isinstance(found, bool) and 0 <= found < 10**9
    return float(found) if good and found is not None else None


def words(data: Any, key: str) -> list[str]:
    """Return the texts of the list at a key."""
    return [item for item in sequence(data, key) if isinstance(item, str)]
