"""The record: golden pages of the small stack, every service of the catalog without an empty field, the spreadsheet."""

import io
import json
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from gdpr_fixture import answers_data, bundle_of
from odfdo import Document
from stack_fixture import small_catalog

from provisioner.catalog import Catalog, load_catalog
from provisioner.errors import InputError
from provisioner.gdpr.ods import ods
from provisioner.gdpr.page import html_page, json_text
from provisioner.gdpr.record import processor_record, record
from provisioner.gdpr.write import write_record
from provisioner.load import model_from, read_text
from provisioner.models.backup import Backups
from provisioner.models.base import Text
from provisioner.models.protection import Protection
from provisioner.models.register import Record, Sheet
from provisioner.notices_times import oldest_copy
from provisioner.retention import days_of, periods
from provisioner.vocabulary import vocabulary

GOLDEN = Path(__file__).parent / "cases" / "gdpr" / "register"
OWN = {
    "name": "Feuilles d'émargement", "purpose": "Preuve des votes", "legal_basis": "contract",
    "subjects": ["members"], "data": ["identity"], "period": "membership", "measures": ["Armoire fermée à clé"],
}  # fmt: skip
# What the CNIL's simplified template and art. 30(1) ask for, and what CNIL asks for elsewhere.
FIELDS = (
    "number", "reference", "name", "created", "updated", "controller", "joint", "representative", "officer", "purpose",
    "basis", "interest", "rights", "dpia", "note", "software", "people", "data", "sensitive", "national_number",
    "criminal", "source", "backups", "internal", "processors", "third", "outside", "transfers", "access",
    "traceability", "software_protection", "backup", "encryption", "control", "other",
)  # fmt: skip


@cache
def whole_catalog() -> Catalog:
    return load_catalog()


@cache
def small() -> Record:
    return record(bundle_of(small_catalog(), own=[OWN]), small_catalog())


@cache
def whole() -> Record:
    catalog = whole_catalog()
    services: dict[str, Any] = {name: {} for name in catalog.services}
    return record(bundle_of(catalog, {"services": services}, own=[OWN]), catalog)


def texts_of(sheet: Sheet) -> list[Text]:
    rows = [text for section in sheet.sections for row in section.rows for text in (row.label, *row.values)]
    return [sheet.title, *rows, *(text for row in sheet.kept for text in (row.names, row.long, row.goes))]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_page_of_the_small_stack(language: str, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / f"register.{language}.html", html_page(small(), language))


def test_json_of_the_small_stack(golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / "register.json", json_text(small()))


def test_every_activity_of_every_service_has_a_sheet_and_so_have_own_ones_and_the_platform() -> None:
    catalog = whole_catalog()
    wanted = [
        f"foyer-{name}-{number}"
        for name, entry in catalog.services.items()
        for number, _activity in enumerate(entry.service.gdpr.activities, 1)
    ]
    others = ["foyer-own-1", *(f"foyer-platform-{name}" for name in ("logs", "backups", "portal"))]
    assert [sheet.reference for sheet in whole().sheets] == [*wanted, *others]
    assert [sheet.number for sheet in whole().sheets] == list(range(1, len(whole().sheets) + 1))


def test_an_own_activity_done_in_a_service_shares_its_copies_processors_and_measures() -> None:
    catalog = small_catalog()
    inside = {**deepcopy(OWN), "tool": "Le PAD de l'association, page « bureau »", "measures": []}
    found = record(bundle_of(catalog, own=[inside, OWN]), catalog).sheets
    sheets = {sheet.reference: sheet for sheet in found}
    of_it, here, paper = (sheets[f"foyer-{key}"] for key in ("pad-1", "own-1", "own-2"))

    def rows(sheet: Sheet) -> dict[str, list[str]]:
        return {row.key: [text.en for text in row.values] for section in sheet.sections for row in section.rows}

    for key in ("backups", "processors", "outside", "transfers", "backup", "encryption", "access"):
        assert rows(here)[key] == rows(of_it)[key], key
        assert key in ("processors", "transfers") or rows(paper)[key] != rows(here)[key], key
    assert rows(paper)["other"] == OWN["measures"] and rows(here)["software"] == [inside["tool"]]


def test_a_chosen_legitimate_interest_is_told_as_the_association_says_it() -> None:
    about = {"legal_basis": {1: "legitimate-interest"}, "interest": {1: "Préparer l'assemblée"}}
    found = record(bundle_of(small_catalog(), services={"pad": about}), small_catalog()).sheets
    row = next(row for section in found[0].sections for row in section.rows if row.key == "interest")
    assert [text.fr for text in row.values] == ["Préparer l'assemblée"]
    with pytest.raises(InputError) as caught:
        record(bundle_of(small_catalog(), services={"pad": {"interest": {7: "x"}}}), small_catalog())
    assert [each.path for each in caught.value.findings] == ["services.pad.interest"]


