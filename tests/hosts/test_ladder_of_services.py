"""Every service climbs the ladder: a quarter of them each day, all within four; all at once: `make prove-all`."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from provisioner import lab
from provisioner.catalog import load_catalog
from provisioner.ladder.many import provable

pytestmark = pytest.mark.ladder
NAMES = provable(load_catalog())
# PROVE names services, "all", or nothing: the quarter of today.
CHOSEN = os.environ.get("PROVE", "")
TODAY = int(time.strftime("%j", time.gmtime())) % 4
QUARTER = [name for number, name in enumerate(NAMES) if number % 4 == TODAY]
# Their databases take minutes to make, and so do their earlier versions: the upper rungs are for prove-all.
SLOW = {"pretix", "tryton"} if CHOSEN == "" else set()
LOWER = ("install", "again", "probe", "memory", "hardening")
WANTED = {*LOWER, "neighbour", "restart", "removal", "purge", "written", "restore", "elsewhere", "person"}
SERVICES = NAMES if CHOSEN == "all" else CHOSEN.split(",") if CHOSEN else QUARTER


@pytest.fixture(scope="session")
def host(worker_id: str) -> Iterator[str]:
    """Give the name of a rehearsal host of this worker's own."""
    name = f"ladder-{os.getpid()}"
    yield name
    if any(each.name == name for each in lab.hosts()):
        lab.down(name)


@pytest.mark.parametrize("service", SERVICES)
def test_service_climbs_every_rung(service: str, host: str) -> None:
    command = [
        sys.executable,
        "-m",
        "provisioner",
        "--lang",
        "en",
        "catalog",
        "prove",
        service,
        "--host",
        host,
        "--json",
    ]
    command += [word for rung in LOWER if service in SLOW for word in ("--rung", rung)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=3000)
    assert done.stdout.startswith("{"), done.stderr[-3000:]
    proof = json.loads(done.stdout)["proofs"][service]
    fallen = [f"{rung['name']}: {rung['told']}" for rung in proof["rungs"] if rung["outcome"] == "failed"]
    assert (done.returncode, fallen) == (0, []), done.stderr[-2000:]
    climbed = {rung["name"] for rung in proof["rungs"] if rung["outcome"] == "passed"}
    assert climbed >= (set(LOWER) if service in SLOW else WANTED)
