"""Screening: the truth table, the file that keeps its comments, and gdpr init whose text is read back."""

from datetime import date
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from stack_fixture import stack_of

from provisioner.cli.gdpr_init import command as init
from provisioner.cli.gdpr_notice import command as notice
from provisioner.cli.gdpr_screening import command as screening
from provisioner.gdprfile import known_processors, with_screening
from provisioner.load import model_from, read_text
from provisioner.models.protection import Protection
from provisioner.screening import questions, verdict

NO = {name: False for name, each in questions().items() if each.kind != "exempt"}
GIVEN = (
    "--address",
    "1 rue X",
    "--representative",
    "Ada",
    "--officer-name",
    "Bob",
    "--host-name",
    "H",
    "--host-country",
    "FR",
)
CASES = [
    ({}, False, False, True),
    ({"sensitive": True}, False, False, True),
    ({"sensitive": True, "vulnerable": True}, True, False, True),
    ({"ex_members": True}, False, False, True),
    ({"ex_members": True, "op_housing": True}, True, False, True),
    ({"dpo_public": True}, False, True, True),
    ({"minors_under15": True}, False, False, False),
    ({"minors_under15": True, "minors_parents": True}, False, False, True),
    *[({name: True}, True, False, True) for name, each in questions().items() if each.kind == "operations"],
]  # fmt: skip


@pytest.mark.parametrize(("changed", "dpia", "dpo", "minors"), CASES)
def test_verdict_truth_table(changed: dict[str, bool], dpia: bool, dpo: bool, minors: bool) -> None:
    found = verdict({**NO, **changed})
    assert (found.dpia, found.dpo, found.minors_ok, found.settled) == (dpia, dpo, minors, True)


@pytest.mark.parametrize("name", list(NO))
def test_one_unanswered_question_is_not_settled(name: str) -> None:
    found = verdict({key: value for key, value in NO.items() if key != name})
    assert found.unanswered == [name] and not found.settled
    assert None in (found.dpia, found.dpo, found.minors_ok) or name == "minors_parents"


def test_lists_are_whole() -> None:
    kinds = [each.kind for each in questions().values()]
    wanted = {"criteria": 9, "operations": 14, "exempt": 12, "dpo": 3, "minors": 2}
    assert {kind: kinds.count(kind) for kind in wanted} == wanted


def test_with_screening_keeps_all_the_rest() -> None:
    old = "# a\nminors:\n  concerned: true # b\n\n# c\nscreening: {}\n\n# d\nown: []\n"
    block = {"answered": "2026-01-02", "by": 'A "B"', "dpia": {"sensitive": True}, "dpo": {}, "minors": {}}
    for text in (old, with_screening(old, {"dpia": {"x": False}})):
        new = with_screening(text, block)
        assert "# a\nminors:\n  concerned: true # b\n\n# c\nscreening:\n" in new and "# d\nown: []\n" in new
        assert "    sensitive: true\n" in new and "x: false" not in new


@pytest.mark.parametrize(
    "old",
    ["{}", "", "{\n  by: x\n}   # c",
     "\n  by: x\n# note\n  dpia: {scoring: true}\n  # other\n  dpo:\n    dpo_public: false",
     "\n  by: \"é 🎈 \u2028\"\n\n# own"],
)  # fmt: skip
@pytest.mark.parametrize("key", ["screening:", "'screening':", "screening :"])
@pytest.mark.parametrize("after", ["", "\n# after\nown: []\n"])
@pytest.mark.parametrize("before", ["# é 🎈\nrole: x\n", "\ufeffrole: x\n"])
def test_with_screening_finds_the_block_however_written(before: str, key: str, old: str, after: str) -> None:
    block = {"answered": "2026-01-02", "dpia": {"sensitive": True}, "dpo": {}, "minors": {}}
    text = with_screening(before + f"{key} {old}" + after, block)
    data = read_text(text, "gdpr.yaml")
    assert not data.findings and data.data["role"] == "x" and ("own" in data.data) == bool(after)
    assert data.data["screening"] == {"answered": "2026-01-02", "dpia": {"sensitive": True}, "dpo": {}, "minors": {}}
    assert all(text.count(each) == (before + old + after).count(each) for each in ("# note", "# other", "# after"))


