"""Cases of people's requests: deadlines as data, extension, ids, what a closed erasure still says, files."""

import errno
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from provisioner.errors import InputError, ProvisionerError
from provisioner.gdpr import cases
from provisioner.gdpr.casefiles import Cases
from provisioner.gdpr.deadlines import after_weekend, due_of, due_text, extended_due, may_extend, months_after
from provisioner.gdpr.facts import case_of
from provisioner.models.request import Note, Request, Searched

DEADLINES = yaml.safe_load((Path(__file__).parent / "cases/gdpr/requests/deadlines.yaml").read_text("utf-8"))
DAY = date(2026, 11, 23)


@pytest.mark.parametrize("case", DEADLINES, ids=lambda case: str(case["received"]))
def test_deadline(case: dict[str, date]) -> None:
    assert due_of(case["received"]) == case["due"]
    assert extended_due(case["received"]) == case["extended"]


@given(st.dates(date(1990, 1, 1), date(2200, 1, 1)), st.integers(0, 40))
def test_months_after_is_the_same_day_or_the_last_of_its_month(day: date, months: int) -> None:
    found = months_after(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found.day < day.day and (found + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("day", "moved"), [("2026-12-18", "2026-12-18"), ("2026-12-19", "2026-12-21"), ("2026-12-20", "2026-12-21"),
                       ("2026-12-21", "2026-12-21"), ("2027-01-31", "2027-02-01")],
)  # fmt: skip
def test_weekend_moves_to_monday(day: str, moved: str) -> None:
    due = date.fromisoformat(day)
    assert after_weekend(due) == date.fromisoformat(moved)
    text = due_text(due)
    assert day in text.en and "1182/71" in text.en and "1182/71" in text.fr and due.strftime("%d/%m/%Y") in text.fr
    assert (moved in text.en.replace(day, "", 1)) == (moved != day)


@pytest.mark.parametrize(
    ("today", "allowed"), [("2026-11-23", True), ("2026-12-22", True), ("2026-12-23", True), ("2026-12-24", False)]
)
def test_extension_only_inside_the_first_month(today: str, allowed: bool) -> None:
    case, day = cases.opened("2026-11-23-01", "access", "a@b.example", [], DAY), date.fromisoformat(today)
    assert may_extend(DAY, day) is allowed
    if not allowed:
        with pytest.raises(InputError, match="2026-12-23"):
            cases.extended(case, "long", day)
        return
    longer = cases.extended(case, "letters since 2009", day)
    assert longer.due == date(2027, 2, 23) and longer.extended and longer.extended.why == "letters since 2009"
    with pytest.raises(InputError, match="three months"):
        cases.extended(longer, "more", day)


def test_overdue_from_the_day_after() -> None:
    case = cases.opened("2026-11-23-01", "access", "a@b.example", [], DAY)
    assert not cases.is_overdue(case, date(2026, 12, 23)) and cases.is_overdue(case, date(2026, 12, 24))
    assert not cases.is_overdue(cases.closed(case, "done", DAY, b"k"), date(2027, 1, 1))


def test_ids_count_from_the_highest() -> None:
    assert cases.new_id(DAY, []) == "2026-11-23-01"
    assert cases.new_id(DAY, ["2026-11-23-01", "2026-11-23-07", "2026-11-22-09", "notes"]) == "2026-11-23-08"
    assert cases.new_id(DAY, ["2026-11-23-99"]) == "2026-11-23-100"


@pytest.mark.parametrize(
    ("person", "names", "count"),
    [("ana@example.org", ["aberger"], 0), ("ana", [], 1), ("", ["ab", "x" * 300], 3), ("a@b c", ["ok\nno"], 2),
     ("a@" + "b" * 300, ["  a "], 2)],
)  # fmt: skip
def test_every_bad_name_is_told(person: str, names: list[str], count: int) -> None:
    assert len(cases.person_findings(person, names)) == count


def test_names_each_once() -> None:
    assert cases.all_names("Ana@example.org", ["ana@example.ORG ", " aberger", "ABerger"]) == [
        "Ana@example.org",
        "aberger",
    ]


def test_closed_erasure_has_no_name_left_anywhere() -> None:
    case = cases.opened("2026-11-23-01", "erasure", "Zoé@example.org", ["zaubepin"], DAY, "called zaubepin back")
    traces = [{"place": "volume data:zaubepin/x.ics", "count": 2}]
    item = Searched(service="radicale", subjects=["zaubepin2"], traces=traces, left=traces, error="zaubepin2: no")
    notes = [Note(day=DAY, text="zoé@EXAMPLE.org wrote (ZAUBEPIN2)")]
    case = case.model_copy(update={"services": {"a_radicale": item}, "notes": notes})
    done = cases.closed(case, "told Zoe\u0301@example.org", DAY, b"key")
    text = done.model_dump_json().casefold()
    for name in ("zaubepin", "zoé", "zoe\u0301", "example.org"):
        assert name not in text
    assert done.hashed and done.person == cases.keyed("zoé@example.org", b"key") != cases.keyed(
        "zoé@example.org", b"k2"
    )
    assert done.services["a_radicale"].traces == [{"place": "volume data", "count": 2}]
    with pytest.raises(InputError, match="was closed"):
        cases.closed(done, "again", DAY, b"key")
    other = cases.opened("2026-11-23-02", "access", "zoe@example.org", [], DAY)
    assert cases.closed(other, "handed over", DAY, b"key").person == "zoe@example.org"


def test_texts_of_a_case_have_a_limit_and_so_has_the_case() -> None:
    case = cases.opened("2026-11-23-01", "access", "a@b.example", [], DAY)
    assert len(cases.noted(case, "é" * 4000, DAY).notes) == 1
    for refused in (
        lambda: cases.noted(case, "x" * 4001, DAY),
        lambda: cases.extended(case, "x" * 4001, DAY),
        lambda: cases.opened("2026-11-23-02", "access", "a@b.example", [], DAY, "x" * 4001),
    ):
        with pytest.raises(InputError, match="4001 characters: at most 4000"):
            refused()
    full = case.model_copy(update={"notes": [Note(day=DAY, text="x" * 3900)] * 255})
    with pytest.raises(InputError, match="is full; nothing was changed"):
        cases.noted(full, "x" * 4000, DAY)
    assert cases.closed(full, "told", DAY, b"k").closed, "it can be closed all the same"


@pytest.mark.parametrize("letter", ["\x1b", "\x00", "\x9b", "\u202e", "\u2066", "\u061c", "\udc80"])
def test_text_that_steers_a_terminal_is_refused(letter: str) -> None:
    case = cases.opened("2026-11-23-01", "access", "a@b.example", [], DAY)
    with pytest.raises(InputError, match="control characters"):
        cases.noted(case, f"called {letter} back", DAY)
    with pytest.raises(InputError, match="control characters"):
        cases.opened("2026-11-23-02", "access", "a@b.example", [], DAY, f"called {letter} back")
    assert cases.person_findings(f"a{letter}@b.example", [])


def test_letters_nobody_sees_are_left_out_so_that_names_are_masked() -> None:
    case = cases.opened("2026-11-23-01", "erasure", "a@b.example", ["zaubepin"], DAY, "\ufeffcalled zau\u200bbepin")
    assert case.identity == "called zaubepin"
    assert "\u2060" not in cases.noted(case, "z\u2060aubepin", DAY).notes[0].text
    with pytest.raises(InputError, match="empty"):
        cases.noted(case, "\u200b", DAY)


def test_files_are_private_and_out_of_git(tmp_path: Path) -> None:
    store = Cases(tmp_path)
    first = store.open("access", "a@b.example", [], DAY, DAY)
    second = store.open("erasure", "c@d.example", ["ccc"], DAY - timedelta(days=3), DAY)
    assert [first.id, second.id] == store.ids() == ["2026-11-23-01", "2026-11-23-02"]
    assert second.due == date(2026, 12, 20)
    for path in (tmp_path / "gdpr" / "requests").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert stat.S_IMODE((tmp_path / "gdpr" / "requests").stat().st_mode) == 0o700
    assert (tmp_path / "gdpr" / "requests" / ".gitignore").read_text() == "*\n"
    assert store.key() == store.key() and len(store.key()) >= 32
    assert stat.S_IMODE((tmp_path / "gdpr" / "requests" / ".salt").stat().st_mode) == 0o600


def test_check_reads_what_we_write(tmp_path: Path) -> None:
    store = Cases(tmp_path)
    case = store.open("erasure", "a@b.example", [], DAY, DAY)
    key = store.key()
    store.change(case.id, lambda old: cases.closed(old, "done", DAY, key))
    data = json.loads((store.path(case.id) / "case.json").read_text())
    known = case_of(case.id, data)
    assert (known.kind, known.received, known.due, known.closed) == ("erasure", DAY, date(2026, 12, 23), DAY)


@pytest.mark.parametrize("name", ["..", "../2026-11-23-01", "2026-11-23", "/etc", "2026-11-23-01/..", ""])
def test_case_is_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="no case"):
        Cases(tmp_path).path(name)


