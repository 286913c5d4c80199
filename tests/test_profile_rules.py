"""The rules between the fields of a profile: a case each, what is found and what is not; free text; the bad profile."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from match_fixture import EXAMPLES, GOLDEN

from provisioner.errors import Finding, InputError
from provisioner.i18n import choose_language
from provisioner.load import MAX_BYTES, Document, load_yaml, read_text
from provisioner.profiles.known import our_known
from provisioner.profiles.rules import check_file, check_profile
from provisioner.profiles.rules_privacy import holds_person
from provisioner.profiles.schema import looks_like_person

HERE = Path(__file__).parent / "cases" / "profile"
RULES = yaml.safe_load((HERE / "rules.yaml").read_text("utf-8"))
NOTES = yaml.safe_load((HERE / "notes.yaml").read_text("utf-8"))
DOCUMENT = load_yaml(HERE / "good.yaml")
ALL = (
    *(f"NP10{number}" for number in range(1, 9)), "NP199", *(f"NP2{number:02}" for number in range(1, 17)),
    "NP301", "NP302", "NP303", *(f"NP4{number:02}" for number in range(1, 11)),
)  # fmt: skip
WHOLE_FILES = {
    "more values than are read": "x-a: [" + "x," * 20_001 + "]",
    "anchor and alias": DOCUMENT.text + "x-a: &a 1\nx-b: *a\n",
    "tag": DOCUMENT.text.replace('"1.0"', '!!str "1.0"'),
    "key twice": DOCUMENT.text + "budget: {monthly_eur: 12}\n",
}


def put(data: Any, place: str, value: Any) -> None:
    """Set, or drop, the value at a JSON pointer."""
    *way, last = [int(part) if part.isdigit() else part for part in place.split("/")[1:]]
    for part in way:
        data = data[part]
    if value == "DROP":
        del data[last]
    else:
        data[last] = value


def found_in(case: dict[str, Any]) -> list[Finding]:
    data = copy.deepcopy(DOCUMENT.data)
    for place, value in case["set"].items():
        put(data, place, copy.deepcopy(value))
    return check_profile(Document("good.yaml", data, DOCUMENT.lines), our_known()).findings


@pytest.mark.parametrize("case", RULES, ids=lambda case: case["name"])
def test_rule_finds_what_the_case_names_and_nothing_else(case: dict[str, Any]) -> None:
    found = found_in(case)
    assert [f"{finding.code} {finding.pointer}" for finding in found] == case["finds"]
    assert case.get("says", "") in " ".join(finding.message for finding in found)
    for finding in found:
        assert finding.severity == ("warning" if finding.code >= "NP4" else "error")


def sentences() -> dict[str, list[dict[str, str]]]:
    """Return what is said of each case, in the language in use: of the rules first, then of files as a whole."""
    found = {case["name"]: found_in(case) for case in RULES if case["finds"]}
    for name, text in WHOLE_FILES.items():
        try:
            found[name] = check_profile(read_text(text, "x.yaml")).findings
        except InputError as error:
            found[name] = error.findings
    return {name: [{finding.code: finding.message} for finding in findings] for name, findings in found.items()}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_rule_is_told_in_exactly_these_words(language: str) -> None:
    """The file is written by hand or with `python tests/test_profile_rules.py`; read what changes."""
    choose_language(language)
    assert sentences() == yaml.safe_load((HERE / f"sentences.{language}.yaml").read_text("utf-8"))


def test_file_too_large_is_told(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("#" * (MAX_BYTES + 1), "utf-8")
    [found] = check_file(tmp_path / "p.yaml").findings
    assert (found.code, found.message) == ("NP001", "the file is larger than 256 KiB")


def test_every_code_of_the_specification_has_a_case() -> None:
    assert {found.split()[0] for case in RULES for found in case["finds"]} == set(ALL)
    told = {code for found in sentences().values() for each in found for code in each}
    assert told >= {*ALL, "NP001", "NP002", "NP003"}


@pytest.mark.parametrize("text", NOTES["person"])
def test_holds_person_sees_a_person(text: str) -> None:
    assert holds_person(text)


@pytest.mark.parametrize("text", NOTES["nobody"])
def test_holds_person_leaves_other_texts_alone(text: str) -> None:
    assert not holds_person(text)


@pytest.mark.parametrize("name", ["president", "Nom", "e-mail", "phone_number", "adresse", "trésorier", "directorName"])
def test_looks_like_person_by_its_name(name: str) -> None:
    assert looks_like_person(name)


@pytest.mark.parametrize("name", ["telegram", "nominal", "mailing", "public", "renommée", "phonetics"])
def test_looks_like_person_only_whole_words(name: str) -> None:
    assert not looks_like_person(name)


def test_bad_profile_gives_the_findings_of_the_specification() -> None:
    findings = check_file(HERE / "bad.yaml").findings
    assert [finding.severity for finding in findings] == ["error"] * 30 + ["warning"] * 5


@pytest.mark.parametrize("path", [*GOLDEN, *sorted(EXAMPLES.glob("*.yaml"))], ids=lambda path: path.stem)
def test_examples_and_golden_profiles_have_no_error(path: Path) -> None:
    document = load_yaml(path)
    if path.parent.name == "golden":
        document = Document(path.name, document.data["profile"])
    assert check_profile(document, our_known()).errors == []


def test_email_in_a_comment_is_found() -> None:
    text = "# ask jeanne@asso.fr\n" + DOCUMENT.text
    found = check_profile(read_text(text, "good.yaml")).findings
    assert [(finding.code, finding.line, finding.pointer) for finding in found] == [("NP303", 1, "")]


def test_findings_are_sorted_by_line_errors_first() -> None:
    findings = check_file(HERE / "bad.yaml").findings
    keys = [(finding.severity != "error", finding.line, finding.code) for finding in findings]
    assert keys == sorted(keys)


def write_sentences() -> None:
    """Write the sentences of both languages; for review, not for tests."""
    for language in ("en", "fr"):
        choose_language(language)
        text = yaml.safe_dump(sentences(), allow_unicode=True, sort_keys=False, width=10_000)
        (HERE / f"sentences.{language}.yaml").write_text(text, "utf-8")


if __name__ == "__main__":
    write_sentences()