def test_known_processors_come_from_the_stack() -> None:
    away = [{"name": "a", "url": "rest:https://b.example/x"}, {"name": "s", "url": "s3:https://s.example/b"}]
    found = known_processors(stack_of(mail={"host": "m.example"}, backup={"destinations": away}))
    assert found == [("mail", "m.example", []), ("backup", "b.example", ["a"]), ("backup", "s.example", ["s"])]
    both = [away[0], {"name": "b", "url": "rest:https://b.example/y"}]
    assert known_processors(stack_of(backup={"destinations": both})) == [("backup", "b.example", ["a", "b"])]
    assert known_processors(stack_of(backup={"destinations": both[:1]})) == [("backup", "b.example", [])]


@pytest.fixture
def folder(tmp_path, monkeypatch):  # type: ignore[no-untyped-def]
    import json

    stack = stack_of(services={}, portal={}, mail={"host": "m.example"})
    (tmp_path / "stack.yaml").write_text(json.dumps(stack.model_dump(mode="json", exclude_defaults=True)), "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_init_screening_and_notice_one_after_the_other(folder) -> None:  # type: ignore[no-untyped-def]
    run = CliRunner()
    missing = run.invoke(init, [])
    assert len(missing.exception.findings) == 6 and not (folder / "gdpr.yaml").exists()  # type: ignore[union-attr]
    made = run.invoke(init, [*GIVEN, "--relay-country", "DE", "--no-minors"])
    assert made.exit_code == 0, made.exception
    path = folder / "gdpr.yaml"
    data = model_from(read_text(path.read_text(), "gdpr.yaml"), Protection)
    assert [each.country for each in data.processors] == ["FR", "DE"] and data.created <= date.today()
    assert data.minors is not None and not data.minors.concerned and path.stat().st_mode & 0o777 == 0o600
    assert run.invoke(init, [*GIVEN, "--relay-country", "DE"]).exception is not None, "never over an existing file"
    assert run.invoke(screening, ["--check"]).exit_code == 1
    answers = [part for name in NO for part in ("--answer", f"{name}=no")]
    assert run.invoke(screening, [*answers, "--by", "Ada"]).exit_code == 0
    assert run.invoke(screening, ["--check"]).exit_code == 0
    assert "RNA" in path.read_text(), "comments stay"
    assert run.invoke(notice, []).exit_code == 0
    assert {each.name for each in (folder / "gdpr" / "documents").iterdir()} == {
        "notice.fr.html", "notice.en.html", "legal.fr.html", "legal.en.html", "notices.json",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("option", "wrong"), [("--host-country", "France"), ("--address", "a\x1b"), ("--officer-name", "x" * 301),
                          ("--representative", "   ")],
)  # fmt: skip
def test_init_names_the_option_that_has_no_form(folder, option: str, wrong: str) -> None:  # type: ignore[no-untyped-def]
    done = CliRunner().invoke(init, [*GIVEN, "--relay-country", "DE", option, wrong])
    assert [each.path for each in done.exception.findings] == [option]  # type: ignore[union-attr]
    assert not (folder / "gdpr.yaml").exists()


def test_gdpr_yaml_that_leads_nowhere_is_told(folder) -> None:  # type: ignore[no-untyped-def]
    (folder / "gdpr.yaml").symlink_to("/nowhere/gdpr.yaml")
    done = CliRunner().invoke(notice, [])
    assert "gdpr.yaml" in str(done.exception.findings), done.exception  # type: ignore[union-attr]


def test_init_says_that_nothing_was_written(folder) -> None:  # type: ignore[no-untyped-def]
    done = CliRunner().invoke(init, [*GIVEN, "--relay-country", "DE", "--officer-email", "none"])
    assert "Nothing was written" in str(done.exception) and not (folder / "gdpr.yaml").exists()


def test_init_asks_again_and_screening_keeps_what_was_answered(folder, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("provisioner.cli.gdpr_init.sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    words = "1 rue\nAda\nBob\nOVH\nFrance\nfr\nde\n"
    made = CliRunner().invoke(init, [], input=words)
    assert made.exit_code == 0 and "country: FR" in (folder / "gdpr.yaml").read_text("utf-8"), made.output
    monkeypatch.setattr(
        "provisioner.cli.gdpr_screening.sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True))
    )
    done = CliRunner().invoke(screening, [], input="oui\nmaybe\nn\n")
    assert done.exit_code == 1 and "scoring: true" in (folder / "gdpr.yaml").read_text("utf-8"), done.output
    assert "automated_decision: false" in (folder / "gdpr.yaml").read_text("utf-8")
