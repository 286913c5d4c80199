"""What is due, and whether the clock is believed, as data: cases/due/*.yaml, written as cases/README.md says."""

import copy
import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from provisioner.host import clock
from provisioner.host.clock import DAY, HOUR
from provisioner.host.due import ROUNDS, due, note_check, note_round, read_ages

CASES = sorted((Path(__file__).parent / "cases" / "due").glob("*.yaml"))
NOW = 1_800_000_000.0
DISK = {"name": "disk", "offsite": False, "append_only": False}
OFFSITE = {"name": "offsite", "offsite": True, "append_only": False}
CONFIG: dict[str, Any] = {
    "name": "Foyer rural", "language": "en", "destinations": [DISK, OFFSITE], "every_hours": 24, "check_days": 1,
    "window": "22:00-06:00", "drill_days": 30, "alerts": {"late_hours": 36},
}  # fmt: skip


def config_of(case: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a case: the usual ones but for what it says."""
    given = copy.deepcopy(case.get("config", {}))
    for name in given.pop("append_only", []):
        assert name in ("disk", "offsite")
        given.setdefault("destinations", copy.deepcopy(CONFIG["destinations"]))
        next(each for each in given["destinations"] if each["name"] == name)["append_only"] = True
    return {**CONFIG, **given}


def state_of(case: dict[str, Any]) -> dict[str, Any]:
    """Return the state that a case describes in hours ago."""
    ago, wheres = case.get("hours_ago", {}), ("disk", "offsite")
    names = case.get("instances", ["foyer_pad"])
    state: dict[str, Any] = {
        "instances": {}, "drills": {}, "destinations": {where: {} for where in wheres},
        "clock": NOW - HOUR * ago.get("clock", 0.17), "window_seen": NOW - HOUR * ago.get("window", 0.17),
        "seen": {"instances": dict.fromkeys(names, NOW - 1000 * HOUR)},
    }  # fmt: skip
    if "doubt" in ago:
        state["doubt"] = NOW - HOUR * ago["doubt"]
    state["seen"]["destinations"] = dict.fromkeys(wheres, NOW - HOUR * ago.get("known", 0))
    for key, hours in ago.get("good", {}).items():
        name, where = key.split()
        state["instances"].setdefault(name, {}).setdefault(where, {})["good"] = {"time": NOW - HOUR * hours}
    for key, hours in ago.get("failed", {}).items():
        name, where = key.split()
        state["instances"].setdefault(name, {}).setdefault(where, {})["failed"] = {"time": NOW - HOUR * hours}
    for word, ok in (("check", True), ("check_failed", False)):
        for where, hours in ago.get(word, {}).items():
            state["destinations"][where]["structure"] = {"time": NOW - HOUR * hours, "ok": ok}
    for where, rounds in ago.get("rounds", {}).items():
        state["destinations"][where]["rounds"] = {"times": {str(n): NOW - HOUR * h for n, h in rounds.items()}}
    for where, rounds in ago.get("rounds_failed", {}).items():
        failed = {str(n): {"time": NOW - HOUR * h, "message": "bad"} for n, h in rounds.items()}
        state["destinations"][where].setdefault("rounds", {})["failed"] = failed
    for where, hours in ago.get("pruned", {}).items():
        state["destinations"][where]["pruned"] = {"time": NOW - HOUR * hours, "ok": True}
    for where, hours in ago.get("prune_failed", {}).items():
        state["destinations"][where]["pruned"] = {"time": NOW - HOUR * hours, "ok": False}
    for name, hours in ago.get("drill", {}).items():
        state["drills"][name] = {"time": NOW - HOUR * hours, "ok": True}
    for name, hours in ago.get("drill_failed", {}).items():
        state["drills"][name] = {"time": NOW - HOUR * hours, "ok": False}
    return state


def words(job: dict[str, Any]) -> str:
    """Return a job as the cases write it: kind, round, instance, destination."""
    return " ".join(str(job[key]) for key in ("kind", "round", "instance", "destination") if job.get(key))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_due(path: Path) -> None:
    case = yaml.safe_load(path.read_text("utf-8"))
    hour, minute = map(int, case["at"].split(":"))
    state = state_of(case)
    before = copy.deepcopy(state)
    jobs = due(config_of(case), state, case.get("instances", ["foyer_pad"]), NOW, hour * 60 + minute)
    only = case.get("only")
    assert [words(job) for job in jobs if not only or job["kind"] in only.split()] == case["expect"], case["about"]
    assert all(job["why"] for job in jobs)
    assert state == before, "it decides and changes nothing"
    assert clock.trusted(state, NOW) == case.get("trusted", True)


def test_a_clock_that_jumped_is_believed_after_a_day_of_even_ticks() -> None:
    state: dict[str, Any] = {"clock": NOW}
    now = NOW - 5 * DAY
    assert not clock.trusted(state, now)
    believed_after = None
    for tick in range(200):
        state |= clock.note_tick(CONFIG, state, ["foyer_pad"], now, 0)
        if clock.trusted(state, now):
            believed_after = tick * 600
            break
        now += 600
    assert believed_after == DAY


def test_a_second_jump_begins_the_day_anew() -> None:
    state: dict[str, Any] = {"clock": NOW}
    state |= clock.note_tick(CONFIG, state, [], NOW + 50 * DAY, 0)
    state |= clock.note_tick(CONFIG, state, [], NOW + 50 * DAY + 80000, 0)
    state |= clock.note_tick(CONFIG, state, [], NOW, 0)
    state |= clock.note_tick(CONFIG, state, [], NOW + 80000, 0)
    assert not clock.trusted(state, NOW + 80000)
    state |= clock.note_tick(CONFIG, state, [], NOW + 87000, 0)
    assert clock.trusted(state, NOW + 87000)


def test_a_tick_remembers_since_when_things_are_known_and_forgets_what_went() -> None:
    state: dict[str, Any] = {}
    state |= clock.note_tick(CONFIG, state, ["foyer_pad", "foyer_wiki"], NOW, 12 * 60)
    assert state["window_seen"] == 0 and state["clock"] == NOW
    state |= clock.note_tick(CONFIG, state, ["foyer_pad", "foyer_notes"], NOW + 600, 23 * 60)
    assert state["seen"]["instances"] == {"foyer_pad": NOW, "foyer_notes": NOW + 600}
    assert state["seen"]["destinations"] == {"disk": NOW, "offsite": NOW} and state["window_seen"] == NOW + 600


@pytest.mark.parametrize("window", ["22:00-06:00", "12:30-14:00", ""])
@pytest.mark.parametrize("off_days", [0, 3, 12])
def test_every_pack_is_read_every_thirty_days_that_the_host_runs(window: str, off_days: int) -> None:
    """Ticks at odd times over 100 days; a pause of some days in the middle. Failures of a night are caught up too."""
    chance = random.Random(f"{window} {off_days}")
    config, start = {**CONFIG, "window": window, "destinations": [DISK]}, NOW - NOW % DAY
    state: dict[str, Any] = {"instances": {"foyer_pad": {"disk": {"good": {"time": start - 1}}}}, "destinations": {}}
    read: dict[int, list[float]] = {number: [start] for number in range(1, ROUNDS + 1)}
    bad_night, now = 75, start
    while now < start + 100 * DAY:
        now += chance.choice((600, 1200, 2400))
        if 60 * DAY <= now - start < (60 + off_days) * DAY:
            continue
        minutes = int(now % DAY) // 60
        state |= clock.note_tick(config, state, ["foyer_pad"], now, minutes)
        state["instances"]["foyer_pad"]["disk"]["good"]["time"] = now
        for job in due(config, state, ["foyer_pad"], now, minutes):
            if job["kind"] == "round":
                bad = int((now - start) // DAY) == bad_night
                known = state["destinations"].setdefault("disk", {})
                known["rounds"] = note_round(known.get("rounds", {}), job["round"], now, "unreachable" if bad else "")
                read[job["round"]] += [] if bad else [now]
    ends = [(before, after) for times in read.values() for before, after in zip(times, [*times[1:], now], strict=True)]
    waits = [after - before - (off_days * DAY if before < start + 60 * DAY < after else 0) for before, after in ends]
    assert max(waits) <= 30 * DAY + (2 * HOUR if off_days or window else 0), max(waits) / DAY
    per_day = sum(map(len, read.values())) / 100
    assert per_day < 1.6, "no more than needed"


def test_a_failed_check_leaves_the_last_good_one_known() -> None:
    bad = note_check(note_check({}, NOW), NOW + 5, "pack missing")
    assert bad == {"time": NOW + 5, "ok": False, "message": "pack missing", "code": "", "good": NOW}
    assert note_check(bad, NOW + 9) == {"time": NOW + 9, "ok": True, "message": "", "code": "", "good": NOW + 9}


def test_a_damaged_round_is_remembered_until_it_is_read_well() -> None:
    why = {"message": "pack 1234 is damaged", "code": "damaged"}
    rounds = note_round({}, 7, NOW, **why)
    rounds = note_round(rounds, 8, NOW + 1)
    assert rounds == {"times": {"8": NOW + 1}, "failed": {"7": {"time": NOW, **why}}}
    assert note_round(rounds, 7, NOW + 2) == {"times": {"7": NOW + 2, "8": NOW + 1}, "failed": {}}
    ages = read_ages({"destinations": {"disk": {"rounds": rounds}}}, "disk", NOW + 3)
    assert ages[8] == 2 and ages[7] == 0, "not yet known is not late"
