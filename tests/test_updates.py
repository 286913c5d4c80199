"""Newer versions of images: one case a line in cases/updates; the command on a registry that really runs."""

import json
import re
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


ROOT = Path(__file__).parent.parent
RENOVATE = json.loads((ROOT / "renovate.json").read_text("utf-8"))


def patterns(manager: dict[str, Any]) -> list[str]:
    return [pattern.strip("/") for pattern in manager["managerFilePatterns"]]


def test_renovate_reads_every_compose_file_of_ours() -> None:
    paths = [path.relative_to(ROOT).as_posix() for path in (ROOT / "catalog").glob("*/compose.yaml")]
    for path in [*paths, "templates/proxy/compose.yaml"]:
        assert any(re.search(pattern, path) for pattern in patterns(RENOVATE["docker-compose"])), path


def test_renovate_finds_the_version_of_every_stand_in_from_pypi_and_npm() -> None:
    found = {}
    for path in sorted((ROOT / "catalog").glob("*/image/image.yaml")):
        text = path.read_text("utf-8")
        for manager in RENOVATE["customManagers"]:
            assert re.search(patterns(manager)[0], path.relative_to(ROOT).as_posix())
            for pattern in manager["matchStrings"]:
                for match in re.finditer(pattern.replace("(?<", "(?P<"), text):
                    found[path.parent.parent.name] = (
                        manager["datasourceTemplate"],
                        match["depName"],
                        match["currentValue"],
                    )
        wanted = re.search(r"^source: (PyPI|npm) ", text, re.M)
        assert (path.parent.parent.name in found) == bool(wanted), path
    assert found["radicale"] == ("pypi", "radicale", "3.9.0") and found["etherpad"][:2] == ("npm", "ep_etherpad-lite")
