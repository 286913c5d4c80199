"""Importers: deterministic, no personal data in any output, every guess named, every fault with its line."""

import json
import random
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.cli.profile_import import command
from provisioner.errors import InputError, ProvisionerError
from provisioner.models.import_map import ColumnRule
from provisioner.paths import data_dir
from provisioner.profiles.fields import LEVELS
from provisioner.profiles.import_many import five_shares, one_of, understood
from provisioner.profiles.import_personal import personal
from provisioner.profiles.import_table import read_table
from provisioner.profiles.rules import load_profile

EXAMPLE = data_dir("examples") / "import"
BASE = data_dir("examples") / "profiles" / "demo-association.yaml"
PIX = """Nom;Prénom;Email;Niveau moyen
DUPONTEL;Jeannine;jeannine.dupontel@example.org;2,4
MARTINOT;Paulette;paulette@example.org;3.1
DURANDAL;Léandre;leandre@example.org;4.9
PETITJEAN;Zoé;06 12 34 56 78;5
MOREAUX;Aliénor;alienor@example.org;1
"""
SECRETS = ("DUPONTEL", "Jeannine", "@example.org", "MARTINOT", "Paulette", "06 12", "Zoé", "2,4", "4.9", "Nom", "Email")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(word) for word in arguments], standalone_mode=False)


def told(result: Result) -> str:
    """Return all a person would see of a run: both outputs and the error."""
    error = result.exception
    lines = [*map(str, error.findings)] if isinstance(error, InputError) else []
    ours = [error.message, error.hint] if isinstance(error, ProvisionerError) else []
    return "\n".join([result.output, *lines, *ours])


def csv_run(*arguments: str | Path) -> Result:
    return run("csv", EXAMPLE / "questionnaire.csv", "--map", EXAMPLE / "map.yml", *arguments)


# --- questionnaire


def test_csv_example_over_a_base_gives_a_valid_profile_with_its_source(tmp_path: Path) -> None:
    result = csv_run("--base", BASE, "-o", tmp_path / "o.yaml")
    assert result.exception is None, told(result)
    profile = load_profile(tmp_path / "o.yaml")
    assert stat.S_IMODE((tmp_path / "o.yaml").stat().st_mode) == 0o600
    assert profile.profile.sources[-1].importer == "csv.limesurvey" and profile.profile.sources[-1].respondents == 10
    assert profile.people.volunteers and profile.people.volunteers.skills
    assert profile.people.volunteers.skills.model_dump() == dict(zip(LEVELS, (0, 17, 50, 33, 0), strict=True))
    assert "/people/no_device_percent" not in profile.profile.assumed, "the import confirms it"
    data = yaml.safe_load((tmp_path / "o.yaml").read_text("utf-8"))
    guessed = next(i for i, need in enumerate(data["needs"]) if need["id"] == "video_meetings")
    assert f"/needs/{guessed}/priority" in profile.profile.assumed


def test_csv_without_base_is_a_part_and_says_what_is_missing(tmp_path: Path) -> None:
    result = csv_run("-o", tmp_path / "o.yaml", "--report", "json")
    report = json.loads(result.output)
    assert {"/organisation", "/people/members", "/profile/id"} <= set(report["missing"])
    assert report["ignored"] == ["ID de la réponse", "Date de soumission", "Langue de départ", "Remarques"]
    assert report["not_understood"] == [{"column": "Quels outils utilisez-vous ?", "lines": [10]}]
    assert report["conflicting"][0]["answers"] == {"should": 5, "could": 3, "must": 1, "not_now": 1}
    assert len(report["used"]) == 8 and "tableau" not in result.output


