"""What nobody confirmed, when two profiles become one: entries of lists move, and a given value is confirmed. Pure."""

from collections.abc import Iterator
from typing import Any

from provisioner.load import Path_
from provisioner.profiles.fields import mapping, sequence

KEYS: dict[Path_, tuple[str, ...]] = {("needs",): ("id",), ("existing_tools",): ("tool", "label")}
NOWHERE = object()


def entry_key(item: Any, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return what tells an entry from the others: its id, for the tool 'other' its label too; () where it has none."""
    if not isinstance(item, dict) or not isinstance(item.get(names[0]), str):
        return ()
    first = str(item[names[0]])
    return (first, *(str(item.get(name, "")) for name in names[1:])) if first == "other" else (first,)


def assumed_after(base: Any, over: Any, merged: dict[str, Any]) -> list[str]:
    """Given the data of base, of what lies over it, and of both together, return the places nobody confirmed.

    Those of `over` count at the positions of the merged lists. Those of the base stay, unless `over` gives the value
    there without assuming it, or has replaced the list they lie in. Entries of the base keep their positions.
    """
    moves = {block: _moves(over, merged, block) for block in KEYS}
    own = {_moved(place, moves) for place in _listed(over)}
    back = {block: {after: before for before, after in moves[block].items()} for block in KEYS}
    kept = {
        place
        for place in _listed(base)
        if place not in own and not _is_confirmed(place, over, merged, back) and not _is_gone(place, merged)
    }
    return sorted(own | kept)


def _listed(data: Any) -> Iterator[str]:
    yield from (place for place in sequence(mapping(data, "profile"), "assumed") if isinstance(place, str))


def _moves(over: Any, merged: dict[str, Any], block: Path_) -> dict[str, str]:
    """Return the position of each entry of a list in the merged one."""
    places: dict[tuple[str, ...], str] = {}
    for index, item in enumerate(sequence(merged, str(block[0]))):
        places.setdefault(entry_key(item, KEYS[block]), str(index))
    entries = enumerate(sequence(over, str(block[0])))
    keys = {str(index): entry_key(item, KEYS[block]) for index, item in entries}
    return {index: places[key] for index, key in keys.items() if key and key in places}


def _moved(place: str, moves: dict[Path_, dict[str, str]]) -> str:
    root, *parts = place.split("/")
    if len(parts) > 1 and parts[1] in moves.get((parts[0],), {}):
        parts[1] = moves[(parts[0],)][parts[1]]
    return "/".join([root, *parts])


def _is_confirmed(place: str, over: Any, merged: dict[str, Any], back: dict[Path_, dict[str, str]]) -> bool:
    """Return whether `over` gives the whole value at a place of the merged data."""
    _root, *parts = place.split("/")
    if (parts[0],) in KEYS and len(parts) > 1 and parts[1] not in back[(parts[0],)]:
        return False
    given = _at(over, _moved(place, back))
    return given is not NOWHERE and given == _at(merged, place)


def _is_gone(place: str, merged: dict[str, Any]) -> bool:
    """Return whether a place names an entry a list does not have; a field left out has its default and is there."""
    value: Any = merged
    for part in place.split("/")[1:]:
        if isinstance(value, list):
            if not part.isdecimal() or int(part[:9]) >= len(value):
                return True
            value = value[int(part[:9])]
        else:
            value = value.get(_plain(part)) if isinstance(value, dict) else None
    return False


def _at(data: Any, place: str) -> Any:
    value = data
    for part in place.split("/")[1:]:
        if isinstance(value, dict):
            value = value.get(_plain(part), NOWHERE)
        elif isinstance(value, list) and part.isdecimal() and int(part[:9]) < len(value):
            value = value[int(part[:9])]
        else:
            return NOWHERE
    return value


def _plain(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")
