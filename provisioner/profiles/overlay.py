"""Lay an association's own file over the base of its federation. Pure: two documents in, data and findings out."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from provisioner.errors import Finding, InputError
from provisioner.explain import known_keys, shown, suggest_or_list
from provisioner.i18n import _
from provisioner.load import SUGGESTED, Document, Path_, json_pointer
from provisioner.models.profile import EXTENSION, Profile
from provisioner.profiles.assumed import KEYS, assumed_after, entry_key
from provisioner.profiles.fields import mapping, sequence, whole, word
from provisioner.profiles.known import NEEDS, Known
from provisioner.profiles.rules import check_profile

LOCKED = "x-locked"
SOURCES, ASSUMED = ("profile", "sources"), ("profile", "assumed")
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

    Scalars of the overlay win, needs and existing tools merge by id and tool, sources are added, other lists are
    replaced. What nobody confirmed stays noted (see assumed_after). What the base lists under `x-locked` stays as it
    is: every value of the overlay that would change it is a finding.
    """
    merging = _Merging(base, over)
    data = merging.mapping(_mapping(base), _mapping(over), (), (), ())
    merging.result.data.update(_with_assumed(_with_source(data, base), base, over))
    merging.forget(ASSUMED)
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
    """Return what is wrong with the locks; one at a place no profile has would lock nothing without a word."""
    found = _mapping(document).get(LOCKED, [])
    if not (isinstance(found, list) and all(isinstance(item, str) and item.startswith("/") for item in found)):
        text = _("x-locked must be a list of places such as /budget/monthly_eur")
        return [document.finding((LOCKED,), text, "NP199")]
    text = _("a profile has no place '{place}', so this locks nothing;")
    return [
        document.finding((LOCKED, index), text.format(place=shown(item)) + near, "NP199")
        for index, item in enumerate(found[:SUGGESTED])
        if (near := _nowhere(item)) is not None
    ]


def _nowhere(pointer: str) -> str | None:
    """Return the near or known words where a lock names a place that no profile has; None for a right one."""
    parts: list[str | int] = [*pointer.strip("/").split("/")] if pointer.strip("/") else []
    listed = (parts[0],) in KEYS if parts else False
    for index, part in enumerate(parts):
        if EXTENSION.match(str(part)):
            break
        known = known_keys(Profile, tuple(parts[:index]))
        if listed and index == 1:
            known = [] if parts[0] != "needs" or str(part).isdecimal() else [*NEEDS]
            parts[1] = 0
        if known and part not in known:
            return suggest_or_list(str(part), known)
    return None


def _with_source(data: dict[str, Any], base: Document) -> dict[str, Any]:
    """Add the source that names the base: its id (cut where too long), revision and SHA-256 (12 digits)."""
    about = mapping(base.data, "profile")
    digest = hashlib.sha256(base.text.encode("utf-8", "replace")).hexdigest()[:12]
    end = f".r{str(whole(about, 'revision') or 1)[:9]}.{digest}"
    importer = f"base.{word(about, 'id')}"[: LONGEST_IMPORTER - len(end)] + end
    merged = mapping(data, "profile")
    source = {"step": "import", "importer": importer}
    sources = sequence(merged, "sources")
    sources = sources if source in sources else [*sources, source]
    return {**data, "profile": {**merged, "sources": sources}}


def _with_assumed(data: dict[str, Any], base: Document, over: Document) -> dict[str, Any]:
    """Put together what nobody confirmed; a list that is none is left for the schema to refuse."""
    about = mapping(data, "profile")
    lists = [mapping(each.data, "profile").get("assumed", []) for each in (base, over)]
    if not all(isinstance(each, list) and all(isinstance(place, str) for place in each) for each in lists):
        return data
    assumed = assumed_after(base.data, over.data, data)
    return {**data, "profile": {**about, "assumed": assumed}} if assumed or "assumed" in about else data


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
        if at == SOURCES and isinstance(old, list) and isinstance(new, list) and not self.refused(before, after):
            return self.added(old, new, at, before, after)
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
        mine = {
            entry_key(item, names): index for index, item in reversed(list(enumerate(new))) if entry_key(item, names)
        }
        result: list[Any] = []
        done: set[int] = set()
        for index, item in enumerate(old):
            found = mine.get(entry_key(item, names), -1)
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

    def added(self, old: list[Any], new: list[Any], at: Path_, before: Path_, after: Path_) -> list[Any]:
        """Keep the entries of both, each once."""
        result = self.kept(list(old), at, before)
        for index, item in enumerate(new):
            if item not in result:
                result.append(self.taken(item, (*at, len(result)), (*after, index)))
        return list(result)

    def forget(self, at: Path_) -> None:
        """Forget where the entries of a list come from: they were put in another order."""
        place = json_pointer(at)
        self.result.origins = {
            name: origin for name, origin in self.result.origins.items() if not name.startswith(f"{place}/")
        }

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
        key = entry_key(_mapping(self.base)[str(path[0])][path[1]], KEYS[path[:1]])
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
