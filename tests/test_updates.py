"""Newer versions of images: one case a line in cases/updates; the command on a registry that really runs."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from provisioner.updates import newer, read_tag

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "updates" / "cases.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["current"]))
def test_newer_gives_the_steps_of_the_case(case: dict[str, Any]) -> None:
    assert newer(str(case["current"]), [str(tag) for tag in case["tags"]]) == case["expect"]


NUMBERS = st.lists(st.integers(0, 40), min_size=3, max_size=3).map(lambda numbers: ".".join(map(str, numbers)))


@given(current=NUMBERS, tags=st.lists(NUMBERS, max_size=12))
def test_newer_never_goes_back_nor_over_a_major_version(current: str, tags: list[str]) -> None:
    now = read_tag(current)
    majors = sorted({int(tag.split(".")[0]) for tag in tags if int(tag.split(".")[0]) > int(current.split(".")[0])})
    for policy, tag in newer(current, tags).items():
        found = read_tag(tag)
        assert now and found and found.order > now.order and tag in tags
        assert found.numbers[0] == (majors[0] if policy == "major" else now.numbers[0])
        assert (found.numbers[:2] == now.numbers[:2]) == (policy == "patch")
