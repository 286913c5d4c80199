"""How many containers of a catalog obey which rule: the figures that the documents and `catalog check` tell."""

from collections.abc import Iterable
from typing import TypedDict

from provisioner.catalog import CatalogEntry
from provisioner.hardening import broken, ways_in
from provisioner.hardening.rules import RULES


class Count(TypedDict):
    """One rule: how many containers obey it, and `service/container` of those that do not."""

    rule: str
    hold: int
    of: int
    waived: list[str]


def count_rules(entries: Iterable[CatalogEntry]) -> list[Count]:
    """Given entries, return for each rule how many of all containers obey it."""
    found = [
        (f"{entry.name}/{name}", rules)
        for entry in entries
        for name, rules in broken(entry.compose, ways_in(entry)).items()
    ]
    return [_count(rule, found) for rule in RULES]


def _count(rule: str, found: list[tuple[str, list[str]]]) -> Count:
    waived = [container for container, rules in found if rule in rules]
    return {"rule": rule, "hold": len(found) - len(waived), "of": len(found), "waived": waived}


def both(counts: list[Count]) -> int:
    """Return how many containers are neither root nor able to write outside their volumes."""
    waived = {name for count in counts if count["rule"] in ("user", "read_only") for name in count["waived"]}
    return counts[0]["of"] - len(waived) if counts else 0
