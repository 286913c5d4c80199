"""Privacy notices: every item of art. 13 for every service in both languages, durations of the map, honest backups."""

import html
import re
from datetime import date

import pytest
from stack_fixture import stack_of

from provisioner.catalog import load_catalog
from provisioner.models.backup import Backups
from provisioner.models.protection import Protection
from provisioner.notice_pages import notice_pages, notices
from provisioner.notices import service_notice
from provisioner.notices_times import backup_days
from provisioner.portal import portal_pages
from provisioner.sentences import sentences

ITEMS = (
    "identity", "officer", "purposes", "mandatory", "recipients", "transfers", "duration", "logs", "backups", "rights",
    "complaint", "automated", "source", "minors",
)  # fmt: skip
DISK = {"name": "disk", "url": "/mnt/x", "offsite": False}
AWAY = {"name": "away", "url": "rest:https://b.example/a", "append_only": True}


def answers_of(**changes: object) -> Protection:
    day = date(2026, 11, 1)
    data = {
        "gdpr": "1.0", "created": day, "updated": day,
        "controller": {"name": "Foyer {env.HOME} <b>", "address": "1 rue X", "representative": {"name": "Ada"}},
        "officer": {"name": "Bob", "email": "bob@foyer.example"},
        "processors": [{"name": "Hostco", "role": "host", "country": "FR", "address": "2 rue Y", "phone": "01"}],
        **changes,
    }  # fmt: skip
    return Protection.model_validate(data)


CATALOG = load_catalog()
FULL = stack_of(services={name: {} for name in CATALOG.services}, portal={})


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", list(CATALOG.services))
def test_notice_of_every_service_has_every_item(name: str, language: str) -> None:
    service = CATALOG.entry(name).service
    notice = service_notice(FULL, service, answers_of(), language)
    found = {section.id: section.lines for section in notice.sections}
    assert tuple(found) == ITEMS and all(lines and all(lines) for lines in found.values())
    for activity in service.gdpr.activities:
        for item in ("purposes", "mandatory", "rights"):
            assert any(activity.purpose.in_language(language) in line for line in found[item]), item
    assert any("bob@foyer.example" in line for line in found["rights"])
    assert not [line for lines in found.values() for line in lines if re.search(r"\{[a-z]+\}", line)]


def test_durations_are_those_of_the_map_in_force() -> None:
    services = [CATALOG.entry(name).service for name in CATALOG.services]
    service = next(s for s in services if any(k.period == "trash" for a in s.gdpr.activities for k in a.kept))
    for text, words_of in (({}, "30 jours"), ({"trash": "17 days"}, "17 jours")):
        found = service_notice(FULL, service, answers_of(retention=text), "fr")
        assert any(words_of in line for section in found.sections if section.id == "duration" for line in section.lines)


def test_basis_chosen_by_the_association_changes_rights() -> None:
    name = next(n for n in CATALOG.services if CATALOG.entry(n).service.gdpr.activities[0].legal_basis != "consent")
    found = service_notice(
        FULL, CATALOG.entry(name).service, answers_of(services={name: {"legal_basis": {1: "consent"}}}), "en"
    )
    assert any("withdrawal of consent" in line for s in found.sections if s.id == "rights" for line in s.lines)


def test_interest_that_the_association_names_is_the_one_told() -> None:
    entry = next(
        e for e in CATALOG.services.values() if e.service.gdpr.activities[0].legal_basis == "legitimate-interest"
    )
    said = answers_of(services={entry.name: {"interest": {1: "Préparer la fête"}}})
    [purposes] = [s for s in service_notice(FULL, entry.service, said, "fr").sections if s.id == "purposes"]
    assert "Intérêt poursuivi : Préparer la fête." in purposes.lines[0]


def test_transfer_names_country_and_safeguard_or_its_absence() -> None:
    for safeguard, said in (("scc", "standard contractual"), ("", "none is stated")):
        host = {"name": "US Co", "role": "host", "country": "US", "safeguard": safeguard}
        found = notices(FULL, CATALOG, answers_of(processors=[host]))["/en/privacy"]
        lines = next(s.lines for s in found.sections if s.id == "transfers")
        assert "US Co, United States" in lines[0] and said in lines[0]


