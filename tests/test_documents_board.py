"""The board's page on every plan there is: one side, at most 450 words, short sentences, and nothing hidden."""

import re
import time

import pytest
from documents_plans import EXAMPLE_A, EXAMPLE_C, EXAMPLE_NAMES, NAMES, board, living_plan, plan, plans

from provisioner.documents.board import MOST_WORDS, board_paper
from provisioner.documents.board_people import asides
from provisioner.documents.figures import euros_down, euros_up, hours_down, hours_up, out_of_ten
from provisioner.documents.markdown import markdown
from provisioner.documents.page import page
from provisioner.documents.paper import MOST_IN_SENTENCE, Paper, Part, longest_sentence
from provisioner.documents.words import listed, need_words, plain
from provisioner.models.proposal import Proposal

BLOCKS = 11
LANGUAGES = ("fr", "en")
FORBIDDEN = {
    "fr": r"\b(RAM|points|score|SHA|JSON|API|CRM|ERP|RGPD|SSO|VPS|MB|Mo)\b|%",
    "en": r"\b(RAM|points|score|SHA|JSON|API|CRM|ERP|GDPR|SSO|VPS|MB)\b|%",
}
STOP = {"fr": "Vous pouvez arrêter après chaque étape.", "en": "You can stop after any step."}


def part(proposal: Proposal, number: int) -> Part:
    return board_paper(proposal).parts[number - 1]


@pytest.mark.parametrize("name", NAMES)
def test_page_of_every_plan_keeps_the_rules_and_hides_nothing(name: str) -> None:
    for proposal in plans(name):
        paper = board_paper(proposal)
        check_rules(paper)
        check_musts(proposal, paper)
        check_costs_and_risks(proposal, paper)
        check_html(paper)


def check_rules(paper: Paper) -> None:
    assert len(paper.parts) == BLOCKS
    assert all(found.texts()[1:] for found in paper.parts), "a block is empty"
    for text in paper.texts():
        assert longest_sentence(text) <= MOST_IN_SENTENCE, text
    for language in LANGUAGES:
        text = markdown(paper, language)
        assert paper.word_count(language) <= MOST_WORDS
        assert STOP[language] in text
        assert not re.search(FORBIDDEN[language], text), re.search(FORBIDDEN[language], text)
        assert "{" not in text and "None" not in text


def check_musts(proposal: Proposal, paper: Paper) -> None:
    musts = [gap.need for gap in proposal.not_covered if gap.priority == "must"]
    for language in LANGUAGES:
        lines = " ".join(text.in_language(language) for text in paper.parts[4].lines).lower()
        assert [need for need in musts if need_words(need).use.in_language(language).lower() not in lines] == []


def check_costs_and_risks(proposal: Proposal, paper: Paper) -> None:
    cost, risks = (" ".join(text.fr for text in paper.parts[number].lines) for number in (6, 7))
    if not proposal.chosen:
        assert "Rien de plus" in cost or "plafond" in cost
        return
    budget, costs = proposal.content.budget, proposal.costs
    shown = (costs.monthly_eur, costs.one_off_eur) if costs.lines else (budget.monthly_eur, budget.one_off_eur)
    assert all((euros_up if costs.lines else euros_down)(amount).fr in cost for amount in shown)
    assert hours_up(proposal.totals.admin_minutes.used).fr in cost
    referents, backups = proposal.content.referents, proposal.content.backups
    assert bool(re.search("nommer|nommé", risks)) == (not referents.replacement_named or referents.count < 2)
    assert ("ferait tout perdre" in risks) == (not [d for d in backups.destinations if d.kind != "same_provider"])
    for tool in proposal.kept:
        assert not tool.outside_eea or tool.title.fr.lower() in risks.lower()


