"""Rehearsal hosts for the whole session: one with Debian 13 that most tests share, a bare one for what goes wrong."""

import os
import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from rehearsal import Host, HostMaker, Stack, StackMaker
from saved import Saved
from watchers import CommandLines, First, Visits

from provisioner import lab
from provisioner.paths import data_dir

SERVICES = ("etherpad", "radicale")
BLOCKS = ("base", "caddy", "mariadb", "postgres", "registry")
LOGGING = ("mediawiki", "prosody")  # they have a test of their own: what their logs tell of sign-ins


@pytest.fixture(scope="session")
def make_host() -> Iterator[HostMaker]:
    """Give a function that starts a host of a name of its own; all are removed at the end."""
    made: list[str] = []

    def make(purpose: str, debian: str = "13") -> Host:
        made.append(f"{purpose}-{uuid.uuid4().hex[:6]}")
        return Host(lab.up(made[-1], debian))

    yield make
    for name in made:
        lab.down(name)


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a catalog of our light services, Radicale with a small limit, and one that is it under another name."""
    folder, source = tmp_path_factory.mktemp("catalogs") / "catalog", data_dir("catalog")
    folder.mkdir()
    for path in source.iterdir():
        if path.is_file():
            shutil.copy(path, folder)
        elif path.name in (*SERVICES, *LOGGING, *BLOCKS):
            shutil.copytree(path, folder / path.name)
    change(folder / "radicale", "max_body: 90M", "max_body: 1M")
    copy = shutil.copytree(folder / "radicale", folder / "second", ignore=shutil.ignore_patterns("image"))
    change(copy, "name: radicale\n", "name: second\n")
    change(copy, "subdomain: agenda", "subdomain: second")
    return folder


def change(entry: Path, old: str, new: str) -> None:
    """Replace a text that is there once in the service.yaml of a catalog entry."""
    text = (entry / "service.yaml").read_text("utf-8")
    assert text.count(old) == 1
    (entry / "service.yaml").write_text(text.replace(old, new), "utf-8")


@pytest.fixture(scope="session")
def make_stack(catalog: Path, tmp_path_factory: pytest.TempPathFactory) -> StackMaker:
    """Give a function that writes a stack for a host. All stacks of a session are opened by one identity."""
    base = tmp_path_factory.mktemp("stacks")

    def make(name: str, host: Host, services: list[str], level: str = "auto") -> Stack:
        return Stack.make(base / name, host, catalog, base / "identity.txt", services, level)

    return make


@pytest.fixture(scope="session")
def first(make_host: HostMaker, make_stack: StackMaker) -> First:
    """Plan and apply the stack `alpha` (Etherpad, Radicale) on a bare Debian 13, watching from all sides."""
    host, began = make_host("test", "13"), time.time()
    stack = make_stack("alpha", host, ["etherpad", "radicale"])
    visits, command_lines = Visits(host, "pads.alpha.lab.test"), CommandLines()
    with command_lines.watch():
        planned = stack.plan()
        with visits.watch():
            applied = stack.apply()
    return First(stack, began, planned, applied, visits, command_lines)


@pytest.fixture(scope="session")
def alpha(first: First) -> Stack:
    """Return the stack `alpha`, applied."""
    return first.stack


@pytest.fixture(scope="session")
def gamma(make_host: HostMaker, make_stack: StackMaker) -> Stack:
    """Return the stack `gamma` (Radicale) on a Debian 12, applied as it was predicted."""
    stack = make_stack("gamma", make_host("test12", "12"), ["radicale"])
    planned, applied = stack.plan(), stack.apply()
    assert planned.changes == applied.changes
    return stack


@pytest.fixture(scope="session")
def beta(alpha: Stack, make_stack: StackMaker) -> Stack:
    """Return the stack `beta` of another association (Radicale) on the same host, applied."""
    stack = make_stack("beta", alpha.host, ["radicale"])
    stack.apply()
    return stack


@pytest.fixture(scope="session")
def bare(make_host: HostMaker) -> Host:
    """Return a host on which nothing was ever done."""
    return make_host("bare", "13")


@pytest.fixture(scope="session")
def saved(make_host: HostMaker, make_stack: StackMaker) -> Saved:
    """Return the stack `save` (Etherpad, Radicale) with backups to two folders of its host, applied."""
    return Saved.make(make_stack("save", make_host("save", "13"), ["etherpad", "radicale"], "none"))


# Faults and damage come in many cases that take minutes each: a third of them each day, all with PROVE=all. The same
# with what outlasts many changes of the code: one line of these files each day.
MANY = ("test_hosts_backup_faults.py", "test_hosts_destinations.py")
IN_TURN = (
    ("test_hosts_firewall.py", "test_hosts_clock.py", "test_hosts_people.py"),
    ("test_hosts_lockout.py", "test_hosts_ipv6.py"),
    ("test_hosts_limits.py", "test_hosts_wishes.py"),
    ("test_hosts_rotation.py", "test_hosts_trust.py"),
    ("test_hosts_app_logs.py", "test_hosts_breach.py"),
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is for other days, unless tests or files were named by a person or all are wanted."""
    named = any("::" in word or word.endswith(".py") for word in config.args) or config.getoption("keyword")
    if os.environ.get("PROVE") or named:
        return
    today = int(time.strftime("%j", time.gmtime()))
    many = [item for item in items if item.path.name in MANY and "[" in item.name]
    other_days = {name for day, names in enumerate(IN_TURN) if day != today % len(IN_TURN) for name in names}
    others = {id(item) for number, item in enumerate(many) if number % 3 != today % 3}
    others |= {id(item) for item in items if item.path.name in other_days}
    config.hook.pytest_deselected(items=[item for item in items if id(item) in others])
    items[:] = [item for item in items if id(item) not in others]
