"""The interview: every kind of answer, back and forth, stopping and going on, and a profile that passes its check."""

import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from provisioner.cli.profile_interview import command
from provisioner.errors import ProvisionerError
from provisioner.models.interview import Part
from provisioner.profiles.interview import Step, load_material, named_tool, open_step, steps
from provisioner.profiles.interview_read import Refused, read_answer
from provisioner.profiles.rules import load_profile

MATERIAL = load_material()
BY_KEY = {step.key: step for step in steps(MATERIAL, {"family/governance": ["date_polling"], "tools": ["Doodle"]})}
GOOD: list[tuple[str, str, Any]] = [
    ("family/governance", "1 3", ["date_polling", "decision_making"]),
    ("family/governance", "3,1, 3", ["date_polling", "decision_making"]),
    ("family/governance", "", []),
    ("family/governance", "0", []),
    ("hosting", "1", "vps"),
    ("hosting", "un serveur loué", "vps"),
    ("hosting", "", None),
    ("monthly", "12,5 €", 12.5),
    ("monthly", "1 200", 1200),
    ("memory", "0,5", 0.5),
    ("peers", "Oui", True),
    ("peers", "n", False),
    ("name", "Foyer Rural, été", "foyer-rural-ete"),
    ("levels/members", "0 30 40 30 0", {"none": 0, "email": 30, "basic": 40, "comfortable": 30, "advanced": 0}),
    ("tools", "Doodle, doodle ; Zoom", ["Doodle", "Zoom"]),
    ("special", "1 10", ["health", "social_hardship"]),
    ("special", "Aucune", []),
    ("family/governance", "Trouver une date, voter formellement", ["date_polling", "formal_voting"]),
    ("family/governance", "1 et 3", ["date_polling", "decision_making"]),
    ("family/governance", "je ne sais pas", []),
    ("hosting", "Je ne sais pas.", None),
    ("monthly", "I don't know", None),
    ("monthly", "1.000", 1000),
    ("monthly", "1,000 euros", 1000),
    ("one_off", "12 345,5", 12345.5),
    ("memory", "0,250", 0.25),
    ("memory", "4 Go", 4),
    ("tools", "aucun", []),
    ("tools", "je ne sais pas", []),
    ("public_name", "Les Amis de Jean Moulin", "Les Amis de Jean Moulin"),
    ("public_name", "non", ""),
    ("respondents", "no idea", None),
]
BAD = [
    ("family/governance", "9"), ("family/governance", "one"), ("hosting", "1 2"), ("monthly", "beaucoup"),
    ("monthly", "-1"), ("monthly", "nan"), ("referents", "1.5"), ("referents", "51"), ("peers", "maybe"),
    ("levels/members", "0 30 40 30"), ("levels/members", "0 30 40 30 10"), ("levels/members", "-10 30 40 30 10"),
    ("name", "Jeanne Dupont"), ("name", "!"), ("public_name", "club@example.org"),
    ("public_name", "Club 06 12 34 56 78"),
    ("tools", "Zoom, Mme Martin"), ("tools", "x" * 61), ("concurrent", "0"), ("languages", "0"),
    ("languages", "aucune"),
    ("name", "foyer\x1b[D"), ("hosting", "\udce9"), ("hosting", "1 et 2"),
    ("public_name", "Club de Mme Martin"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "line", "value"), GOOD)
def test_read_answer_reads(key: str, line: str, value: Any) -> None:
    assert read_answer(BY_KEY[key], line) == value


@pytest.mark.parametrize(("key", "line"), BAD)
def test_read_answer_refuses(key: str, line: str) -> None:
    with pytest.raises(Refused) as caught:
        read_answer(BY_KEY[key], line)
    assert "Dupont" not in str(caught.value) and "Martin" not in str(caught.value)


def test_four_questions_come_first_and_there_are_twenty_five() -> None:
    names = [question.id for question in MATERIAL.interview.questions]
    assert names[:4] == ["needs", "best_answer", "budget", "skills_inside"]
    assert len(names) == 25


def test_named_tool_knows_products_and_leaves_the_rest_as_other() -> None:
    tools = [
        named_tool(MATERIAL.aliases, name) for name in ("Dodle", "WhatsAp", "google drive", "paheko", "truc maison")
    ]
    assert [tool.tool for tool in tools] == ["doodle", "whatsapp", "google_drive", "paheko", "other"]


