"""An integer programme in plain numbers, and HiGHS to solve it. Knows nothing of services."""

from dataclasses import dataclass, field
from typing import Any

TIME_LIMIT_SECONDS = 30.0
INFINITY = float("inf")


@dataclass
class Programme:
    """Whole-number variables with bounds, and rows: lowest <= sum of factor x variable <= highest."""

    lowest: list[int] = field(default_factory=list)
    highest: list[int] = field(default_factory=list)
    rows: list[tuple[dict[int, int], float, float]] = field(default_factory=list)

    def variable(self, highest: int = 1, lowest: int = 0) -> int:
        """Add a variable and return its number."""
        self.lowest.append(lowest)
        self.highest.append(highest)
        return len(self.lowest) - 1

    def row(self, factors: dict[int, int], lowest: float = -INFINITY, highest: float = INFINITY) -> None:
        """Add a row."""
        self.rows.append((factors, lowest, highest))


@dataclass(frozen=True)
class Solution:
    """The value of each variable, and whether it is proved that none is better."""

    values: list[int]
    proved: bool


def maximise(programme: Programme, goal: dict[int, int]) -> Solution | None:
    """Given a programme and the factors of a goal, return the best solution, or None when there is none at all."""
    import highspy

    class Silent(highspy.Highs):
        """HiGHS 1.16 prints who it is while it is made, before an option can be set: standard output is ours."""

        def enableCallbacks(self) -> None:
            self.setOptionValue("output_flag", False)
            super().enableCallbacks()  # type: ignore[no-untyped-call]

    solver: Any = Silent()  # type: ignore[no-untyped-call]
    for name, value in (
        ("output_flag", False), ("threads", 1), ("random_seed", 0), ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.5),
        ("mip_feasibility_tolerance", 1e-9), ("primal_feasibility_tolerance", 1e-9),
        ("time_limit", TIME_LIMIT_SECONDS),
    ):  # fmt: skip
        solver.setOptionValue(name, value)
    _pass(solver, programme, goal)
    solver.run()
    status, kinds = solver.getModelStatus(), highspy.HighsModelStatus
    found = solver.getSolution().col_value
    if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible) or not len(found):
        return None
    return Solution([round(value) for value in found], status == kinds.kOptimal)


def _pass(solver: Any, programme: Programme, goal: dict[int, int]) -> None:
    import numpy

    columns = len(programme.lowest)
    starts: list[int] = []
    index: list[int] = []
    values: list[int] = []
    for factors, _lowest, _highest in programme.rows:
        starts.append(len(index))
        index += list(factors)
        values += list(factors.values())
    solver.passModel(
        columns, len(programme.rows), len(index), 2, -1, 0.0,
        numpy.array([float(goal.get(number, 0)) for number in range(columns)]),
        numpy.array(programme.lowest, dtype=float), numpy.array(programme.highest, dtype=float),
        numpy.array([row[1] for row in programme.rows], dtype=float),
        numpy.array([row[2] for row in programme.rows], dtype=float),
        numpy.array(starts, dtype=numpy.int32), numpy.array(index, dtype=numpy.int32),
        numpy.array(values, dtype=float), numpy.ones(columns, dtype=numpy.int32),
    )  # fmt: skip
