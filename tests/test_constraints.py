"""What is tried is what is installed: every library we need, and what it needs itself, has one version in writing.

A release of tomorrow reaches us by a commit that ran all tests, not by the clock: HiGHS 1.16 put a line of its own
before every JSON of ours on the day it appeared.
"""

from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from provisioner.matching.solver import Programme, maximise

WRITTEN = {
    canonicalize_name(name): number
    for line in (Path(__file__).parent.parent / "constraints.txt").read_text("utf-8").splitlines()
    for name, _equals, number in [line.partition("==")]
}


def needed(name: str, extras: set[str], seen: set[tuple[str, str]]) -> set[str]:
    """The names of all that an installed distribution needs here, itself excepted."""
    found: set[str] = set()
    for line in requires(name) or ():
        each = Requirement(line)
        if each.marker and not any(each.marker.evaluate({"extra": extra}) for extra in (extras or {""})):
            continue
        key = (canonicalize_name(each.name), ",".join(sorted(each.extras)))
        found.add(key[0])
        if key not in seen:
            seen.add(key)
            found |= needed(each.name, each.extras, seen)
    return found


def test_every_library_in_use_has_its_version_in_writing_and_is_that_version() -> None:
    names = needed("provisioner", {"", "dev"}, set())
    assert {"click", "highspy", "numpy", "pytest", "cffi"} <= names  # ours, theirs, and theirs of theirs
    assert {name: version(name) for name in names} == {name: WRITTEN.get(name) for name in names}


def test_the_solver_says_nothing_on_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    programme = Programme()
    first, second = programme.variable(), programme.variable()
    programme.row({first: 1, second: 1}, highest=1)
    solution = maximise(programme, {first: 2, second: 3})
    assert solution and solution.values == [0, 1]
    assert capfd.readouterr() == ("", "")
