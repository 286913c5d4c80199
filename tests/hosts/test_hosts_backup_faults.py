"""What goes wrong in a backup or restore: dumps, disks, kills, restarts, keys. No byte a user wrote is ever lost."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from rehearsal import INSTANCES
from saved import FIRST, RESTORES, SECOND, WORK, Answer, Saved
from test_hosts_faults import WORKER
from watchers import CommandLines

from provisioner import lab

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
    kilobytes = f"$(($(du -sk {folder} | cut -f1) + 200))k"
    fill = "true" if size else f"(cat /dev/zero > {folder}/.ballast 2>/dev/null; true)"
    disk = f"mount -t tmpfs -o size={size or kilobytes} small {folder}"
    copy = (
        f"mkdir -p {folder} && cp -a {folder} /root/kept && {disk} && cp -a /root/kept/. {folder} && rm -r /root/kept"
    )
    saved.host.run(f"{copy} && {fill}")
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
    ("line", "code"), [(f"{DUMP}; exit 3", "exit code 3"), ("true", "empty")], ids=["code", "empty"]
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
    saved.good(PADS)


def test_destination_that_is_full_fails_alone(saved: Saved) -> None:
    known = saved.listed(AGENDA, "two")
    saved.note("large", secrets.token_hex(400_000))
    with small_disk(saved, SECOND, ""):
        found = saved.backup(AGENDA)
    item = found["instances"][AGENDA]
    assert item["one"]["ok"] and not item["two"]["ok"] and item["two"]["message"].startswith("full"), found
    assert saved.listed(AGENDA, "two") == known
    saved.note("large", "small")
    saved.good(AGENDA)
    assert saved.ask("check", association="save", destination="two", depth="all").data["two"]["ok"]


def test_no_restore_is_begun_where_the_disk_is_too_small(saved: Saved) -> None:
    before = state(saved)
    with small_disk(saved, "/srv/provisioner", ""):
        answer = saved.restore(AGENDA)
    refused(answer, "disk_full")
    assert answer.steps == []
    unchanged(saved, before)


def test_disk_full_in_the_middle_of_a_restore_changes_nothing(saved: Saved) -> None:
    markers = saved.stack.write()
    saved.good(PADS)
    before = state(saved)
    with small_disk(saved, RESTORES, "60k"):
        answer = saved.restore(PADS)
        refused(answer, "full")
        unchanged(saved, before)
    saved.stack.read(markers)


def test_switch_that_the_disk_refuses_is_taken_back(saved: Saved) -> None:
    markers = saved.stack.write()
    with small_disk(saved, RESTORES, "50m"):  # another file system: folders cannot be exchanged across
        answer = saved.restore(AGENDA)
        assert answer.code == 1 and "going back" in answer.steps, answer
        assert not saved.left()
    saved.stack.read(markers)
    drop(saved, AGENDA)


# Killed at every step


@pytest.mark.parametrize(("step", "delay"), [("backing up", 4.0), ("reading", 0.0), ("reading", 0.6), ("copying", 0.3)])
def test_backup_killed_at_a_step_is_no_backup_and_the_next_one_is_good(saved: Saved, step: str, delay: float) -> None:
    markers, known = saved.stack.write(), saved.listed(PADS)
    recipe = saved.recipe(PADS)
    saved.command(PADS, "before", [{"in": "app", "run": ["true"]}])  # type: ignore[list-item]
    try:
        slow = f"{DUMP}; sleep 20" if step == "backing up" else DUMP
        saved.command(PADS, "dumps/db/run", ["sh", "-c", slow])
        assert saved.killed("backup", step, delay, associations=["save"], only=[PADS]) == "killed"
    finally:
        saved.put_back(PADS, recipe)
    assert saved.ask("resume").code == 0
    assert not saved.left() and saved.listed(PADS) == known
    snapshot = saved.good(PADS)[PADS]
    assert saved.listed(PADS)[-1] == snapshot
    saved.stack.read(markers)


AT_ONCE = [(step, 0.0) for step in ("reading", "importing", "verifying", "stopping", "starting", "opening")]
IN_IT = [("reading", 0.4), ("importing", 1.5), ("stopping", 0.7), ("starting", 1.0)]


@pytest.fixture(scope="module")
def new(saved: Saved) -> str:
    """Return a snapshot of the calendars whose state is told as new."""
    saved.note("state", "new")
    saved.note("other", "new")
    return saved.good(AGENDA)[AGENDA]


@pytest.mark.parametrize(("step", "delay"), AT_ONCE + IN_IT)
def test_restore_killed_at_a_step_leaves_the_old_or_the_new_state(
    saved: Saved, new: str, step: str, delay: float
) -> None:
    saved.note("state", "later")
    saved.note("other", "later")
    told = saved.killed("restore", step, delay, association="save", instance=AGENDA, snapshot=new)
    assert told == "killed"
    assert saved.ask("resume").code == 0
    assert not saved.left()
    found = saved.noted("state"), saved.noted("other")
    assert found in {("later", "later"), ("new", "new")}, "a mix of two states"
    if delay == 0 and step != "opening":
        assert found[0] == ("new" if step == "starting" else "later")
    drop(saved, AGENDA)


def test_host_switched_off_in_the_middle_of_a_switch(saved: Saved, new: str) -> None:
    saved.note("state", "later")
    saved.begin("restore", association="save", instance=AGENDA, snapshot=new)
    soon(lambda: "switching" in saved.host.from_below("cat /var/lib/provisioner/restores/*.json 2>/dev/null; true"))
    lab.restart(saved.host.lab.name)
    soon(lambda: "CONTAINER" in saved.host.run("docker ps", check=False))
    soon(lambda: saved.ask("resume").code == 0 and not saved.left())
    soon(lambda: saved.host.fetch("agenda.save.lab.test")[0] < 500)
    assert saved.noted("state") in ("new", "later")
    drop(saved, AGENDA)
    soon(lambda: saved.host.fetch("pads.save.lab.test")[0] == 200)
    saved.good(AGENDA)


def soon(ready: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.2)


# Two things at once


def dumping(saved: Saved) -> bool:
    """Tell whether the pads are being dumped now."""
    return bool(saved.host.run(f"find {WORK}/{PADS} -type f 2>/dev/null", check=False).strip())


def test_second_backup_at_once_is_refused_or_waits_and_hurts_the_first_no_more_than_the_timer(saved: Saved) -> None:
    with dumped_by(saved, f"{DUMP}; sleep 15"):
        first = saved.begin("backup", associations=["save"], only=[PADS])
        soon(lambda: dumping(saved))
        woken = saved.ask("resume")
        refused = saved.ask("backup", associations=["save"], only=[PADS])
        second = saved.stack.start("backup", "run", "etherpad", "--stack", str(saved.stack.folder / "stack.yaml"))
        out, _ = first.communicate(timeout=120)
        waited = saved.stack.end(second)
    assert woken.code == 0
    assert refused.code == 1 and "busy: backup-save" in refused.error
    assert waited.code == 0, waited.out + waited.err
    found = json.loads(out.splitlines()[-1])["save"]["instances"][PADS]
    assert first.returncode == 0 and all(each["ok"] for each in found.values()), found
    checked = saved.ask("check", association="save", destination="one", depth="structure").data
    assert checked["one"]["ok"], checked


def test_dumps_of_another_association_stay_while_it_is_backed_up(saved: Saved) -> None:
    held = "flock /var/lib/provisioner/locks/backup-other sleep"
    saved.host.run(f"mkdir -p {WORK}/other_pads && echo whole > {WORK}/other_pads/db; {held} 60 > /dev/null 2>&1 &")
    saved.good(AGENDA)
    assert saved.host.run(f"cat {WORK}/other_pads/db") == "whole\n"
    saved.host.run("kill $(pgrep -f '^sleep 60$')")
    saved.ask("resume")
    assert not saved.left(), "it was killed: its dumps go"


def test_backup_during_an_apply_that_makes_the_containers_anew(saved: Saved) -> None:
    markers = saved.stack.write()
    saved.stack.edit(r"WELCOME_TEXT: .*$", f'WELCOME_TEXT: "At {time.time():.0f}"')
    applying = saved.stack.start("apply", str(saved.stack.folder), "--json")
    soon(lambda: bool(saved.host.run(WORKER).strip()))
    snapshot = saved.good(PADS)[PADS]
    applied = saved.stack.end(applying)
    assert applied.code == 0 and applied.actions[PADS] == "update", applied.err
    assert saved.restore(PADS, snapshot).code == 0
    saved.stack.read({PADS: markers[PADS]})
    saved.stack.apply()
    drop(saved, PADS)


def test_database_restarted_in_the_middle_of_a_dump(saved: Saved) -> None:
    markers, known = saved.stack.write(), saved.listed(PADS)
    with dumped_by(saved, f"{DUMP} | (head -c 3000; sleep 4; cat)"):
        backup = saved.begin("backup", associations=["save"], only=[PADS])
        soon(lambda: dumping(saved))
        time.sleep(1)
        saved.host.run(f"docker restart --time 20 {PADS}-db-1")
        out, _ = backup.communicate(timeout=180)
    found = json.loads(out.splitlines()[-1])["save"]["instances"][PADS]
    good = all(each["ok"] for each in found.values())
    assert good or "dump db" in found["one"]["message"]
    assert len(saved.listed(PADS)) == len(known) + good
    soon(lambda: saved.ask("probe", associations=["save"], only=[PADS], write=False, markers=markers).data
         ["instances"][PADS]["ok"])  # fmt: skip
    saved.good(PADS)


# Keys and secrets


def test_wrong_key_is_told_and_the_repository_is_not_made_anew(saved: Saved) -> None:
    key, config = f"{KEYS}/key_two", saved.host.run(f"sha256sum {SECOND}/config")
    known = saved.listed(AGENDA, "two")
    saved.host.run(f"cp -p {key} /root/key && printf other > {key}")
    try:
        found = saved.backup(AGENDA)
        answer = saved.ask("restore", association="save", instance=AGENDA, destination="two")
    finally:
        saved.host.run(f"cp -p /root/key {key} && rm /root/key")
    item = found["instances"][AGENDA]
    assert item["one"]["ok"] and not item["two"]["ok"] and not found["records"]["two"]["ok"]
    assert item["two"]["message"].startswith("wrong_key")
    refused(answer, "wrong_key")
    assert saved.host.run(f"sha256sum {SECOND}/config") == config
    assert saved.listed(AGENDA, "two") == known
    saved.good(AGENDA)


def test_repository_that_went_away_is_told_and_not_made_anew(saved: Saved) -> None:
    saved.host.run(f"mv {SECOND} {SECOND}.unmounted")
    try:
        found = saved.backup(AGENDA)["instances"][AGENDA]
        assert not saved.host.run(f"ls {SECOND} 2>/dev/null", check=False)
    finally:
        saved.host.run(f"mv {SECOND}.unmounted {SECOND}")
    assert found["one"]["ok"] and found["two"]["message"].startswith("no_repository")
    saved.good(AGENDA)


PLACES = f"{FIRST} {SECOND} /var/lib/provisioner {RESTORES} /srv/provisioner/snapshot /tmp /var/tmp /run /root"


def test_no_sentence_and_no_secret_is_left_in_the_clear(saved: Saved) -> None:
    planted = [f"Sentence{number}{time.time():.0f}" for number in (1, 2)]
    saved.note("planted", planted[0])
    form = f"apikey={saved.secret('etherpad', 'api_key')}&padID=planted&text={planted[1]}"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    for call in ("createPad", "setText"):
        status, _, said = saved.host.fetch("pads.save.lab.test", f"/api/1.2.13/{call}", "POST", form.encode(), kind)
        assert status == 200, said
    names = [("etherpad", key) for key in ("api_key", "admin_password", "db_password")]
    names += [("radicale", "admin_password"), ("backup", "key_one"), ("backup", "key_two")]
    secrets = [saved.secret(service, key).strip() for service, key in names]
    lines = CommandLines()
    with lines.watch():
        saved.good()
        assert saved.ask("drill", association="save", only=[PADS]).data["ok"]
        assert saved.restore(AGENDA).code == 0
    wanted = "\n".join([*planted, *secrets])
    found = saved.host.run(f"cat > /dev/shm/wanted; grep -rlF -D skip -f /dev/shm/wanted {PLACES}", wanted, check=False)
    logged = saved.host.run(
        "journalctl --no-pager --output cat | grep -cF -f /dev/shm/wanted; rm /dev/shm/wanted", check=False
    )
    assert (found.split(), logged.strip()) == ([], "0")
    assert any(b"restic" in line for line in lines.seen) and any(b"pg_dump" in line for line in lines.seen)
    assert not [line for line in lines.seen if any(each.encode() in line for each in [*planted, *secrets])]
    assert saved.noted("planted") == planted[0]
    drop(saved, AGENDA)
