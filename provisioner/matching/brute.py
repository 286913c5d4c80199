"""Every allowed choice tried one by one: the slow proof that the optimiser is right, where few candidates remain."""

from collections.abc import Iterator
from dataclasses import dataclass

from provisioner.matching.recount import Recount, amounts, limits
from provisioner.matching.verify_limits import violations
from provisioner.matching.verify_moves import rank

MOST = 16
ADDED_UP = ("memory_mb", "disk_mb", "admin_minutes", "cents")


@dataclass(frozen=True)
class Enumeration:
    """The best choice of all (None when none is allowed), its candidates, how many choices were tried."""

    best: tuple[str, ...] | None
    score: int
    free: list[str]
    tried: int
    allowed: int


def remaining(counted: Recount) -> list[str]:
    """Return the candidates that may be chosen or not: usable for a need, required by such, or undecided. Sorted."""
    wanted = {name for _need, name in counted.worth}
    wanted |= {name for name, item in counted.components.items() if item.intent == "undecided"}
    before = -1
    while before != len(wanted):
        before = len(wanted)
        wanted |= {
            other for name in wanted for other in counted.components[name].requires if other in counted.components
        }
    return sorted(wanted - counted.barred.keys() - counted.forced)


def enumerate_all(counted: Recount) -> Enumeration:
    """Given a recount with at most 16 free candidates, return the best of all choices; ties as specified."""
    free = remaining(counted)
    best, tried, allowed = None, 0, 0
    if counted.forced & counted.barred.keys():
        return Enumeration(None, 0, free, 0, 0)
    for ids in _within(counted, free):
        tried += 1
        if violations(counted, ids):
            continue
        allowed += 1
        here = rank(counted, ids)
        best = here if best is None else min(best, here)
    return Enumeration(best[4] if best else None, -best[0] if best else 0, free, tried, allowed)


def _within(counted: Recount, free: list[str]) -> Iterator[frozenset[str]]:
    """Yield every choice within the limits that add up; what passes one is not grown any further."""
    most = limits(counted)
    waiting = [(counted.forced, 0)]
    while waiting:
        ids, number = waiting.pop()
        used = amounts(counted, ids)
        if any(used[name] > most[name] for name in ADDED_UP):
            continue
        if number == len(free):
            yield ids
            continue
        waiting += [(ids, number + 1), (ids | {free[number]}, number + 1)]
