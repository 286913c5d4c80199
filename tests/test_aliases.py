"""The registry of what people say: complete against taxonomy and tools, and found however it is written."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.aliases import find, fold, known_products, load_aliases, load_taxonomy, tool_id, with_needs
from provisioner.errors import InputError
from provisioner.load import load_model
from provisioner.models.aliases import Aliases
from provisioner.models.profile_base import Need
from provisioner.paths import data_dir

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases/aliases/found.yaml").read_text("utf-8"))
REGISTRY = load_aliases()
# The systems named by the source documents that serve a need: none may be forgotten.
NAMED_TEXT = """
WhatsApp Messenger Skype Zoom Jitsi Teams Etherpad Framapad Google_Drive G_Suite Microsoft_Office OpenOffice Trello
Societality Wikipédia Doodle SurveyMonkey Loomio Change.org PickAsso BuddyPress AssoConnect Salesforce HubSpot OHME
Pipedrive Zoho_CRM HelloAsso iRaiser Microdon Lydia Odoo Dolibarr Sage SAP Label_Emmaüs Coop_Circuits Facebook Instagram
YouTube Canva Freepik Airtable Seintinelles Ideas_Cube Khan_Academy Djantoli MOOC Ulule Pix LesBonsClics Solidatech
"""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["word"])
def test_find_gives_the_need_people_mean(case: dict[str, Any]) -> None:
    best = find(REGISTRY, case["word"])[0]
    assert (best.how, best.alias.needs[0]) == (case["how"], case["need"])


def test_every_system_of_the_sources_is_known() -> None:
    words = {fold(word) for alias in REGISTRY.aliases for word in alias.words}
    assert [name for name in NAMED_TEXT.split() if fold(name.replace("_", " ")) not in words] == []


def test_find_unknown_word_gives_nothing() -> None:
    assert find(REGISTRY, "xyzzy") == find(REGISTRY, "") == find(REGISTRY, " ?! ") == []


def test_find_near_words_are_left_out_when_the_word_itself_is_there() -> None:
    assert [hit.word for hit in find(REGISTRY, "Doodle")] == ["Doodle"]


def test_no_spelling_stands_twice_in_one_kind() -> None:
    words = [fold(word) for alias in REGISTRY.aliases for word in alias.words]
    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_every_need_has_everyday_words_in_number() -> None:
    words = [(need, word) for alias in REGISTRY.aliases if alias.kind == "word"
             for need in alias.needs for word in alias.words]  # fmt: skip
    assert {need for need, _word in words} == set(Need.__args__)
    assert len({word for _need, word in words}) >= 240


def test_tools_of_the_registry_and_of_the_aliases_are_in_step() -> None:
    tools = yaml.safe_load((data_dir("catalog") / "tools.yaml").read_text("utf-8"))["tools"]
    said = {alias.tool for alias in REGISTRY.aliases if alias.tool}
    assert said == set(tools)
    by_name = {fold(tool["label"][lang]): name for name, tool in tools.items() for lang in ("fr", "en")}
    for alias in REGISTRY.aliases:
        found = {by_name[fold(word)] for word in alias.words if fold(word) in by_name}
        assert alias.kind == "word" or found <= {tool_id(alias)}, alias.words


def test_services_of_the_aliases_are_folders_and_every_one_has_a_name_people_say() -> None:
    folders = {path.parent.name for path in data_dir("catalog").glob("*/service.yaml")}
    assert {alias.service for alias in REGISTRY.aliases if alias.service} == folders


def test_known_products_has_ids_and_names_but_no_need() -> None:
    products = known_products(REGISTRY)
    assert products["google_drive"] == products["google drive"] == ["file_sharing", "office_documents"]
    assert products["nextcloud"][0] == "file_sharing"
    assert set(products) & set(Need.__args__) == set()


def test_with_needs_finds_ids_and_labels() -> None:
    registry = with_needs(REGISTRY, load_taxonomy())
    for word in ("file_sharing", "Partager et stocker des fichiers", "file storage & sharing"):
        assert find(registry, word)[0].alias.needs == ["file_sharing"]


@settings(max_examples=15)
@given(st.text(max_size=40))
def test_find_never_fails_and_is_ranked(word: str) -> None:
    ranks = [("exact", "plural", "part", "near").index(hit.how) for hit in find(REGISTRY, word)]
    assert ranks == sorted(ranks)
    assert fold(fold(word)) == fold(word)


WRONG = {
    "{words: [A], kind: word, needs: []}": "everyday word has needs",
    "{words: [A], kind: product, needs: [website]}": "either a decision",
    "{words: [A], kind: product, needs: [], decision: S}": "needs a remark",
    "{words: [A], kind: word, needs: [web_site]}": "not allowed",
    "{words: [], kind: word, needs: [website]}": "at least 1",
}


@pytest.mark.parametrize("entry", WRONG)
def test_wrong_entry_is_told_with_its_line(entry: str, tmp_path: Path) -> None:
    path = tmp_path / "aliases.yaml"
    path.write_text(f'version: "1.0"\naliases:\n  - {entry}\n', "utf-8")
    with pytest.raises(InputError) as caught:
        load_model(path, Aliases)
    assert WRONG[entry] in str(caught.value.findings[0])
    assert caught.value.findings[0].line == 3