def run(folder: Path, lines: list[str], *options: str) -> Result:
    arguments = [str(folder / "p.yaml"), *options]
    return CliRunner().invoke(command, arguments, input="".join(f"{line}\n" for line in lines), standalone_mode=False)


def lines_for(answers: dict[str, str], until: str = "") -> list[str]:
    """Return the lines that answer all steps in order: those given, Enter for the others."""
    given: dict[str, Any] = {}
    lines = []
    while (step := open_step(MATERIAL, given)) and step.key != until:
        line = answers.get(step.key, "")
        lines.append(line)
        given[step.key] = read_answer(step, line)
    return lines


FULL = {
    "family/collaboration": "1 4", "family/governance": "1", "family/members_volunteers": "1", "must": "1 3",
    "not_now": "1", "hosting": "1", "monthly": "12", "referents": "2", "technical": "y", "hours": "5",
    "name": "village club", "roles": "1 4", "respondents": "3", "count/members": "110", "count/board": "4",
    "levels/members": "10 35 35 15 5", "tools": "Doodle, HelloAsso, our own thing", "intent/doodle": "2",
    "intent/helloasso": "1", "common_audience/P": "3", "other_audience": "3",
    "audience/date_polling": "1 3", "health": "0", "internal": "1", "mode": "1",
    "memory": "4", "domain": "3", "dns": "y", "transfers": "2", "backups": "2 5",
}  # fmt: skip


def test_interview_writes_a_profile_that_passes_its_check(tmp_path: Path) -> None:
    result = run(tmp_path, lines_for(FULL))
    assert result.exception is None, result.output
    profile = load_profile(tmp_path / "p.yaml")
    assert "provisioner profile check" in result.output
    assert stat.S_IMODE((tmp_path / "p.yaml").stat().st_mode) == 0o600
    assert not (tmp_path / "p.yaml.answers.yaml").exists()
    assert profile.profile.id == "village-club"
    assert profile.profile.sources[0].respondent_roles == ["board", "volunteer"]
    assert profile.hosting.resources.ram_mb == 4096
    priorities = {need.id: need.priority for need in profile.needs}
    assert priorities == {"file_sharing": "must", "date_polling": "must", "shared_calendar": "not_now",
                          "membership_management": "should"}  # fmt: skip
    assert [(tool.tool, tool.intent) for tool in profile.existing_tools] == [
        ("doodle", "replace"), ("helloasso", "keep"), ("other", "undecided")]  # fmt: skip
    audiences = {need.id: need.audience for need in profile.needs}
    assert audiences == {"file_sharing": ["members"], "shared_calendar": ["members"],
                         "date_polling": ["board", "members"], "membership_management": ["board"]}  # fmt: skip
    assert "/needs/3/audience" in profile.profile.assumed and "/needs/0/audience" not in profile.profile.assumed
    assert profile.people.board and profile.people.board.skills is None, "shares of four people are about persons"
    assert "/people/members/skills" not in profile.profile.assumed
    assert {"/people/volunteers/skills", "/existing_tools/2/intent"} <= set(profile.profile.assumed)


def test_interview_where_nobody_knows_anything_is_cautious_and_says_so(tmp_path: Path) -> None:
    assert run(tmp_path, lines_for({"family/governance": "1"})).exception is None
    data = yaml.safe_load((tmp_path / "p.yaml").read_text("utf-8"))
    profile = load_profile(tmp_path / "p.yaml")
    assert (profile.hosting.kind, profile.maturity.level, profile.referents.count) == ("undecided", "novice", 0)
    assert profile.data_protection.minors
    for place in profile.profile.assumed:
        value: Any = data
        for part in place.strip("/").split("/"):
            value = value[int(part)] if isinstance(value, list) else value[part]


def test_interview_steps_about_one_tool_stand_together_and_one_need_has_no_exception() -> None:
    keys = [step.key for step in steps(MATERIAL, {"family/governance": ["date_polling"], "tools": ["Doodle", "Zoom"]})]
    place = keys.index("intent/doodle")
    assert keys[place : place + 4] == ["intent/doodle", "adoption/doodle", "intent/zoom", "adoption/zoom"]
    assert "common_audience/P" in keys and "other_audience" not in keys


