"""The list of processors: what is missing, what the stack shows, where data may go; the draft contract."""

from typing import Any

import pytest
from gdpr_fixture import answers, bundle_of
from stack_fixture import small_catalog

from provisioner.adequacy import adequacy, ground
from provisioner.gdpr.contract import contract, contract_page
from provisioner.gdpr.processors import processors

HOST = {"name": "Hôte", "role": "host", "country": "FR", "contract": "2026-01-01"}


@pytest.mark.parametrize(
    ("country", "wanted"),
    [
        ("FR", "eea"), ("NO", "eea"), ("RE", "eea"), ("CH", "adequate"), ("GB", "adequate"), ("US", "certified"),
        ("CA", "certified"), ("BR", "adequate"), ("IN", "none"), ("CN", "none"),
    ],
)  # fmt: skip
def test_ground_of_a_transfer(country: str, wanted: str) -> None:
    assert ground(country) == wanted


def test_list_of_countries_is_marked_as_to_be_checked() -> None:
    assert not adequacy().checked and len(set(adequacy().eea)) == 30 and len(adequacy().adequate) == 16


@pytest.mark.parametrize(
    ("changes", "verdict", "missing"),
    [
        ({}, "eea", []),
        ({"contract": None}, "eea", ["contract"]),
        ({"country": "CH"}, "adequate", []),
        ({"country": "US"}, "missing", ["document"]),
        ({"country": "US", "document": "dpf.pdf"}, "safeguard", []),
        ({"country": "US", "safeguard": "scc"}, "safeguard", ["document"]),
        ({"country": "IN"}, "missing", ["safeguard"]),
        ({"country": "IN", "safeguard": "scc"}, "safeguard", ["document"]),
        ({"country": "IN", "safeguard": "scc", "document": "scc.pdf"}, "safeguard", []),
    ],
)
def test_verdict_and_what_is_missing(changes: dict[str, Any], verdict: str, missing: list[str]) -> None:
    found = processors(None, answers(processors=[{**HOST, **changes}]).data).listed[0]
    assert (found.verdict, [lack.code for lack in found.missing]) == (verdict, missing)


def test_a_transfer_that_the_association_forbids_is_told() -> None:
    found = processors(None, answers(processors=[{**HOST, "country": "CH"}], transfers="forbidden").data)
    assert [lack.code for lack in found.listed[0].missing] == ["forbidden"] and not found.complete


def test_what_the_stack_shows_and_nobody_named_is_told_unless_it_is_one_s_own() -> None:
    bundle = bundle_of(small_catalog())
    found = processors(bundle.stack, answers(processors=[HOST]).data)
    assert [(each.role, each.name) for each in found.unnamed] == [("mail", "smtp.relais.example"), ("backup", "away")]
    own = ["smtp.relais.example", "away"]
    assert processors(bundle.stack, answers(processors=[HOST], own_places=own).data).complete
    assert processors(bundle.stack, answers().data).complete
    inside = bundle_of(small_catalog(), {"mail": {"host": "192.168.1.9"}})
    assert [each.role for each in processors(inside.stack, answers(processors=[HOST]).data).unnamed] == ["backup"]


def test_two_places_of_copies_and_one_body_ask_who_holds_which() -> None:
    two = [{"name": name, "url": f"rest:https://{name}.example/x"} for name in ("north", "south")]
    stack = bundle_of(small_catalog(), {"backup": {"destinations": two}}).stack
    relay = {**HOST, "name": "Relais", "role": "mail"}

    def unnamed(*holders: dict[str, Any]) -> list[str]:
        bodies = [HOST, relay, *({**HOST, "name": "Coffre", "role": "backup", **each} for each in holders)]
        return [each.name for each in processors(stack, answers(processors=bodies).data).unnamed]

    assert unnamed() == unnamed({}) == ["north", "south"] and unnamed({}, {}) == []
    assert unnamed({"places": ["north"]}) == ["south"] and unnamed({"places": ["north", "south"]}) == []
    assert unnamed({"places": ["north"]}, {}) == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_draft_contract_has_the_eight_clauses_and_what_it_is_about(language: str) -> None:
    paper = contract(bundle_of(small_catalog()).stack, small_catalog(), answers().data)
    clauses = [point.in_language(language) for point in paper.parts[2].points]
    assert [clause[:4] for clause in clauses] == [f"**{letter})" for letter in "abcdefgh"]
    about = " ".join(point.in_language(language) for point in paper.parts[1].points)
    wanted = {
        "fr": ("Objet", "Durée", "Nature", "Finalités", "Types de données", "Personnes concernées", "Adhérents"),
        "en": ("Subject", "Duration", "Nature", "Purposes", "Types of data", "Persons concerned", "Members"),
    }
    assert all(word in about for word in wanted[language])
    assert {"fr": "avis juridique", "en": "Not legal advice"}[language] in paper.lead[0].in_language(language)


def test_draft_contract_is_one_page_in_both_languages() -> None:
    page = contract_page(bundle_of(small_catalog()).stack, small_catalog(), answers().data)
    assert 'lang="fr"' in page and 'lang="en"' in page and "Foyer de l&#39;Été" in page and "<script" not in page
