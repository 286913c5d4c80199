"""Hosts that cannot be used: each in its own words, with the way out, and nothing half done."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from rehearsal import Host, Stack, StackMaker

pytestmark = pytest.mark.lab
CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "errors" / "hosts.yaml").read_text("utf-8"))

STATE = """
find /srv /usr/local /var/lib/provisioner /etc/docker /etc/apt -type f 2>/dev/null | sort
dpkg-query --show
docker ps --all 2>/dev/null || true
"""
STARTED = "ls /srv/provisioner /var/lib/provisioner/ports.json 2>/dev/null; docker ps --all --quiet 2>/dev/null; true"


@pytest.fixture(scope="module")
def model(bare: Host, make_stack: StackMaker) -> Stack:
    """Return a stack for the bare host that would do."""
    return make_stack("zeta", bare, ["radicale"], "none")


@pytest.fixture
def stack(model: Stack, tmp_path: Path) -> Stack:
    """Return a copy of that stack, to be broken."""
    folder = shutil.copytree(model.folder, tmp_path / "zeta")
    return Stack(folder, model.host, model.catalog, model.identity)


@contextmanager
def broken(case: dict[str, Any], stack: Stack) -> Iterator[None]:
    """Break host and stack as the case says, and take back what was done to the host."""
    if "on_here" in case:
        line = case["on_here"].format(folder=stack.folder, address=stack.host.lab.address)
        subprocess.run(["sh", "-euc", line], check=True)
    for pattern, replacement in case.get("stack", {}).items():
        stack.edit(pattern, replacement)
    stack.host.from_below(case.get("on_host", "true"))
    try:
        yield
    finally:
        stack.host.from_below(case.get("undo", "true"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_host_that_cannot_be_used_is_told_and_left_alone(case: dict[str, Any], stack: Stack) -> None:
    with broken(case, stack):
        before = stack.host.from_below(STATE)
        done = stack.run("apply", str(stack.folder))
        after = stack.host.from_below(STATE)
    assert done.code == case["exit_code"], done.err
    missing = [text for text in case["says"] if text not in done.err]
    assert not missing, done.err
    assert "Traceback" not in done.err and not re.search(r"\{[a-z_]+\}", done.err)
    assert stack.host.run(STARTED) == ""
    if case.get("after") != "docker":  # a taken port or a full disk is found once Docker is there
        assert after == before
