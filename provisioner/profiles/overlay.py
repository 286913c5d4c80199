"""Lay an association's own file over the base of its federation. Pure: two documents in, data and findings out."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from provisioner.errors import Finding, InputError
from provisioner.explain import shown
from provisioner.i18n import _
from provisioner.load import Document, Path_, json_pointer
from provisioner.profiles.fields import mapping, sequence, whole, word
from provisioner.profiles.known import Known
from provisioner.profiles.rules import check_profile

LOCKED = "x-locked"
KEYS: dict[Path_, tuple[str, ...]] = {("needs",): ("id",), ("existing_tools",): ("tool", "label")}
LONGEST_IMPORTER = 60
Origin = tuple[str, int]


@dataclass
class Overlaid:
    """The merged data, where each value comes from (file and line, by JSON pointer), and what the base forbids."""

    data: dict[str, Any]
    origins: dict[str, Origin] = field(default_factory=dict)
    lines: dict[Path_, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def placed(self, finding: Finding) -> Finding:
        """Return a finding about the merged data at the place in base or overlay its value comes from."""
        pointer = finding.pointer
        while pointer and pointer not in self.origins:
            pointer = pointer.rpartition("/")[0]
        file, line = self.origins.get(pointer, (finding.file, 0))
        about = (finding.message, file, line, finding.path, finding.code, finding.severity, finding.pointer)
        return Finding(*about)


def overlay(base: Document, over: Document) -> Overlaid:
    """Given base and overlay, return the merged profile.

    Scalars of the overlay win, needs and existing tools merge by id and tool, other lists are replaced. What the base
    lists under `x-locked` stays as it is: every value of the overlay that would change it is a finding.
    """
    merging = _Merging(base, over)
    data = merging.mapping(_mapping(base), _mapping(over), (), (), ())
    merging.result.data.update(_with_source(data, base))
    locks = [*_locks(base), *_locks(over)]
    if locks:
        merging.result.data[LOCKED] = list(dict.fromkeys(locks))
    merging.result.findings += [*_wrong_locks(base), *_wrong_locks(over)]
    return merging.result


def applied(base: Document, over: Document, known: Known | None = None) -> dict[str, Any]:
    """Given base and overlay, return the data of the merged profile, which is a valid one.

    Raise InputError with everything that is wrong, each finding at its place in base or overlay.
    """
    merged = overlay(base, over)
    checked = check_profile(Document(over.file, merged.data, merged.lines), known)
    findings = [*base.findings, *over.findings, *merged.findings, *map(merged.placed, checked.errors)]
    if findings:
        raise InputError(_("The profile cannot be put together."), findings)
    return merged.data


def _mapping(document: Document) -> dict[str, Any]:
    return document.data if isinstance(document.data, dict) else {}


def _locks(document: Document) -> list[str]:
    found = _mapping(document).get(LOCKED)
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []


def _wrong_locks(document: Document) -> list[Finding]:
    found = _mapping(document).get(LOCKED, [])
    right = isinstance(found, list) and all(isinstance(item, str) and item.startswith("/") for item in found)
    text = _("x-locked must be a list of places such as /budget/monthly_eur")
    return [] if right else [document.finding((LOCKED,), text, "NP199")]


def _with_source(data: dict[str, Any], base: Document) -> dict[str, Any]:
    """Add the source that names the base: its id (cut where too long), revision and SHA-256 (12 digits)."""
    about = mapping(base.data, "profile")
    digest = hashlib.sha256(base.text.encode("utf-8", "replace")).hexdigest()[:12]
    end = f".r{str(whole(about, 'revision') or 1)[:9]}.{digest}"
    importer = f"base.{word(about, 'id')}"[: LONGEST_IMPORTER - len(end)] + end
    merged = mapping(data, "profile")
    sources = [*sequence(merged, "sources"), {"step": "import", "importer": importer}]
    return {**data, "profile": {**merged, "sources": sources}}


class _Merging:
    """One merge: paths of base, overlay and result are followed together, for entries of lists move."""

    def __init__(self, base: Document, over: Document) -> None:
        self.base, self.over = base, over
        self.locks = tuple(lock.rstrip("/") for lock in _locks(base))
        self.result = Overlaid({})

    def value(self, old: Any, new: Any, at: Path_, before: Path_, after: Path_) -> Any:
        if isinstance(old, dict) and isinstance(new, dict):
            return self.mapping(old, new, at, before, after)
        if isinstance(old, list) and isinstance(new, list) and at in KEYS:
            return self.entries(old, new, at, before, after)
        if old == new and type(old) is type(new):
            return self.kept(old, at, before)
        if self.refused(before, after):
            return self.kept(old, at, before)
        return self.taken(new, at, after)

    def mapping(
        self, old: dict[str, Any], new: dict[str, Any], at: Path_, before: Path_, after: Path_
    ) -> dict[str, Any]:
        result: dict[str, Any] = {}
        self.note(at, self.base, before)
        for key in [*old, *(key for key in new if key not in old)]:
            place, left, right = (*at, key), (*before, key), (*after, key)
            if key == LOCKED and not at:
                continue
            if key not in new:
                result[key] = self.kept(old[key], place, left)
            elif key in old:
                result[key] = self.value(old[key], new[key], place, left, right)
            elif not self.refused(left, right, new=True):
                result[key] = self.taken(new[key], place, right)
        return result

    def entries(self, old: list[Any], new: list[Any], at: Path_, before: Path_, after: Path_) -> list[Any]:
        """Merge the entries that have the same key; those of the base come first, new ones behind them."""
        self.note(at, self.base, before)
        names = KEYS[at]
        mine = {_key(item, names): index for index, item in reversed(list(enumerate(new))) if _key(item, names)}
        result: list[Any] = []
        done: set[int] = set()
        for index, item in enumerate(old):
            found = mine.get(_key(item, names), -1) if _key(item, names) else -1
            place, left = (*at, index), (*before, index)
            if found >= 0 and found not in done:
                done.add(found)
                result.append(self.value(item, new[found], place, left, (*after, found)))
            else:
                result.append(self.kept(item, place, left))
        for index, item in enumerate(new):
            if index not in done and not self.refused((*before, "-"), (*after, index), new=True):
                result.append(self.taken(item, (*at, len(result)), (*after, index)))
        return result

    def refused(self, before: Path_, after: Path_, *, new: bool = False) -> bool:
        """Note and return whether the base locks what the overlay would change, or (not `new`) something inside it."""
        names = {json_pointer(before), json_pointer(self.named(before))}
        lock = next((lock for lock in self.locks for name in names if f"{name}/".startswith(f"{lock}/")), None)
        inside = next((lock for lock in self.locks for name in names if lock.startswith(f"{name}/")), None)
        if lock is None and (new or inside is None):
            return False
        text = _("the base locks {place}: this value cannot be changed here").format(place=shown(lock or inside))
        self.result.findings.append(self.over.finding(after, text, "NP199"))
        return True

    def named(self, path: Path_) -> Path_:
        """Return a path with the id of a need or tool in place of its number, as a lock may write it."""
        if len(path) < 2 or path[:1] not in KEYS or not isinstance(path[1], int):
            return path
        key = _key(_mapping(self.base)[str(path[0])][path[1]], KEYS[path[:1]])
        return (path[0], key[0] if key else path[1], *path[2:])

    def kept(self, value: Any, at: Path_, before: Path_) -> Any:
        self.note(at, self.base, before, value)
        return value

    def taken(self, value: Any, at: Path_, after: Path_) -> Any:
        self.note(at, self.over, after, value)
        return value

    def note(self, at: Path_, document: Document, path: Path_, value: Any = None) -> None:
        """Remember file and line of a value and of all that lies in it."""
        self.result.lines[at] = document.line(path)
        self.result.origins[json_pointer(at)] = (document.file, self.result.lines[at])
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, item in items:
            self.note((*at, key), document, (*path, key), item)


def _key(item: Any, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return what tells an entry from the others: its id, for the tool 'other' its label too; () where it has none."""
    if not isinstance(item, dict) or not isinstance(item.get(names[0]), str):
        return ()
    first = str(item[names[0]])
    return (first, *(str(item.get(name, "")) for name in names[1:])) if first == "other" else (first,)
