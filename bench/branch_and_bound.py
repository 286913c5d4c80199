"""What one would write without a solver: every allowed choice tried, and branch and bound, both in plain Python."""

from dataclasses import dataclass
from typing import Any

from provisioner.matching.brute import remaining
from provisioner.matching.recount import Recount, limits, score
from provisioner.matching.verify_limits import violations
from provisioner.matching.verify_moves import rank

State = tuple[tuple[str, ...], int, int, int, int, int, frozenset[str], frozenset[str], tuple[int, ...]]


@dataclass(frozen=True)
class Figures:
    """What one candidate adds: MB, MB of disk, minutes, minutes of training, points of its own, value for each need."""

    name: str
    memory: int
    disk: int
    minutes: int
    training: int
    own: int
    tool: str
    community: bool
    values: tuple[int, ...]


class Search:
    """A depth-first search over the free candidates; `visited` counts allowed choices, or nodes."""

    def __init__(self, counted: Recount) -> None:
        self.counted, self.most, self.visited = counted, limits(counted), 0
        self.weights, self.price = counted.rules.weights, counted.rules.weights.tool_cost
        found = [self._figures(name) for name in remaining(counted)]
        self.free = sorted(found, key=lambda one: (-sum(one.values), one.name))
        needs, after = len(counted.needs), (0,) * len(counted.needs)
        self.after = [after]
        for one in reversed(self.free):
            after = tuple(max(after[i], one.values[i]) for i in range(needs))
            self.after.insert(0, after)
        self.best: tuple[Any, ...] | None = None

    def every_choice(self) -> tuple[int, tuple[str, ...]]:
        """Try every choice that keeps the limits; what passes one is not grown any further."""
        return self._run(bound=False)

    def bounded(self) -> tuple[int, tuple[str, ...]]:
        """The same, leaving out what cannot become better than the best so far."""
        return self._run(bound=True)

    def _figures(self, name: str) -> Figures:
        item, profile = self.counted.components[name], self.counted.profile
        password = profile.security.single_sign_on == "preferred" and item.accounts and not item.sso
        worth = self.counted.worth
        values = tuple(worth[need, name].points if (need, name) in worth else 0 for need in sorted(self.counted.needs))
        own = self.weights.no_single_sign_on * password
        facing = item.facing == "community"
        memory = self.counted.memory[name]
        return Figures(
            name, memory, item.disk_mb, item.admin_minutes, item.training_minutes, own, item.tool, facing, values
        )

    def _run(self, *, bound: bool) -> tuple[int, tuple[str, ...]]:
        """Search from nothing: the case has nothing forced, nothing kept and no prices."""
        self.best, self.visited = None, 0
        assert not self.counted.forced and not self.counted.standing
        none: frozenset[str] = frozenset()
        weights = self.weights
        base = (weights.system_memory_mb, weights.system_disk_gb * 1024, weights.admin_base_minutes)
        self._visit(0, ((), *base, 0, 0, none, none, self.after[-1]), bound)
        assert self.best
        return -self.best[0], self.best[4]

    def _visit(self, number: int, state: State, bound: bool) -> None:
        ids, memory, disk, minutes, training, own, community, tools, values = state
        most = self.most
        if memory > most["memory_mb"] or disk > most["disk_mb"] or minutes > most["admin_minutes"]:
            return
        if len(community) > most["community_tools"] or len(tools) > most["tools"]:
            return
        if bound:
            self.visited += 1
            if self.best and -self._score(state, self.after[number]) > self.best[0]:
                return
        if number == len(self.free):
            self._leaf(state, bound)
            return
        one = self.free[number]
        grown = tuple(map(max, values, one.values))
        more = community | {one.tool} if one.community else community
        self._visit(
            number + 1,
            ((*ids, one.name), memory + one.memory, disk + one.disk, minutes + one.minutes, training + one.training,
             own + one.own, more, tools | {one.tool}, grown),
            bound,
        )  # fmt: skip
        self._visit(number + 1, state, bound)

    def _leaf(self, state: State, bound: bool) -> None:
        names = set(state[0])
        for name in names:
            item = self.counted.components[name]
            if not names.issuperset(item.requires) or not names.isdisjoint(item.conflicts):
                return
        self.visited += not bound
        if self.best is None or -self._score(state, ()) <= self.best[0]:
            ids = frozenset(names)
            assert self._score(state, ()) == score(self.counted, ids) and not violations(self.counted, ids)
            here = rank(self.counted, ids)
            self.best = here if self.best is None else min(self.best, here)

    def _score(self, state: State, open_: tuple[int, ...]) -> int:
        """Return the points of a choice; with values still open, the most it can become."""
        ids, memory, _disk, minutes, training, own, community, tools, values = state
        total = sum(map(max, values, open_)) if open_ else sum(values)
        if not ids:
            return total
        price, count = self.price[self.counted.profile.maturity.level], len(community)
        cost = price * (count * (count + 1) // 2 + len(tools) - count) + own
        cost += minutes // self.weights.admin_minutes_per_point
        cost += self.weights.training_points_per_hour * training // 60
        cost += self.weights.memory_points * memory // self.counted.profile.hosting.resources.ram_mb
        return total - cost
