"""Time things with the monotonic clock: the wall clock of a virtual machine may step."""

import time
from collections.abc import Callable


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """Return the least of the times that `work` took, in seconds: the one the machine's noise disturbed least."""
    found = []
    for _index in range(times):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return min(found)
