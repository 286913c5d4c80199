"""Scorecards beside one another, kept, shown and written as a page."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from command_line import run_all

from provisioner.audit import compare, goals, history
from provisioner.cli.audit import exit_code
from provisioner.documents.audit import audit_page
from provisioner.documents.audit_words import words
from provisioner.errors import InputError
from provisioner.models.base import Text
from provisioner.models.scorecard import AUDITORS, Audited, Found, Scorecard

TITLE = Text(fr="défaut <b>", en="fault <b>")
WHY = Text(fr="car", en="because")


def found(rule: str, **changes: Any) -> Found:
    return Found.model_validate({"rule": rule, "kind": "fail", "title": TITLE, "action": TITLE, **changes})


def card(*auditors: Audited, time: str = "2026-01-02T03:04:05Z", level: Any = "intermediary") -> Scorecard:
    return Scorecard(
        format="scorecard 1.0", host="h1", time=time, release=13, level=level, stacks=["asso"], auditors=list(auditors),
        goals=goals.judge(level, auditors),
    )  # fmt: skip


def lynis(index: float, *rules: str, **changes: Any) -> Audited:
    values = {"name": "lynis", "version": "3.1.4", "figures": {"index": index, "warnings": len(rules), "tests": 250}}
    return Audited.model_validate({**values, "found": [found(rule) for rule in rules], **changes})


SILENT = Audited(name="lynis", not_run=Text(fr="parce que", en="because"))


def test_a_lower_figure_is_a_regression_and_a_higher_one_is_not() -> None:
    worse = compare.compare(card(lynis(84)), card(lynis(85)))
    assert worse.regressed and [(each.figure, each.better) for each in worse.changes] == [("index", False)]
    better = compare.compare(card(lynis(86)), card(lynis(85)))
    assert not better.regressed and better.changes[0].better is True
    assert not compare.compare(card(lynis(85)), card(lynis(85))).changes


def test_a_newly_failing_rule_is_a_regression_even_when_another_was_repaired() -> None:
    changed = compare.compare(card(lynis(85, "b")), card(lynis(85, "a")))
    assert changed.regressed and not changed.changes
    assert [each.rule for _name, each in changed.newly_failing] == ["b"]
    assert [each.rule for _name, each in changed.newly_passing] == ["a"]


def test_a_waiver_that_goes_is_a_newly_failing_rule_and_advice_never_is() -> None:
    waived = lynis(85, found=[found("a", waiver=WHY), found("n", kind="advice")])
    assert not compare.compare(card(waived), card(lynis(85))).regressed
    assert compare.compare(card(lynis(85, "a")), card(waived)).regressed


def test_an_auditor_that_fell_silent_is_a_regression() -> None:
    changed = compare.compare(card(SILENT), card(lynis(85)))
    assert changed.regressed and changed.silent == ["lynis"]
    assert not compare.compare(card(lynis(85)), card(SILENT)).regressed
    assert not compare.compare(card(), card(lynis(85))).regressed, "an auditor that was not asked did not fall silent"


def test_each_auditor_is_compared_with_the_last_time_it_ran() -> None:
    docker = Audited(name="docker", figures={"broken": 0})
    past = [card(lynis(85), docker, time="2026-01-01T00:00:00Z"), card(SILENT, time="2026-01-02T00:00:00Z")]
    last = compare.latest(reversed(past))
    assert last and last.auditor("lynis") == lynis(85) and last.auditor("docker") == docker
    assert compare.compare(card(lynis(70)), last).regressed
    assert compare.latest([]) is None


@pytest.mark.parametrize(
    ("auditors", "code"),
    [
        ([lynis(90)], 0),
        ([lynis(84)], 1),
        ([lynis(90, "warned")], 1),
        ([SILENT], 3),
        ([lynis(90), Audited(name="docker", not_run=WHY)], 3),
        ([Audited(name="docker", figures={})], 1),
        ([], 3),
    ],
)
def test_exit_code_is_good_only_when_all_was_judged_and_all_is_good(auditors: list[Audited], code: int) -> None:
    assert exit_code(card(*auditors), None) == code


def test_exit_code_tells_a_regression_though_every_goal_is_met() -> None:
    now = card(lynis(88))
    assert exit_code(now, compare.compare(now, card(lynis(90)))) == 1


def test_goals_grow_with_the_level() -> None:
    everyone = [Audited(name=name, figures={}) for name in AUDITORS]
    counts = [len(goals.judge(level, everyone)) for level in ("none", "minimal", "intermediary", "enhanced")]
    assert counts == [4, 9, 15, 18]


def test_scorecards_are_kept_for_the_operator_alone_and_read_again_oldest_first(tmp_path: Path) -> None:
    late, early = card(lynis(85), time="2026-02-01T00:00:00Z"), card(lynis(80), time="2026-01-01T00:00:00Z")
    paths = [history.keep(tmp_path, each) for each in (late, early, early)]
    assert len(set(paths)) == 3 and all(path.stat().st_mode & 0o077 == 0 for path in paths)
    assert paths[0].parent.stat().st_mode & 0o077 == 0
    (paths[0].parent / "2027.json").write_text("{}")
    cards, strange = history.read(tmp_path, "h1")
    assert cards == [early, early, late] and [path.name for path in strange] == ["2027.json"]
    assert history.read(tmp_path, "other") == ([], [])


@pytest.mark.parametrize("text", ["", "[]", '{"format": "scorecard 2.0"}', "\x00"])
def test_what_is_no_scorecard_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(InputError):
        history.read_one(tmp_path / "x.json")
    with pytest.raises(InputError):
        history.read_one(tmp_path / "missing.json")


def test_a_scorecard_of_another_host_is_refused(tmp_path: Path) -> None:
    path = history.keep(tmp_path, card(lynis(85)))
    assert history.read_one(path, "h1")
    with pytest.raises(InputError):
        history.read_one(path, "h2")


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ["Security scorecard of host h1", "1 of 2 goals", "could not judge", "Newly failing", "Past audits"]),
        ("fr", ["Fiche de sécurité du serveur h1", "1 buts sur 2", "pas pu juger", "Nouveau défaut", "Audits passés"]),
    ],
)
def test_page_says_everything_in_both_languages(language: str, texts: list[str]) -> None:
    silent = Audited(name="docker", not_run=Text(fr="parce <que>", en="be<cause>"))
    now = card(lynis(90, "new", found=[found("new"), found("w", waiver=WHY), found("n", kind="advice")]), silent)
    now = now.model_copy(update={"goals": goals.judge("intermediary", [now.auditors[0]])})
    before = card(lynis(80), time="2026-01-01T00:00:00Z")
    html = audit_page(now, compare.compare(now, before), compare.compare(now, before), [before], language)
    plain = html.replace("\u00a0", " ")
    assert [text for text in texts if text not in plain] == []
    assert f'lang="{language}"' in html and "<b>" not in html and "&lt;b&gt;" in html
    assert not re.search(r"<script|https?://(?!www\.w3)|src=", html.partition("<body")[2])
    assert html.count("<h1") == 1 and 'scope="col"' in html


def test_every_figure_and_auditor_has_words() -> None:
    assert set(words().auditors) == set(AUDITORS)
    assert {figure for _level, _name, figure, _least, _most in goals.GOALS} <= set(words().figures)


STACK = """stack: "1.0"
association: {id: asso, name: Asso, contact: contact@example.org}
domain: asso.example
host: {name: h1, address: 127.0.0.1, port: 1}
recipients: [age1%s]
services: {}
"""


def test_bad_input_is_told_before_anything_is_done(tmp_path: Path) -> None:
    (tmp_path / "stack.yaml").write_text(STACK % ("q" * 58))
    (tmp_path / "no.deb").write_text("text")
    history.keep(tmp_path, card(lynis(85)).model_copy(update={"host": "other"}))
    other = next((tmp_path / "audits" / "other").glob("*.json")).relative_to(tmp_path)
    cases = [
        (["missing.yaml"], 2), (["--host", "h9"], 2), (["--only", "nessus"], 2), (["--content", "no.deb"], 2),
        (["--content", "missing.deb"], 2), (["--from", "-oProxyCommand=x"], 2), (["--from", "a b"], 2),
        (["--against", "missing.json"], 2), (["--against", str(other)], 2), (["--against", "stack.yaml"], 2),
        (["--only", "ports"], 3), (["--remove"], 1), (["--history"], 0),
    ]  # fmt: skip
    lines = [(tmp_path, ["audit", *arguments]) for arguments, _code in cases]
    outcomes = run_all(lines, "en", tmp_path)
    assert [code for code, _out, _err in outcomes] == [code for _arguments, code in cases], outcomes
    assert not any("Traceback" in err for _code, _out, err in outcomes)
    assert not (tmp_path / "audits" / "h1").exists(), "no scorecard of a host that did not answer"


def test_history_as_a_table_and_as_json(tmp_path: Path) -> None:
    (tmp_path / "stack.yaml").write_text(STACK % ("q" * 58))
    for time, each in (("2026-01-01T00:00:00Z", lynis(61)), ("2026-02-01T00:00:00Z", SILENT)):
        history.keep(tmp_path, card(each, time=time))
    lines = [(tmp_path, ["audit", "--history"]), (tmp_path, ["audit", "--history", "--json"])]
    (code, out, _err), (_code, data, _none) = run_all(lines, "en", tmp_path)
    assert code == 0 and re.search(r"2026-01-01 00:00 +61\n2026-02-01 00:00 +\?", out), out
    assert [each["time"][:7] for each in json.loads(data)["h1"]] == ["2026-01", "2026-02"]
