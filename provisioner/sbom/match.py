"""Compare what is installed with what feeds know. Finding nothing proves nothing: what was not compared is told too."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from provisioner.sbom.feeds import Advisory, Feed, Range, normal_name
from provisioner.sbom.inventory import Inventory, Package
from provisioner.sbom.versions import older

STALE_DAYS = 7


@dataclass(frozen=True)
class Known:
    """One advisory that concerns an installed package. `fixed` is "" while there is no fixed version."""

    id: str
    aliases: tuple[str, ...]
    ecosystem: str
    package: str
    installed: str
    fixed: str
    severity: str
    where: tuple[str, ...]


class Compared(TypedDict):
    """The whole comparison: feeds with their age, what they know, how much no feed covers or could be compared."""

    feeds: list[dict[str, Any]]
    known: list[Known]
    uncovered: dict[str, int]
    undecided: list[str]


def compare(found: Inventory, feeds: list[Feed], now: datetime) -> Compared:
    """Given what is installed and feeds, return what they know of it."""
    covered = {ecosystem for feed in feeds for ecosystem in feed.ecosystems}
    places: dict[tuple[str, str, str], list[str]] = {}
    uncovered: Counter[str] = Counter()
    for owner, contents in found.everything():
        for package in contents.packages:
            ecosystem = contents.ecosystem_of(package)
            if ecosystem not in covered:
                uncovered[ecosystem or "?"] += 1
                continue
            name, version = _looked_up(package, ecosystem)
            where = owner if owner == contents.name else f"{owner}/{contents.name}"
            if where not in (there := places.setdefault((ecosystem, name, version), [])):
                there.append(where)
    known: dict[tuple[str, str, str, str], Known] = {}
    undecided = set()
    for key, holders in sorted(places.items()):
        for advisory in _advisories(feeds, key[:2]):
            state = affected(key[2], advisory)
            if state is None:
                undecided.add(f"{key[1]} {key[2]}: {advisory.id}")
            elif state[0]:
                known.setdefault((*key, advisory.id), _known(advisory, key, state[1], holders))
    return {
        "feeds": [_about(feed, now) for feed in feeds],
        "known": sorted(known.values(), key=lambda k: (not k.fixed, k.ecosystem, k.package, k.id)),
        "uncovered": dict(sorted(uncovered.items())),
        "undecided": sorted(undecided),
    }


def affected(version: str, advisory: Advisory) -> tuple[bool, str] | None:
    """Return whether a version has the flaw, and in which version it is gone; None when that cannot be compared."""
    doubtful = False
    for each in advisory.ranges:
        state = _within(version, each, advisory.ecosystem)
        if state:
            return True, each.fixed
        doubtful |= state is None
    if version in advisory.versions:
        return True, ""
    return None if doubtful else (False, "")


def _within(version: str, each: Range, ecosystem: str) -> bool | None:
    before = False if each.introduced == "0" else older(version, each.introduced, ecosystem)
    if each.fixed:
        after = older(version, each.fixed, ecosystem)
    elif each.last:
        beyond = older(each.last, version, ecosystem)
        after = None if beyond is None else not beyond
    else:
        after = True
    if before is None or after is None:
        return None
    return not before and after


def _looked_up(package: Package, ecosystem: str) -> tuple[str, str]:
    """Distributions' advisories speak of source packages."""
    if package.type in ("deb", "apk"):
        return package.source or package.name, package.source_version or package.version
    return normal_name(ecosystem, package.name), package.version


def _advisories(feeds: list[Feed], key: tuple[str, str]) -> Iterable[Advisory]:
    return (advisory for feed in feeds for advisory in feed.advisories.get(key, []))


def _known(advisory: Advisory, key: tuple[str, str, str], fixed: str, where: list[str]) -> Known:
    return Known(advisory.id, advisory.aliases, *key, fixed, advisory.severity, tuple(where))


def _about(feed: Feed, now: datetime) -> dict[str, Any]:
    days = (now - feed.date).days
    return {
        "path": feed.path, "kind": feed.kind, "date": feed.date.isoformat(timespec="seconds"),
        "dated_by": feed.dated_by,
        "days": days, "stale": days > STALE_DAYS, "advisories": feed.count, "ecosystems": feed.ecosystems,
    }  # fmt: skip