def test_no_field_of_any_sheet_is_empty_in_either_language() -> None:
    for sheet in whole().sheets:
        found = [row.key for section in sheet.sections for row in section.rows]
        assert found == list(FIELDS), sheet.reference
        assert sheet.kept, f"{sheet.reference}: no duration"
        for text in texts_of(sheet):
            for spoken in (text.fr, text.en):
                assert spoken.strip(" -–\u00a0") and "{" not in spoken and "  " not in spoken, (sheet.reference, text)


def test_every_category_of_data_has_its_duration_and_it_is_the_one_in_force() -> None:
    known, in_force = vocabulary(), periods({}, vocabulary())
    for sheet in whole().sheets:
        if sheet.service == "backups":
            assert {row.days for row in sheet.kept} == {70, 90}
            continue
        assert sorted(name for row in sheet.kept for name in row.data) == sorted(sheet.data), sheet.reference
        for row in sheet.kept:
            if row.key:
                assert row.period == str(in_force[row.key])
                assert row.days == days_of(in_force[row.key], known.retention[row.key])
                assert str(in_force[row.key].count) in row.long.fr and str(in_force[row.key].count) in row.long.en


def test_another_period_changes_the_sheets_that_follow_it_and_no_other() -> None:
    changed = record(bundle_of(small_catalog(), own=[OWN], retention={"membership": "6 months"}), small_catalog())
    same = [one == other for one, other in zip(small().sheets, changed.sheets, strict=True)]
    own = next(sheet for sheet in changed.sheets if sheet.kind == "own")
    assert same.count(False) == 1 and own.kept[0].days == 181
    assert own.kept[0].long.en == "6 months after the end of membership"
    logs = record(bundle_of(small_catalog(), public_content=True), small_catalog()).sheets[-3]
    assert (logs.reference, logs.kept[0].key, logs.kept[0].days) == ("foyer-platform-logs", "hosting", 366)


def test_rights_follow_from_the_basis_and_another_basis_may_be_chosen() -> None:
    chosen = record(bundle_of(small_catalog(), services={"pad": {"legal_basis": {1: "consent"}}}), small_catalog())
    sheets = {sheet.reference: sheet for sheet in chosen.sheets}
    pad, notes = sheets["foyer-pad-1"], sheets["foyer-notes-1"]
    assert "withdrawal" in pad.rights and "objection" not in pad.rights
    assert "objection" in notes.rights and "withdrawal" not in notes.rights
    assert pad.value("interest")[0].en.startswith("Does not apply")
    assert notes.value("interest")[0].en == "members write together"
    assert "Withdrawal of consent" in [text.en for text in pad.value("rights")]


def test_sensitive_data_that_people_put_in_is_told_with_its_duration() -> None:
    found = record(bundle_of(small_catalog(), services={"pad": {"sensitive": ["health", "criminal"]}}), small_catalog())
    pad = next(sheet for sheet in found.sheets if sheet.service == "pad")
    assert pad.value("sensitive")[0].en == "Yes: Health" and pad.value("criminal")[0].en.startswith("Yes")
    assert pad.value("national_number")[0].en == "No"
    assert pad.kept[-1].data == ["health", "criminal"]


def test_nothing_is_claimed_that_the_stack_does_not_have() -> None:
    bare = {"backup": None, "portal": None, "mail": None, "security": {"level": "none"}}
    found = record(bundle_of(small_catalog(), bare), small_catalog())
    text = json_text(found)
    for claim in ("Erasures are done again", "SSH by key", "install themselves", "restic", "AIDE", "Start page"):
        assert claim not in text, claim
    assert "No backups" in text and "The host is not hardened" in text and "Relais SAS" not in text
    assert "SSH by key" in json_text(small()) and "Relais SAS" in json_text(small())


@pytest.mark.parametrize("language", ["fr", "en"])
def test_spreadsheet_says_what_the_json_says_and_has_the_same_bytes_each_time(language: str) -> None:
    data = ods(small(), language)
    assert data == ods(small(), language)
    tables = Document(io.BytesIO(data)).body.tables
    assert len(tables) == 1 + len(small().sheets)
    assert all(len(table.name) <= 31 for table in tables) and len({table.name for table in tables}) == len(tables)
    for table, sheet in zip(tables[1:], small().sheets, strict=True):
        there = [line for cell in table.get_elements(".//table:table-cell") for line in lines_of(cell)]
        for text in texts_of(sheet):
            assert text.in_language(language) in there, (sheet.reference, text)


def lines_of(cell: Any) -> list[str]:
    return [paragraph.text_recursive for paragraph in cell.get_elements("text:p")]