def check_html(paper: Paper) -> None:
    for language in LANGUAGES:
        html = page(paper, language)
        assert f'<html lang="{language}">' in html
        assert "default-src 'none'" in html and "<script" not in html
        assert not re.search(r"(https?:)?//[a-z]", html)
        assert not re.search(r"\b(red|green)\b|#(f00|0f0)\b", html)
        assert html.count("<h1") == 1 and html.count("<section") == BLOCKS


def test_page_of_example_a_says_what_the_specification_says() -> None:
    text = " ".join(markdown(board(EXAMPLE_A), "fr").replace("**", "").split())
    for sentence in (
        "le registre des adhérents et les comptes. Sans décision, on continue comme aujourd'hui.",
        "27 réponses et entretiens (bureau, bénévoles et adhérents).",
        "Indispensable : suivre les adhésions, tenir les comptes, encaisser en ligne et écrire à tous par e-mail.",
        "1. Le registre des adhérents et les comptes (Paheko), pour le bureau.",
        "2. Les listes d'e-mails (Sympa), pour les bénévoles et les adhérents.",
        "pour le bureau et les bénévoles. Remplace Doodle et Google Drive.",
        "4. Le site internet (WordPress).",
        "La messagerie : WhatsApp reste un choix de chacun ; aucune donnée personnelle dedans.",
        "Le suivi des bénévoles : trop peu de personnes sauraient s'en servir aujourd'hui.",
        "Environ 6 bénévoles et 5 membres du bureau sur 10 ne pourront pas ouvrir les documents ni utiliser l'agenda "
        "partagé. On garde le classeur papier.",
        "Environ 3 adhérents sur 10 ne pourront pas payer en ligne. On garde le chèque et les espèces.",
        "4 h 30 d'entretien par mois sur les 5 h disponibles.",
        "Environ 45 h de formation en tout, entre nous",
        "Une à la fois, six semaines au moins. On passe à la suivante si 6 personnes sur 10 s'en servent.",
        "Le débit du serveur, la part de personnes sans appareil et le niveau des adhérents.",
    ):
        assert sentence in text, sentence


@pytest.mark.parametrize(
    ("name", "verdict", "asked", "box"),
    [
        ("09_no_admin_time", "delegate", "Ne rien héberger nous-mêmes", "Demander ces outils"),
        ("04b_base_does_not_fit", "mandate_impossible", "Ce qu'impose la fédération", "Demander une réponse avant le"),
        ("06_health_data", "deploy_partly", "indispensable", "Étape 1"),
        ("11_tie", "deploy", "Commencer l'étape 1", "Étape 1"),
    ],
)
def test_page_asks_what_the_verdict_calls_for(name: str, verdict: str, asked: str, box: str) -> None:
    proposal = plan(name)
    assert proposal.verdict == verdict
    assert asked in " ".join(text.fr for text in part(proposal, 1).lines)
    assert part(proposal, 10).boxes[0].fr.startswith(box)


def test_page_for_nothing_at_all_asks_to_install_nothing() -> None:
    empty = plan("09_no_admin_time").model_copy(
        update={"decision": plan("09_no_admin_time").decision.model_copy(update={"verdict": "no_tool_needed"})}
    )
    assert "N'installer aucun nouvel outil" in part(empty, 1).lines[0].fr
    assert STOP["fr"] in part(empty, 9).lines[-1].fr.replace("**", "")


def test_page_marks_a_plan_that_one_person_decided() -> None:
    proposal = plan(EXAMPLE_A)
    sources = proposal.content.profile.sources[:1]
    about = proposal.content.profile.model_copy(update={"sources": sources})
    alone = proposal.model_copy(update={"content": proposal.content.model_copy(update={"profile": about})})
    assert "Une seule personne" in part(alone, 2).lines[0].fr