def test_unreadable_cases_are_all_told(tmp_path: Path) -> None:
    store = Cases(tmp_path)
    for content in ("{", '{"kind": "joke"}'):
        case = store.open("access", "a@b.example", [], DAY, DAY)
        (store.path(case.id) / "case.json").write_text(content)
    found, torn = store.readable()
    assert not found and len(torn) == 2


WRITER = """
import sys
from datetime import date
from pathlib import Path
from provisioner.gdpr.casefiles import Cases
from provisioner.gdpr import cases
for number in range(15):
    Cases(Path(sys.argv[1])).change(sys.argv[2], lambda old: cases.noted(old, "n", date(2026, 11, 23)))
"""


def test_two_programs_write_one_case(tmp_path: Path) -> None:
    case = Cases(tmp_path).open("access", "a@b.example", [], DAY, DAY)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    words = [sys.executable, "-c", WRITER, str(tmp_path), case.id]
    running = [subprocess.Popen(words, env=environment) for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    assert len(Cases(tmp_path).read(case.id).notes) == 30


def test_a_change_that_fails_changes_nothing(tmp_path: Path) -> None:
    store = Cases(tmp_path)
    case = store.open("access", "a@b.example", [], DAY, DAY)

    def bad(_old: Request) -> Any:
        raise InputError("no")

    with pytest.raises(InputError):
        store.change(case.id, bad)
    assert store.read(case.id) == case


@pytest.mark.parametrize(
    ("name", "text"),
    [("Straße", "seen with STRASSE today"), ("İpek", "wrote to İpek"), ("Jean  Martin", "Jean Martin called back")],
)
def test_no_name_is_left_in_the_notes_of_a_closed_erasure(name: str, text: str) -> None:
    case = cases.noted(
        cases.opened("2026-11-23-01", "erasure", "a@example.org", [name], date(2026, 11, 23)), text, date(2026, 11, 23)
    )
    done = cases.closed(case, f"told {name}", date(2026, 11, 24), b"key")
    whole = done.model_dump_json()
    for word in (*name.split(), "STRASSE", "strasse"):
        assert word not in whole, whole
    with pytest.raises(InputError, match="bears no name"):
        cases.noted(done, "Jean called", date(2026, 11, 25))


@pytest.mark.parametrize(
    "step", [lambda cases: cases.open("access", "a@b.example", [], DAY, DAY), lambda cases: cases.key()]
)
def test_full_disk_is_told_and_no_bug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: Callable[[Cases], object]
) -> None:  # fmt: skip
    found = Cases(tmp_path)
    found.open("access", "c@d.example", [], DAY, DAY)

    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("provisioner.gdpr.casefiles.write", full)
    with pytest.raises(ProvisionerError, match="No space left"):
        step(found)


def test_case_that_could_not_be_written_leaves_no_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Cases(tmp_path)
    store.open("access", "a@b.example", [], DAY, DAY)

    def full(*_given: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch, pytest.raises(ProvisionerError, match="No space left"):
        patch.setattr("provisioner.gdpr.casefiles.write", full)
        store.open("access", "c@d.example", [], DAY, DAY)
    assert store.open("access", "c@d.example", [], DAY, DAY).id == "2026-11-23-02"
    assert store.read("2026-11-23-01").person == "a@b.example"