@pytest.mark.parametrize(
    ("keep", "hours", "days"),
    [
        ({}, 24, 62 + 8),
        ({"daily": 30, "weekly": 0, "monthly": 0}, 24, 30 + 8),
        ({"daily": 7, "weekly": 10, "monthly": 0}, 24, 70 + 8),
        ({"daily": 10, "weekly": 0, "monthly": 0}, 72, 30 + 8),
        ({"hourly": 1000, "daily": 1, "weekly": 0, "monthly": 0}, 1, 42 + 8),
    ],
)
def test_greatest_age_of_a_copy(keep: dict[str, int], hours: int, days: int) -> None:
    backup = Backups.model_validate(
        {"destinations": [{"name": "disk", "url": "/mnt"}], "keep": keep, "every_hours": hours}
    )
    assert oldest_copy(backup, backup.destinations[0]) == days


def test_where_the_server_refuses_to_delete_the_age_is_that_of_the_administrator() -> None:
    away = {"name": "away", "url": "rest:https://x.example/", "append_only": True}
    backup = Backups.model_validate({"destinations": [away], "keep": {"within": "1y2m3d5h"}})
    assert oldest_copy(backup, backup.destinations[0]) == 366 + 62 + 3 + 1


def test_all_missing_answers_are_told_at_once_with_their_places() -> None:
    wrong = answers_data()["processors"]
    wrong = [wrong[0], {"name": "Cloud Inc", "role": "other", "country": "IN"},
             {"name": "Mail Inc", "role": "maintenance", "country": "US"}]  # fmt: skip
    bundle = bundle_of(
        small_catalog(), processors=wrong, screening={}, own=[{**OWN, "measures": []}], joint=[{"name": "Autre"}],
        services={"pad": {"legal_basis": {2: "consent"}}},
    )  # fmt: skip
    with pytest.raises(InputError) as caught:
        record(bundle, small_catalog())
    assert caught.value.exit_code == 2
    assert all(finding.file == "gdpr.yaml" and finding.line for finding in caught.value.findings)
    assert sorted(finding.path for finding in caught.value.findings) == [
        "joint[0]", "own[0].measures", "processors", "processors", "processors[1].safeguard",
        "processors[2].document", "screening", "services.pad.legal_basis",
    ]  # fmt: skip


def test_without_gdpr_yaml_the_next_step_is_told() -> None:
    bundle = bundle_of(small_catalog())
    with pytest.raises(InputError, match=r"there is no gdpr\.yaml") as caught:
        record(type(bundle)(bundle.path, bundle.stack, bundle.lock), small_catalog())
    assert "gdpr init" in caught.value.hint


def test_record_of_a_processor_names_whom_it_serves_and_what_it_does() -> None:
    served = bundle_of(small_catalog(), {"association": {"id": "chorale", "name": "La Chorale"}})
    silent = type(served)(served.path, served.stack, served.lock)
    found = processor_record(bundle_of(small_catalog(), role="processor"), [served, silent], small_catalog())
    keys = [row.key for section in found.sheets[0].sections for row in section.rows]
    wanted = ("served", "category", "subprocessors", "transfers", "access", "control")
    assert found.kind == "processor" and all(key in keys for key in wanted)
    assert "Ana Berger" in found.sheets[0].value("served")[0].en
    assert (
        "La Chorale" in found.sheets[1].value("served")[0].en and "for want of" in found.sheets[1].value("served")[0].en
    )
    assert html_page(found, "fr").count("<h2") == 2 + len(found.sheets) and ods(found, "en")


def test_files_are_private_and_written_again_the_same(tmp_path: Path) -> None:
    paths = write_record(small(), tmp_path / "documents", "register")
    before = {path: path.read_bytes() for path in paths}
    assert sorted(path.name for path in paths) == [
        "register.en.html", "register.en.ods", "register.fr.html", "register.fr.ods", "register.json",
    ]  # fmt: skip
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in paths)
    assert {path: path.read_bytes() for path in write_record(small(), tmp_path / "documents", "register")} == before
    assert json.loads(before[tmp_path / "documents" / "register.json"])["kind"] == "controller"


WRONG = [
    ({"created": "2026-02-30"}, "a day that exists"), ({"created": "2026-11-23T25:61"}, "a day that exists"),
    ({"created": 20261123}, "a day that exists"), ({"retention": {"content": "0 days"}}, "a duration such as"),
    ({"officer": {"name": "   ", "email": "a@b.example"}}, "one line of 1 to 300"),
    ({"officer": {"name": "a\x07", "email": "a@b.example"}}, "one line of 1 to 300"),
    ({"officer": {"name": "a", "email": "a@b.example", "phone": "9" * 301}}, "at most 300"),
    ({"retention": {"A": "1 day"}}, "lower-case letters"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), WRONG)
def test_wrong_answer_is_told_in_words(change: dict[str, Any], words: str) -> None:
    text = yaml.safe_dump(answers_data(**change))
    with pytest.raises(InputError) as caught:
        model_from(read_text(text, "gdpr.yaml"), Protection)
    [finding] = caught.value.findings
    assert words in finding.message and "x1f" not in finding.message
