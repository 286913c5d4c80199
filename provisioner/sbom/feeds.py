"""Read feeds of known advisories from files: Debian's security tracker, and OSV (JSON, YAML, folders, zip archives).

Nothing is fetched. An advisory says from which version on a package has a flaw, and from which one no longer.
"""

import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from provisioner.errors import InputError, raise_all
from provisioner.i18n import _

MOST_BYTES = 512 * 2**20
# What files that are no feed, or only the beginning of one, make their readers raise.
NO_FEED = (ValueError, yaml.YAMLError, zipfile.BadZipFile, zlib.error, EOFError, OSError, LookupError, TypeError,
           AttributeError, RuntimeError)  # fmt: skip
MOST_DEPTH = 60
CODENAMES = {"bullseye": "11", "bookworm": "12", "trixie": "13", "forky": "14", "sid": ""}


@dataclass(frozen=True)
class Range:
    """Versions with the flaw: from `introduced` ("0": all before) until before `fixed`, or up to `last` itself."""

    introduced: str = "0"
    fixed: str = ""
    last: str = ""


@dataclass(frozen=True)
class Advisory:
    """What one advisory says of one package. `versions` names further versions with the flaw one by one."""

    id: str
    aliases: tuple[str, ...]
    ecosystem: str
    package: str
    ranges: tuple[Range, ...]
    versions: frozenset[str] = frozenset()
    severity: str = ""


@dataclass
class Feed:
    """One file or folder: its advisories by (ecosystem, package), and as of when they are."""

    path: str
    kind: str
    date: datetime
    dated_by: str
    advisories: dict[tuple[str, str], list[Advisory]] = field(default_factory=dict)
    count: int = 0

    @property
    def ecosystems(self) -> list[str]:
        """The ecosystems of which the feed has at least one advisory."""
        return sorted({ecosystem for ecosystem, _package in self.advisories})

    def add(self, advisories: Iterable[Advisory]) -> None:
        """Take advisories in."""
        for advisory in advisories:
            self.advisories.setdefault((advisory.ecosystem, advisory.package), []).append(advisory)
            self.count += 1


def read_feeds(paths: Iterable[Path]) -> list[Feed]:
    """Return what each file or folder says. Raise InputError with all that are none of the known forms."""
    read, errors = [], []
    for path in paths:
        try:
            read.append(read_feed(path))
        except InputError as error:
            errors.append(error)
    raise_all(errors, _("The input cannot be used."))
    return read


def read_feed(path: Path) -> Feed:
    """Given a file or folder, return what it says. Raise InputError when it is none of the known forms."""
    if not path.exists():
        raise InputError(_("there is no {path}").format(path=path))
    try:
        if path.is_file() and path.suffix != ".zip":
            data = _parse(path.name, _text(path))
            if isinstance(data, dict) and "affected" not in data and "id" not in data:
                return _debian(path, data)
            return _osv(path, [data] if isinstance(data, dict) else data)
        return _osv(path, _zipped(path) if path.is_file() else _folder(path))
    except NO_FEED as error:
        hint = _("Wanted: Debian's tracker/data/json, or OSV advisories as JSON, YAML, a folder of these, or a zip.")
        text = _("{path} is no feed of advisories: {reason}")
        raise InputError(
            text.format(
                path=path,
                reason=str(error)[:200] if type(error) is ValueError else f"{type(error).__name__}: {error}"[:200],
            ),
            hint=hint,
        ) from error


def _text(path: Path) -> str:
    if path.stat().st_size > MOST_BYTES:
        raise ValueError("too large")
    return path.read_text("utf-8")


def _parse(name: str, text: str) -> Any:
    if not name.endswith((".yaml", ".yml")):
        return json.loads(text)
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):  # nested without end, the loader would bring Python down
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MOST_DEPTH:
            raise ValueError("nested too deeply")
    return yaml.load(text, yaml.CSafeLoader)


def _folder(path: Path) -> Iterator[Any]:
    for file in sorted(path.rglob("*")):
        if file.is_file() and file.suffix in (".json", ".yaml", ".yml"):
            yield _parse(file.name, _text(file))


