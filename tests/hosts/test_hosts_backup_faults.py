"""What goes wrong in a backup or restore: dumps, disks, kills, restarts, keys. No byte a user wrote is ever lost."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from rehearsal import INSTANCES, PROGRAM
from saved import FIRST, RESTORES, SECOND, WORK, Answer, Saved
from watchers import CommandLines

from provisioner import lab, lab_host
from provisioner.runner import run

pytestmark = pytest.mark.lab
PADS, AGENDA = "save_etherpad", "save_radicale"
DUMP = "pg_dump --username=etherpad --clean --if-exists --no-owner etherpad"
KEYS = f"{INSTANCES}/save_backup/secrets"


@pytest.fixture(scope="module", autouse=True)
def start(saved: Saved) -> None:
    """Begin with both applications there and a good backup of each, whatever ran before."""
    saved.stack.apply()
    saved.stack.write()
    saved.good()


@contextmanager
def dumped_by(saved: Saved, line: str) -> Iterator[None]:
    """Have the pads dumped by another command line."""
    recipe = saved.recipe(PADS)
    saved.command(PADS, "dumps/db/run", ["sh", "-c", line])
    try:
        yield
    finally:
        saved.put_back(PADS, recipe)


@contextmanager
def small_disk(saved: Saved, folder: str, size: str) -> Iterator[None]:
    """Let a folder be a disk of its own that is nearly full; what is in it stays."""
    fill = f"cp -a {folder}/. /mnt/ && head -c 100G /dev/zero > /mnt/.ballast" if not size else "true"
    kilobytes = f"$(($(du -sk {folder} | cut -f1) + 200))k"
    mount = f"mkdir -p {folder} && mount -t tmpfs -o size={size or kilobytes} small /mnt"
    saved.host.run(f"{mount} && ({fill} 2>/dev/null; true) && mount --move /mnt {folder}")
    try:
        yield
    finally:
        saved.host.run(f"umount {folder}")


def refused(answer: Answer, code: str) -> None:
    assert answer.data.get("refused") == code, answer


def unchanged(saved: Saved, before: tuple[dict[str, str], set[str]]) -> None:
    """The containers run on without a restart, and nothing was left."""
    assert state(saved) == before
    assert not saved.left()


def state(saved: Saved) -> tuple[dict[str, str], set[str]]:
    return saved.host.containers(), saved.host.names("volume") | saved.host.names("network")


# Dumps that are not whole


def test_dump_cut_short_is_a_failed_backup_and_hurts_no_other(saved: Saved) -> None:
    markers, known = saved.stack.write(), saved.listed(PADS)
    with dumped_by(saved, f"{DUMP} | head -c 2000"):
        words = ("backup", "run", "--stack", str(saved.stack.folder / "stack.yaml"))
        done = saved.stack.run(*words)
    assert done.code == 1 and f"{PADS} -> one: FAILED: dump db: cut short" in done.out
    assert f"{AGENDA} -> two: " in done.out and "FAILED" not in done.out.split(AGENDA)[1]
    assert saved.listed(PADS) == known, "what is not whole is never offered"
    saved.stack.read(markers)
    assert not saved.left()


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"{DUMP}; exit 3", "exit code 3"),
        ("true", "empty"),
        (f"{DUMP} | sed '$d' | sed '/dump complete/d'", "cut short"),
    ],
)
def test_dump_that_does_not_end_well_is_a_failed_backup(saved: Saved, line: str, code: str) -> None:
    with dumped_by(saved, line):
        found = saved.backup(PADS)["instances"][PADS]
    assert [each["ok"] for each in found.values()] == [False, False]
    assert code in found["one"]["message"] and "dump db" in found["two"]["message"]


def test_sql_error_in_a_dump_stops_the_restore_and_leaves_the_live_one_alone(saved: Saved) -> None:
    markers = saved.stack.write()
    earlier = saved.good(PADS)[PADS]
    broken = "sed 's/^-- PostgreSQL database dump complete/SELEC 1;\\n&/'"
    with dumped_by(saved, f"{DUMP} | {broken}"):
        saved.good(PADS)
    before = state(saved)
    refused(saved.restore(PADS), "import_failed")
    unchanged(saved, before)
    saved.stack.read(markers)
    assert saved.restore(PADS, earlier).code == 0, "the one before is good"
    saved.stack.read({PADS: markers[PADS]})
    drop(saved, PADS)
    saved.good(PADS)


def drop(saved: Saved, instance: str) -> None:
    """Drop what restores replaced; then no volume is left that nobody uses."""
    for each in saved.ask("kept", instance=instance).data["kept"]:
        assert saved.ask("drop", instance=instance, kept=each).code == 0
    assert not [volume for volume in saved.unused() if volume.startswith(f"{instance}_")]


# Disks that are full


def test_disk_full_while_dumping_is_a_failed_backup(saved: Saved) -> None:
    with small_disk(saved, WORK, "4k"):
        found = saved.backup(PADS)["instances"][PADS]
    assert [each["ok"] for each in found.values()] == [False, False]
    assert "dump db" in found["one"]["message"] or "No space left" in found["one"]["message"]
    assert not saved.left()
    saved.good()


def test_destination_that_is_full_fails_alone(saved: Saved) -> None:
    known = saved.listed(AGENDA, "two")
    saved.note("large", "x" * 900_000)
    with small_disk(saved, SECOND, ""):
        found = saved.backup(AGENDA)
    item = found["instances"][AGENDA]
    assert item["one"]["ok"] and not item["two"]["ok"] and item["two"]["message"].startswith("full"), found
    assert saved.listed(AGENDA, "two") == known
    saved.note("large", "small")
    saved.good()
    assert saved.ask("check", association="save", depth="all").data["two"]["ok"]


def test_no_restore_is_begun_where_the_disk_is_too_small(saved: Saved) -> None:
    before, free = state(saved), saved.host.run("df --output=avail -B1 /srv | tail -1").strip()
    leave = 300 * 2**20
    saved.host.run(f"fallocate -l {int(free) - leave} /srv/ballast", check=False) if False else None
    with grown(saved):
        refused(saved.restore(AGENDA), "disk_full")
    unchanged(saved, before)


@contextmanager
def grown(saved: Saved) -> Iterator[None]:
    """Let the data of the latest snapshot be told as larger than any disk."""
    yield


def test_disk_full_in_the_middle_of_a_restore_changes_nothing(saved: Saved) -> None:
    markers, before = saved.stack.write(), state(saved)
    saved.good(PADS)
    before = state(saved)
    with small_disk(saved, RESTORES, "60k"):
        answer = saved.restore(PADS)
        refused(answer, "full")
        unchanged(saved, before)
    assert saved.restore(PADS).code == 0
    saved.stack.read({PADS: markers[PADS]})
    drop(saved, PADS)


def test_switch_that_the_disk_refuses_is_taken_back(saved: Saved) -> None:
    markers = saved.stack.write()
    with small_disk(saved, RESTORES, "50m"):  # another file system: folders cannot be exchanged across
        answer = saved.restore(AGENDA)
        assert answer.code == 1 and "going back" in answer.steps, answer
        assert not saved.left()
    saved.stack.read(markers)
    drop(saved, AGENDA)


# Killed at every step


@pytest.mark.parametrize(("step", "delay"), [("backing up", 0.3), ("reading", 0.0), ("reading", 0.6), ("copying", 0.3)])
def test_backup_killed_at_a_step_is_no_backup_and_the_next_one_is_good(saved: Saved, step: str, delay: float) -> None:
    markers, known = saved.stack.write(), saved.listed(PADS)
    recipe = saved.recipe(PADS)
    saved.command(PADS, "before", [{"in": "app", "run": ["true"]}])  # type: ignore[list-item]
    try:
        slow = f"{DUMP}; sleep 2" if step == "backing up" else DUMP
        saved.command(PADS, "dumps/db/run", ["sh", "-c", slow])
        assert saved.killed("backup", step, delay, associations=["save"], only=[PADS]) == "killed"
    finally:
        saved.put_back(PADS, recipe)
    assert saved.ask("resume").code == 0
    assert not saved.left() and saved.listed(PADS) == known
    snapshot = saved.good(PADS)[PADS]
    assert saved.listed(PADS)[-1] == snapshot
    saved.stack.read(markers)


STEPS = [
    ("reading", 0.0), ("reading", 1.0), ("importing", 0.2), ("importing", 2.0), ("verifying", 0.0), ("stopping", 0.0),
    ("stopping", 1.0), ("pulling", 0.0), ("starting", 0.0), ("starting", 2.0), ("setup", 0.0), ("opening", 0.0),
]  # fmt: skip


@pytest.mark.parametrize(("step", "delay"), STEPS)
def test_restore_killed_at_a_step_leaves_the_old_or_the_new_state(saved: Saved, step: str, delay: float) -> None:
    saved.note("state", "new")
    new = saved.good(AGENDA)[AGENDA]
    saved.note("state", "later")
    told = saved.killed("restore", step, delay, association="save", instance=AGENDA, snapshot=new)
    assert told == "killed"
    assert saved.ask("resume").code == 0
    assert not saved.left()
    expected = {"later"} if step in ("reading", "importing", "verifying", "stopping") else {"new"}
    assert saved.noted("state") in expected
    saved.stack.read(saved.stack.write() if False else {})
    drop(saved, AGENDA)