def test_interview_shows_levels_progress_and_what_a_need_means(tmp_path: Path) -> None:
    shown = run(tmp_path, ["?"]).output
    assert "(1/12)" in shown and "One common place for the association's documents" in shown
    assert "follow a link" in run(tmp_path, lines_for(FULL, until="concurrent"), "--restart").output


def test_interview_offline_box_has_no_internet_unless_said(tmp_path: Path) -> None:
    assert run(tmp_path, lines_for({"family/governance": "1", "hosting": "5"})).exception is None
    profile = load_profile(tmp_path / "p.yaml")
    assert profile.connectivity.mode == "offline_lan" and "/connectivity/mode" in profile.profile.assumed


def test_interview_needs_at_least_one_need(tmp_path: Path) -> None:
    result = run(tmp_path, [""] * 12 + ["0", "1"])
    assert "at least one" in result.output and "Question 1 of 25" in result.output.rpartition("at least one")[2]


def test_interview_goes_on_where_it_stopped(tmp_path: Path) -> None:
    lines = lines_for(FULL)
    for start in range(0, len(lines), 40):
        result = run(tmp_path, lines[start : start + 40])
        if start + 40 < len(lines):
            assert isinstance(result.exception, ProvisionerError) and "answers are kept" in result.exception.message
            assert stat.S_IMODE((tmp_path / "p.yaml.answers.yaml").stat().st_mode) == 0o600
    assert load_profile(tmp_path / "p.yaml").profile.id == "village-club"


def test_interview_back_changes_an_answer_and_help_explains(tmp_path: Path) -> None:
    lines = lines_for(FULL, until="one_off")
    run(tmp_path, [*lines, "<", "15", "?", "?"])
    answers = yaml.safe_load((tmp_path / "p.yaml.answers.yaml").read_text("utf-8"))["answers"]
    assert answers["monthly"] == 15 and answers["one_off"] is None


def test_interview_restart_forgets(tmp_path: Path) -> None:
    run(tmp_path, ["1"])
    assert "1 answers are kept" in run(tmp_path, []).output
    assert "A needs profile in 25 questions" in run(tmp_path, [], "--restart").output


def test_interview_asks_again_what_does_not_fit_together(tmp_path: Path) -> None:
    lines = [*lines_for({**FULL, "concurrent": "500"}), "", "5"]
    result = run(tmp_path, lines)
    assert result.exception is None and "500 people" in result.output
    assert load_profile(tmp_path / "p.yaml").people.concurrent_users == 5


HOSTILE = ["5", "-1", "[]", "{}", "[[]]", "x", "true", ".inf", ".nan", "[null]", "9" * 4000, "{a: {b: c}}"]
ANSWERED = ["family/governance", "other_audience", "tools", "count/members", "levels/members", "monthly", "nowhere/x"]


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: value[:9])
def test_interview_goes_on_over_a_broken_file_of_answers(tmp_path: Path, value: str) -> None:
    text = 'interview: "1.0"\nprofile_date: "2026-01-01"\nanswers:\n'
    text += "".join(f"  {key}: {value}\n" for key in ANSWERED)
    (tmp_path / "p.yaml.answers.yaml").write_text(text, "utf-8")
    error = run(tmp_path, [""] * 3).exception
    assert error is None or isinstance(error, ProvisionerError)


def test_interview_never_overwrites_a_profile(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("mine", "utf-8")
    assert isinstance(run(tmp_path, []).exception, ProvisionerError)
    assert (tmp_path / "p.yaml").read_text("utf-8") == "mine"


def test_interview_in_french_asks_in_french(tmp_path: Path) -> None:
    assert "De quoi avez-vous besoin ?" in run(tmp_path, [], "--lang", "fr").output


def test_every_default_is_an_answer() -> None:
    for question in MATERIAL.interview.questions:
        for part in question.parts:
            _check_default(part)


def _check_default(part: Part) -> None:
    values = [choice.value for choice in part.choices]
    if part.kind == "choice":
        assert part.default in [*values, "unknown"], part.id
    if part.blank == "unknown" and part.kind == "number" and part.id not in ("concurrent", "count"):
        assert part.default is not None and part.default <= part.maximum * part.factor, part.id


def test_steps_hold_no_key_twice() -> None:
    keys = [step.key for step in BY_KEY.values()]
    assert len(keys) == len(set(keys)) > 60
    assert all(isinstance(step, Step) for step in BY_KEY.values())
