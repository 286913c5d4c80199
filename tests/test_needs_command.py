"""provisioner needs: list by family, find by word or product, in both languages and for scripts."""

import json

import pytest
from click.testing import CliRunner

from provisioner.cli.needs import command
from provisioner.errors import InputError, ProvisionerError
from provisioner.models.profile_base import Need


def run(*arguments: str) -> str:
    result = CliRunner().invoke(command, arguments, catch_exceptions=False, standalone_mode=False)
    if result.exception:
        raise result.exception
    return result.output


def test_list_json_has_all_needs_with_labels_and_mode() -> None:
    needs = json.loads(run("list", "--json"))["needs"]
    assert [need["id"] for need in needs] == list(Need.__args__)
    assert all(need["label"]["fr"] and need["definition"]["en"] and need["mode_in_words"] for need in needs)


def test_list_family_shows_only_that_family() -> None:
    text = run("list", "--family", "governance")
    assert "formal_voting" in text and "file_sharing" not in text


def test_list_unknown_family_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'governance'"):
        run("list", "--family", "governence")


def test_find_product_says_need_services_and_fate() -> None:
    text = run("find", "Doodle")
    assert "to be replaced" in text and "date_polling" in text and "covered by: " in text and "Next:" in text


def test_find_json_gives_the_decision() -> None:
    wanted = {"Doodle": "R", "HelloAsso": "K", "Simplon": "S", "LibreOffice": "D", "SAP": "X"}
    answers = json.loads(run("find", *wanted, "--json"))["words"]
    for word, decision in wanted.items():
        [found] = answers[word]
        assert found["decision"] == decision
        assert (found["remark"] is not None) == (decision in "SDX")


def test_find_words_of_a_phrase_are_one_question() -> None:
    assert list(json.loads(run("find", "groupe", "WhatsApp", "--json"))["words"]) == ["groupe WhatsApp"]


def test_find_unknown_word_fails_with_the_nearest_after_what_is_known() -> None:
    result = CliRunner().invoke(command, ["find", "Doodle", "Trelo", "xyzzy"], standalone_mode=False)
    assert isinstance(result.exception, ProvisionerError) and result.exception.exit_code == 1
    assert "date_polling" in result.output
    assert "did you mean: Trello" in result.exception.message and "'xyzzy'" in result.exception.message
    assert "needs list" in result.exception.hint