def _zipped(path: Path) -> Iterator[Any]:
    with zipfile.ZipFile(path) as archive:
        for item in sorted(archive.infolist(), key=lambda item: item.filename):
            if item.filename.endswith((".json", ".yaml", ".yml")):
                if item.file_size > MOST_BYTES:
                    raise ValueError(f"{item.filename}: too large")
                yield _parse(item.filename, archive.read(item).decode("utf-8"))


def _debian(path: Path, data: dict[str, Any]) -> Feed:
    """Read source package -> CVE -> releases -> {status, fixed_version, urgency}. It has no date: the file's counts."""
    if not all(isinstance(advisories, dict) for advisories in data.values()):
        raise ValueError(_("neither Debian's form nor OSV's"))
    feed = Feed(str(path), "debian", datetime.fromtimestamp(path.stat().st_mtime, UTC), "file")
    for source, advisories in data.items():
        for identifier, about in advisories.items():
            for codename, state in about["releases"].items():
                feed.add(_in_release(source, identifier, codename, state))
    if not feed.count:
        raise ValueError("no advisory in it")
    return feed


def _in_release(source: str, identifier: str, codename: str, state: dict[str, Any]) -> Iterator[Advisory]:
    fixed = str(state.get("fixed_version") or "")
    if state["status"] == "undetermined" or fixed == "0":
        return  # nobody knows yet, or this release never had the flaw
    ranges = (Range(fixed=fixed if state["status"] == "resolved" else ""),)
    number = CODENAMES.get(codename, codename)
    yield Advisory(identifier, (), f"Debian:{number}", source, ranges, severity=str(state.get("urgency") or ""))


def _osv(path: Path, items: Iterable[Any]) -> Feed:
    feed, newest = Feed(str(path), "osv", datetime.min.replace(tzinfo=UTC), "newest"), ""
    for item in items:
        if not isinstance(item, dict) or "id" not in item or "modified" not in item:
            raise ValueError("an entry is no OSV advisory (id, modified)")
        newest = max(newest, _stamp(item["modified"]))
        if not item.get("withdrawn"):
            feed.add(_affected(item))
    if not newest:
        raise ValueError("no advisory in it")
    feed.date = datetime.fromisoformat(newest)
    return feed


def _stamp(value: Any) -> str:
    """Return a time as comparable text; YAML may have made a time of it already."""
    when = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _affected(item: dict[str, Any]) -> Iterator[Advisory]:
    for affected in item.get("affected", []):
        package = affected.get("package")
        if not package:
            continue  # commits of a repository, not versions of a package
        ranges = [
            each for given in affected.get("ranges", []) if given["type"] != "GIT" for each in _ranges(given["events"])
        ]
        yield Advisory(
            str(item["id"]), tuple(map(str, item.get("aliases") or item.get("upstream") or ())),
            str(package["ecosystem"]), normal_name(str(package["ecosystem"]), str(package["name"])), tuple(ranges),
            frozenset(str(version) for version in affected.get("versions", [])), _severity(item, affected),
        )  # fmt: skip


def _ranges(events: list[dict[str, str]]) -> Iterator[Range]:
    introduced = ""
    for event in events:
        if "introduced" in event:
            if introduced:
                yield Range(introduced)
            introduced = str(event["introduced"])
        elif introduced and ("fixed" in event or "last_affected" in event):
            yield Range(introduced, str(event.get("fixed", "")), str(event.get("last_affected", "")))
            introduced = ""
    if introduced:
        yield Range(introduced)


def _severity(item: dict[str, Any], affected: dict[str, Any]) -> str:
    """Return the word of the advisory's database, else the vector of its newest CVSS."""
    for place in (affected.get("ecosystem_specific"), affected.get("database_specific"), item.get("database_specific")):
        for key in ("severity", "urgency"):
            if isinstance(place, dict) and isinstance(place.get(key), str):
                return str(place[key]).lower()
    vectors = sorted(str(each.get("score", "")) for each in item.get("severity") or [])
    return vectors[-1] if vectors else ""


def normal_name(ecosystem: str, name: str) -> str:
    """Return a package's name as it is compared: PyPI does not tell case, "-", "_" and "." apart."""
    import re

    return re.sub(r"[-_.]+", "-", name).lower() if ecosystem == "PyPI" else name