@pytest.mark.parametrize(
    ("processor", "said"),
    [
        ({"country": "RE"}, "none is intended"),
        ({"country": "CH"}, "2000/518"),
        ({"country": "US", "document": "DPF list of 2026-11-01"}, "2023/1795"),
        ({"country": "US"}, "none is stated"),
    ],
)
def test_notice_and_record_tell_the_same_of_a_transfer(processor: dict[str, str], said: str) -> None:
    host = {"name": "Co", "role": "host", **processor}
    found = notices(FULL, CATALOG, answers_of(processors=[host]))["/en/privacy"]
    lines = " ".join(next(s.lines for s in found.sections if s.id == "transfers"))
    assert said.lower() in lines.lower(), lines


def test_own_activities_stand_in_the_overview_with_their_interest_and_duration() -> None:
    own = {"name": "Fichier papier", "purpose": "Suivi des dons", "legal_basis": "legitimate-interest",
           "interest": "savoir qui remercier", "subjects": ["members"], "data": ["identity"], "period": "membership",
           "measures": ["armoire fermée"]}  # fmt: skip
    found = notices(FULL, CATALOG, answers_of(own=[own]))["/en/privacy"]
    text = {section.id: " ".join(section.lines) for section in found.sections}
    assert "Suivi des dons" in text["purposes"] and "savoir qui remercier" in text["purposes"]
    assert "Fichier papier: 12 months" in text["duration"]


@pytest.mark.parametrize(
    ("backup", "days"),
    [
        ({"destinations": [DISK]}, 70),
        ({"destinations": [DISK], "keep": {"daily": 7, "weekly": 0, "monthly": 0}}, 15),
        ({"destinations": [DISK], "keep": {"daily": 7, "weekly": 4, "monthly": 0}}, 36),
        ({"destinations": [DISK, AWAY], "keep": {"within": "1y", "monthly": 2}}, 366),
    ],
)
def test_backups_are_told_at_their_longest(backup: dict[str, object], days: int) -> None:
    assert backup_days(Backups.model_validate(backup)) == days


def test_legal_notice_names_publisher_director_and_host() -> None:
    text = notice_pages(FULL, CATALOG, answers_of())["/fr/legal"]
    for each in ("1 rue X", "Ada", "Hostco", "2 rue Y", "01"):
        assert each in text
    own = notice_pages(FULL, CATALOG, answers_of(processors=[], own_host=True))["/fr/legal"]
    assert "héberge elle-même" in html.unescape(own)


def test_portal_links_every_notice_and_nothing_means_something_to_the_proxy() -> None:
    domains = {name: f"{name}.foyer.example" for name in CATALOG.services}
    pages = portal_pages(FULL, CATALOG, domains, answers_of())
    bare = portal_pages(FULL, CATALOG, domains)
    assert set(bare) == {"/", "/fr", "/en"} and "privacy" not in bare["/fr"]
    links = {link for page in pages.values() for link in re.findall(r'href="(/(?:fr|en)[^"]*)"', page)}
    assert links == set(pages) - {"/"}
    for path, page in pages.items():
        assert not re.search(r"\{(env|http|file|system)\.", page), path
        assert "<b>" not in page


def test_words_have_the_same_names_in_both_languages() -> None:
    for key, text in sentences("notice").texts.items():
        assert set(re.findall(r"\{(\w+)\}", text.fr)) == set(re.findall(r"\{(\w+)\}", text.en)), key


def test_automated_decisions_are_told_where_the_screening_says_so() -> None:
    def told(**dpia: bool) -> str:
        found = notices(FULL, CATALOG, answers_of(screening={"dpia": dpia}))["/en/privacy"]
        return " ".join(next(s.lines for s in found.sections if s.id == "automated"))

    assert "by a machine alone. For its logic" in told(automated_decision=True, scoring=False)
    nothing = "No decision is taken by a machine alone. "
    assert told(automated_decision=False, scoring=False) == nothing + "There is no profiling."
    assert told(automated_decision=False, scoring=True).startswith(nothing + "People are evaluated or scored")
    assert "has not said yet" in told() and "has not said yet" in told(scoring=False)
