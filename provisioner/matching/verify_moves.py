"""Check that no simple move beats a plan: one component added, left out, or put in the place of another."""

from collections.abc import Iterator

from provisioner.i18n import _
from provisioner.matching.check import Check
from provisioner.matching.recount import Recount, amounts, score
from provisioner.matching.verify_limits import violations
from provisioner.models.proposal import Proposal


def move_checks(plan: Proposal, counted: Recount) -> list[Check]:
    """Return the check of all simple moves, naming the first that would be better."""
    ids, tried = frozenset(plan.components), 0
    here = rank(counted, ids)
    for other in _moves(counted, ids):
        tried += 1
        if rank(counted, other) < here and not violations(counted, other):
            return [Check(_("no simple move is better"), False, ", ".join(sorted(other)))]
    return [Check(_("no simple move is better"), True, _("{count} tried").format(count=tried))]


def rank(counted: Recount, ids: frozenset[str]) -> tuple[int, int, int, int, tuple[str, ...]]:
    """Return what choices are ordered by, the best being the smallest: score, tools, memory, minutes, names."""
    used = amounts(counted, ids)
    return -score(counted, ids), used["tools"], used["memory_mb"], used["admin_minutes"], tuple(sorted(ids))


def _moves(counted: Recount, ids: frozenset[str]) -> Iterator[frozenset[str]]:
    outside = sorted(counted.components.keys() - ids - counted.barred.keys())
    inside = sorted(ids - counted.forced)
    for name in inside:
        yield ids - {name}
    for name in outside:
        yield ids | {name}
        for other in inside:
            yield ids - {other} | {name}