def test_csv_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    raw = (EXAMPLE / "questionnaire.csv").read_text("utf-8")
    table = read_table(raw.encode(), "q.csv")
    rows = [row.cells for row in table.rows]
    random.Random(7).shuffle(rows)
    quoted = [";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [table.headers, *rows]]
    (tmp_path / "q.csv").write_text("\n".join(quoted), "utf-8")
    shuffled = run("csv", tmp_path / "q.csv", "--map", EXAMPLE / "map.yml", "-o", tmp_path / "a.yaml")
    assert shuffled.exception is None and csv_run("-o", tmp_path / "b.yaml").exception is None
    assert (tmp_path / "a.yaml").read_bytes() == (tmp_path / "b.yaml").read_bytes()


def test_csv_never_overwrites_without_force(tmp_path: Path) -> None:
    (tmp_path / "o.yaml").write_text("mine", "utf-8")
    assert isinstance(csv_run("-o", tmp_path / "o.yaml").exception, ProvisionerError)
    assert (tmp_path / "o.yaml").read_text("utf-8") == "mine"
    assert csv_run("-o", tmp_path / "o.yaml", "--force").exception is None


def test_csv_refuses_personal_columns_and_quotes_none_of_them(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(PIX, "utf-8")
    (tmp_path / "m.yml").write_text(
        'import_map: "1.0"\ncolumns:\n  - {column: Niveau moyen, to: /people/concurrent_users, aggregate: max}\n',
        "utf-8",
    )
    result = run("csv", tmp_path / "p.csv", "--map", tmp_path / "m.yml")
    assert isinstance(result.exception, InputError) and len(result.exception.findings) == 3
    assert not [word for word in SECRETS[:8] if word in told(result)]
    dropped = [option for name in ("Nom", "prenom", "3") for option in ("--drop", name)]
    good = run("csv", tmp_path / "p.csv", "--map", tmp_path / "m.yml", "--date", "2026-03-03", *dropped)
    assert "concurrent_users: 5" in good.output and "@" not in good.output


WRONG_MAPS = {
    "{column: Vous etess, to: /budget/monthly_eur, aggregate: median}": "did you mean 'Vous êtes'",
    "{column: Vous êtes, to: /budget/monthly, aggregate: median}": "did you mean 'monthly_eur'",
    "{column: Vous êtes, to: /needs/filesharing/priority, aggregate: mode}": "did you mean 'file_sharing'",
    "{column: Vous êtes, to: /people/members, aggregate: mode}": "a block, not a value",
    "{column: Vous êtes, to: /profile/assumed, aggregate: union}": "written by the importer",
    "{column: Vous êtes, to: /people/members/skills, aggregate: median}": "must be share",
    "{column: Vous êtes, to: /people/members/skills, aggregate: share, values: {a: good}}": "every value is one of",
    "{column: Vous êtes, to: /organisation/kind, aggregate: average}": "choose one of",
    "{column: Vous êtes, to: /organisation/kind, aggregate: mode, values: {Bénévole: club}}": "is not allowed",
    "{column: Vous êtes, to: /organisation/kind, aggregate: mode, extra: 1}": "unknown key",
}


@pytest.mark.parametrize("rule", WRONG_MAPS)
def test_wrong_map_is_told_at_its_line(rule: str, tmp_path: Path) -> None:
    (tmp_path / "m.yml").write_text(f'import_map: "1.0"\ncolumns:\n  - {rule}\n', "utf-8")
    result = run("csv", EXAMPLE / "questionnaire.csv", "--map", tmp_path / "m.yml")
    assert isinstance(result.exception, InputError), told(result)
    assert WRONG_MAPS[rule] in told(result)
    assert all(finding.line == 3 for finding in result.exception.findings)


# --- tables

TABLES: dict[str, tuple[bytes, list[str], int]] = {
    "comma": (b"a,b\n1,2\n", ["a", "b"], 1),
    "semicolon": (b"a;b\n1,5;2\n", ["a", "b"], 1),
    "tab": (b"a\tb\n1\t2\n\n3\t4\n", ["a", "b"], 2),
    "mark and windows lines": ("\ufeffé;b\r\n1;2\r\n".encode(), ["é", "b"], 1),
    "cp1252": ("é;œ\n1;2\n".encode("cp1252"), ["é", "œ"], 1),
    "quoted line break": (b'a;b\n"x\ny;z";2\n3;4\n', ["a", "b"], 2),
    "quoted headers": (b'"a, b";"c"\n1;2\n', ["a, b", "c"], 1),
}


@pytest.mark.parametrize("name", TABLES)
def test_read_table_reads(name: str) -> None:
    raw, headers, rows = TABLES[name]
    table = read_table(raw, "t.csv")
    assert (table.headers, len(table.rows)) == (headers, rows)


BROKEN = {
    b"": 1,
    b"a;b\n1;2\n3\n4;5;6\n": 3,
    b'a;b\n"open;2\n': 2,
    b"\xff\xfea\x00": 1,
    b"a;b\n\x81\x8d;1\n": 1,
    b"a;b\n\n": 1,
}


@pytest.mark.parametrize("raw", BROKEN)
def test_read_table_tells_the_line_of_a_fault(raw: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read_table(raw, "t.csv")
    assert caught.value.findings[0].line == BROKEN[raw]


def test_csv_report_shows_no_control_signs_and_no_name_as_a_hint(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Besoin;\x1b[31mAutre;Jeanne Dupont\noui;1;2\n" * 1, "utf-8")
    text = 'import_map: "1.0"\ncolumns: [{column: COLUMN, to: /maturity/scores/rules_written, aggregate: median}]\n'
    for column in ("Besoin", "Jeanne Dupond"):
        (tmp_path / "map.yml").write_text(text.replace("COLUMN", column), "utf-8")
        shown = told(run("csv", tmp_path / "t.csv", "--map", tmp_path / "map.yml", "--drop", "3"))
        assert "\x1b" not in shown and "Jeanne Dupont" not in shown


PERSONAL = [("Prénom", [], True), ("NOM", ["x"], True), ("Votre e-mail", [], True), ("Téléphone portable", [], True),
            ("Adresse IP", [], True), ("Remarques", ["Merci à Mme Martin"], True), ("Q1", ["a@b.fr"], True),
            ("Q1", ["06 12 34 56 78"], True), ("Référent", ["Paul", "Jeanne", "Ali Benali"], True),
            ("Nom de l'association", ["Foyer rural"], False), ("Avez-vous un téléphone ?", ["Oui"], False),
            ("Utilisez-vous l'e-mail ?", ["Oui"], False), ("Outils", ["Google Drive", "Hello Asso"], False),
            ("Date de soumission", ["2026-03-01 18:02:11"], False)]  # fmt: skip


@pytest.mark.parametrize(("header", "cells", "is_personal"), PERSONAL)
def test_personal_columns(header: str, cells: list[str], is_personal: bool) -> None:
    assert bool(personal(header, cells)) == is_personal


# --- many answers, one value

AGGREGATES: list[tuple[str, str, dict[str, Any], list[str], Any]] = [
    ("median", "/budget/monthly_eur", {}, ["1", "9", "5", "7"], 5),
    ("median", "/needs/website/priority", {"a": "must", "b": "should", "c": "could"}, ["c", "a", "b"], "should"),
    ("mode", "/organisation/kind", {"x": "association", "y": "federation"}, ["y", "x"], "association"),
    ("max", "/people/members/count", {}, ["12", "1 200", "x"], 1200),
    ("count", "/people/members/count", {}, ["a", "", "b"], 2),
    ("union", "/organisation/languages", {"F": "fr", "B": "br"}, ["B", "F", "F"], ["fr", "br"]),
    ("share", "/people/no_device_percent", {}, ["oui", "Non", "non"], 33),
    ("share", "/needs/website/priority", {}, ["oui", "oui", "non"], "must"),
    ("share", "/needs/website/priority", {}, ["non"], None),
    ("share", "/people/members/skills", {"a": "none"}, ["a", "a"], None),
    ("median", "/budget/monthly_eur", {}, ["", "many"], None),
]


@pytest.mark.parametrize(("aggregate", "to", "values", "cells", "wanted"), AGGREGATES)
def test_many_answers_become_one(
    aggregate: str, to: str, values: dict[str, Any], cells: list[str], wanted: Any
) -> None:
    rule = ColumnRule.model_validate({"column": "c", "to": to, "aggregate": aggregate, "values": values})
    for order in (cells, cells[::-1]):
        assert one_of(rule, understood(rule, list(enumerate(order)))).value == wanted


@settings(max_examples=40)
@given(st.lists(st.sampled_from(LEVELS), min_size=1, max_size=300))
def test_five_shares_add_up_and_are_near(levels: list[str]) -> None:
    shares = five_shares(levels)
    assert sum(shares.values()) == 100 and tuple(shares) == LEVELS
    assert all(abs(share - 100 * levels.count(level) / len(levels)) < 1 for level, share in shares.items())
    assert five_shares(levels[::-1]) == shares


# --- skills


def test_skills_write_shares_and_forget_the_rows(tmp_path: Path) -> None:
    (tmp_path / "pix.csv").write_text(PIX, "utf-8")
    result = run("skills", tmp_path / "pix.csv", "--group", "volunteers", "--profile", BASE, "-o", tmp_path / "o.yaml")
    assert result.exception is None, told(result)
    group = load_profile(tmp_path / "o.yaml").people.volunteers
    assert group and group.skills and group.skills_source == "pix_aggregate"
    assert group.skills.model_dump() == dict(zip(LEVELS, (0, 0, 40, 40, 20), strict=True))
    written = told(result) + (tmp_path / "o.yaml").read_text("utf-8")
    assert not [word for word in SECRETS if word in written]


@pytest.mark.parametrize("change", [
    ("2,4", "Jeannine"), ("Niveau moyen", "Jeannine DUPONTEL"), ("5\n", "5;06 12\n"), ("DUPONTEL", '"DUPONTEL'),
    ("2,4", "9"),
])  # fmt: skip
def test_skills_errors_quote_nothing(change: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "pix.csv").write_text(PIX.replace(*change), "utf-8")
    for kind in ((), ("--kind", "pix"), ("--kind", "lesbonsclics"), ("--kind", "pix", "--column", "1")):
        result = run("skills", tmp_path / "pix.csv", "--group", "volunteers", *kind)
        assert isinstance(result.exception, InputError)
        assert not [word for word in SECRETS if word in told(result)]


def test_skills_refuse_small_groups(tmp_path: Path) -> None:
    (tmp_path / "pix.csv").write_text("\n".join(PIX.splitlines()[:5]), "utf-8")
    result = run("skills", tmp_path / "pix.csv", "--group", "board")
    assert isinstance(result.exception, InputError) and "at least five" in result.exception.message


def test_skills_lesbonsclics_failed_is_none_or_email_and_assumed(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("Résultat\nRéussi\nÉchoué\néchec\nNon validé\nvalidé\nréussi\n", "utf-8")
    result = run("skills", tmp_path / "l.csv", "--group", "members", "--profile", BASE, "-o", tmp_path / "o.yaml")
    assert result.exception is None, told(result)
    profile = load_profile(tmp_path / "o.yaml")
    assert profile.people.members.skills
    assert profile.people.members.skills.model_dump() == dict(zip(LEVELS, (33, 17, 50, 0, 0), strict=True))
    assert "/people/members/skills" in profile.profile.assumed
