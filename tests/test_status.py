"""What `status` tells about backups, in both languages."""

import copy
import io
from typing import Any

import pytest
from rich.console import Console
from test_alerts import NAMES, WELL
from test_due import CONFIG, HOUR, NOW

from provisioner.cli import status_backups
from provisioner.host import health
from provisioner.i18n import choose_language

INSTANCE = {
    "version": "1",
    "health": "healthy",
    "url": "https://pads.example",
    "memory_mb": 1,
    "disk_mb": 2,
    "probe": {},
}


def answers_of(state: dict[str, Any]) -> dict[str, dict[str, Any]]:
    summary = health.summary(CONFIG, state, NOW, NAMES)
    return {"host1": {"instances": {"foyer_pad": INSTANCE}, "backups": {"foyer": summary}}}


@pytest.fixture(autouse=True)
def english() -> None:
    choose_language("en")


def shown(answers: dict[str, dict[str, Any]]) -> str:
    stream = io.StringIO()
    Console(file=stream, width=140).print(status_backups.table(answers))
    return stream.getvalue()


def test_all_well() -> None:
    answers = answers_of(WELL)
    assert (
        "Last good backup" in shown(answers) and "60 min ago" in shown(answers) and "ok, 9 days ago" in shown(answers)
    )
    [disk, offsite] = status_backups.lines(answers)
    assert disk == "disk: last good check 60 min ago; read back whole, the oldest part 30 days ago"
    assert offsite.startswith("offsite: ")


def test_late_failed_and_unsent() -> None:
    state = copy.deepcopy(WELL) | {"outbox": [{}, {}]}
    state["instances"]["foyer_pad"]["offsite"]["good"]["time"] = NOW - 40 * HOUR
    state["instances"]["foyer_pad"]["disk"]["failed"] = {"time": NOW, "message": "dump is empty"}
    state["drills"]["foyer_pad"]["ok"] = False
    state["destinations"]["disk"]["structure"]["ok"] = False
    state["destinations"]["disk"]["rounds"]["times"].pop("4")
    answers = answers_of(state)
    assert "LATE, 40 h ago (offsite)" in shown(answers) and "FAILED, 9 days ago" in shown(answers)
    lines = status_backups.lines(answers)
    assert lines[0].endswith("read back whole: 29 of 30 parts; the LAST CHECK FAILED")
    assert "! Backup failed: foyer_pad, disk (dump is empty)" in lines and "! Check failed: disk" in lines
    assert lines[-1] == "Alerts that could not be sent yet: 2"
    choose_language("fr")
    assert "! Sauvegarde échouée : foyer_pad, disk (dump is empty)" in status_backups.lines(answers)


def test_never() -> None:
    state = {**WELL, "instances": {}, "drills": {}}
    assert status_backups.words(answers_of(state)) == {"foyer_pad": ("never (disk)", "never")}


def test_a_host_without_backups_shows_nothing_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    status_backups.show({"host1": {"instances": {"foyer_pad": INSTANCE}}})
    assert capsys.readouterr().out == ""
    status_backups.show(answers_of(WELL))
    assert capsys.readouterr().out.count("\n") == 5