def test_page_names_the_worst_group_first_and_counts_what_it_does_not_name() -> None:
    proposal = plan(EXAMPLE_A)
    found = asides(proposal)
    assert [aside.groups[0][1] for aside in found] == sorted((aside.groups[0][1] for aside in found), reverse=True)
    shown = part(proposal, 6).lines
    assert shown[0].en.startswith("About 6 volunteers and 5 board members in 10")
    assert sum(len(aside.needs) for aside in found) == 5
    assert "And one more usage" in shown[3].en, "four of the five are named"


@pytest.mark.parametrize("name", EXAMPLE_NAMES)
def test_page_marks_what_this_version_cannot_install(name: str) -> None:
    proposal = living_plan(name)
    missing = [item.title.en for item in proposal.chosen if not item.deployable]
    proposals, risks = (markdown(board_paper(proposal), "en").split("\n## ")[number] for number in (3, 8))
    assert missing and all(f"{title}¹" in proposals for title in missing)
    assert proposals.count("¹") == len(missing)
    assert "¹ Cannot be installed by this program yet" in risks
    assert "¹" not in markdown(board_paper(plan(name)), "en")


@pytest.mark.parametrize(
    ("estimates", "sentence"),
    [
        ((True, True), "Prix tous estimés"),
        ((True, False), "certains estimés"),
        ((False, False), "Prix datés en annexe."),
    ],
)
def test_page_says_which_prices_are_estimates(estimates: tuple[bool, bool], sentence: str) -> None:
    proposal = plan(EXAMPLE_A)
    lines = [
        line.model_copy(update={"estimate": guess})
        for line, guess in zip(proposal.costs.lines[:2], estimates, strict=True)
    ]
    costs = proposal.costs.model_copy(update={"lines": lines})
    assert sentence in part(proposal.model_copy(update={"costs": costs}), 7).lines[1].fr


def test_page_shows_electricity_that_is_not_counted() -> None:
    assert any("Electricity on top: about €" in text.en for text in part(living_plan(EXAMPLE_C), 7).lines)


def test_page_asks_whether_one_need_is_worth_a_server() -> None:
    assert "Un seul besoin vaut-il un serveur" in part(plan("07_no_service"), 3).lines[0].fr
    assert not part(plan(EXAMPLE_A), 3).lines


def test_lists_of_things_that_hold_the_joining_word_keep_them_apart() -> None:
    assert listed([plain("a et b"), plain("c et d")]).fr == "a et b, et c et d"
    assert listed([plain("a"), plain("b"), plain("c")]).fr == "a, b et c"


def test_page_prints_the_day_of_the_meeting() -> None:
    paper = board_paper(plan(EXAMPLE_A), "2026-04-03")
    assert paper.title.fr.endswith("bureau du 3 avril 2026")
    assert "Commencer l'étape 1 en avril :" in paper.parts[0].lines[0].fr
    assert "Start step 1 in April:" in paper.parts[0].lines[0].en


def test_numbers_are_never_rounded_in_favour_of_the_plan() -> None:
    assert (euros_up(9.43).fr, euros_down(12.99).fr) == ("10 €", "12 €")
    assert (hours_up(271).fr, hours_down(299).fr) == ("4 h 45", "4 h 45")
    assert (hours_up(601).en, hours_up(60_001).en) == ("11 hours", "1,100 hours")
    assert [out_of_ten(percent) for percent in (1, 10, 11, 28, 100)] == [1, 1, 2, 3, 10]


def test_html_escapes_names_of_tools() -> None:
    proposal = plan(EXAMPLE_A)
    title = proposal.chosen[0].title.model_copy(update={"fr": "<script>alert(1)</script>", "en": "<b>&"})
    chosen = [proposal.chosen[0].model_copy(update={"title": title}), *proposal.chosen[1:]]
    html = page(board_paper(proposal.model_copy(update={"chosen": chosen})), "fr")
    assert "<script" not in html and "&lt;script&gt;" in html


def test_page_is_made_in_no_time() -> None:
    proposal, start = plan("08_all_needs_4gb"), time.perf_counter()
    board_paper(proposal)
    assert time.perf_counter() - start < 1
