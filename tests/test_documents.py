"""The papers beside the board's page: road map, training, ways without a screen, forecast, charter, annex."""

import csv
import io
import re
from pathlib import Path

import pytest
import yaml
from documents_plans import EXAMPLE_A, EXAMPLE_B, EXAMPLE_C, EXAMPLE_NAMES, living_plan, plan, plans

from provisioner.documents import words as words_module
from provisioner.documents.annex import annex_paper, assumption
from provisioner.documents.channels import channels
from provisioner.documents.forecast import forecast, forecast_csv
from provisioner.documents.markdown import markdown
from provisioner.documents.names import FILES, file_name
from provisioner.documents.page import page
from provisioner.documents.papers import CSV, DATA, PAPERS
from provisioner.documents.roadmap import roadmap
from provisioner.documents.table import csv_text
from provisioner.documents.tools import GATED
from provisioner.documents.training import shortfalls, training
from provisioner.documents.words import need_words, words
from provisioner.matching.data import load_rules
from provisioner.models.proposal import Proposal, Versions

SOURCES = Path(words_module.__file__).parent


def test_annex_names_all_the_plan_depends_on_and_what_could_not_be_had() -> None:
    proposal = plan(EXAMPLE_A)
    given = {name: f"given-{name}" for name in Versions.model_fields} | {"unavailable": ["nextcloud", "loomio"]}
    paper = annex_paper(proposal.model_copy(update={"versions": Versions.model_validate(given)}))
    for language in ("fr", "en"):
        text = markdown(paper, language)
        assert all(value in text for value in given.values() if isinstance(value, str))
        assert "nextcloud, loomio" in text


@pytest.mark.parametrize("name", [*EXAMPLE_NAMES, "08_all_needs_4gb", "09_no_admin_time", "04b_base_does_not_fit"])
def test_every_paper_is_whole_in_both_languages(name: str) -> None:
    for proposal in [plan(name), *plans(name)[2:]]:
        check_roadmap(proposal)
        for make in [make for paper, make in PAPERS.items() if paper != "board"]:
            paper = make(proposal)
            for language in ("fr", "en"):
                text = markdown(paper, language)
                assert "{" not in text and "None" not in text
                assert paper.title.in_language(language) in text
                assert page(paper, language).startswith("<!doctype html>")


def check_roadmap(proposal: Proposal) -> None:
    found = roadmap(proposal)
    services = [service for phase in found.phases for tool in phase.tools for service in tool.services]
    assert len(services) == len(set(services)) <= len(proposal.chosen)
    for phase in found.phases:
        assert len(phase.tools) <= found.tools_per_phase
        gated = [tool for tool in phase.tools if tool.gated]
        assert not gated or phase.number > 1
        assert bool(gated) == any("façon de faire est écrite" in gate.fr for gate in phase.gates)
    assert [tool.tool for phase in found.phases for tool in phase.tools] == found.leaving[::-1]


def test_every_need_of_the_taxonomy_has_everyday_words() -> None:
    taxonomy = load_rules().taxonomy.needs
    for need in taxonomy:
        found = need_words(need)
        assert found.role in words().roles
        assert found.ways.fr.count(" et ") == found.ways.en.count(" and "), need


def test_every_sentence_has_the_same_braces_in_both_languages_and_is_used() -> None:
    source = "".join(path.read_text("utf-8") for path in SOURCES.glob("*.py"))
    source += (SOURCES.parent / "cli" / "report_files.py").read_text("utf-8")
    prefixes = tuple(re.findall(r'f"([a-z_]+)\{', source))
    for key, text in words().texts.items():
        assert set(re.findall(r"\{\w+\}", text.fr)) == set(re.findall(r"\{\w+\}", text.en)), key
        assert f'"{key}"' in source or key.startswith(prefixes), f"{key} is used nowhere"


def test_roadmap_of_example_a_is_that_of_the_specification() -> None:
    found = roadmap(plan(EXAMPLE_A))
    assert [[tool.tool for tool in phase.tools] for phase in found.phases] == [
        ["paheko"], ["sympa"], ["nextcloud"], ["wordpress"],
    ]  # fmt: skip
    assert [phase.from_week for phase in found.phases] == [1, 7, 13, 19]
    assert found.leaving == ["wordpress", "nextcloud", "sympa", "paheko"]


def test_roadmap_with_only_a_gated_tool_begins_with_writing() -> None:
    proposal = plan(EXAMPLE_B)
    chosen = [item for item in proposal.chosen if any(cover.need in GATED for cover in item.covers)]
    found = roadmap(proposal.model_copy(update={"chosen": chosen}))
    assert [len(phase.tools) for phase in found.phases] == [0, len(chosen)]


def test_training_of_example_a_takes_the_hours_of_the_specification() -> None:
    found = training(plan(EXAMPLE_A))
    people = {course.tool: (course.people, course.minutes_each) for course in found.courses}
    assert people == {"nextcloud": (20, 120), "paheko": (2, 60), "sympa": (2, 12), "wordpress": (2, 60)}
    assert 44 * 60 <= found.minutes <= 45 * 60
    assert found.minutes == sum(count * minutes for count, minutes in people.values())


def test_training_warns_where_a_tool_asks_more_than_the_profile_plans() -> None:
    proposal = plan(EXAMPLE_A)
    referents = proposal.content.referents.model_copy(update={"training_hours_per_person": 1.0})
    short = proposal.model_copy(update={"content": proposal.content.model_copy(update={"referents": referents})})
    assert [text.en for text in shortfalls(proposal)] == []
    assert [text.en for text in shortfalls(short)] == [
        "**Too little training** (Nextcloud): 2 hours asked per person, 1 hour planned."
    ]


def test_a_federation_trains_its_own_people_and_two_relays_of_each_member() -> None:
    found = training(living_plan(EXAMPLE_C))
    content = living_plan(EXAMPLE_C).content
    assert content.federation is not None and content.people.employees is not None
    files = next(course for course in found.courses if "nextcloud" in course.tool)
    assert found.relays == files.relays == 2 * content.federation.member_associations
    assert files.people == content.people.employees.count + files.relays
    assert found.minutes < 3000 * 60
    assert found.longest_minutes == sum(course.minutes_each for course in found.courses if course.relays) + sum(
        course.minutes_each for course in found.courses if course.operators
    )


def test_channels_count_people_upward_and_name_a_role_for_each_need() -> None:
    register = channels(plan(EXAMPLE_A))
    lines = {line.need: line for line in register.lines}
    assert set(lines) == {wish.id for wish in plan(EXAMPLE_A).content.needs}
    payments = lines["online_payments"]
    assert [(w.group, w.percent, w.people) for w in payments.without] == [("members", 28, 31)]
    assert (payments.ways.en, payments.role) == ("cheques and cash", "treasurer")
    assert lines["accounting"].without == []
    assert lines["instant_messaging"].digital is None


@pytest.mark.parametrize("name", [EXAMPLE_A, EXAMPLE_B, EXAMPLE_C])
def test_forecast_adds_up(name: str) -> None:
    found = forecast(plan(name))
    counted = [line for line in found.lines if line.counted]
    assert round(sum(line.monthly_eur for line in counted), 2) == found.monthly_eur
    assert round(sum(line.one_off_eur for line in counted), 2) == found.one_off_eur
    assert found.months[-1].so_far_eur == found.first_year_eur == round(sum(m.eur for m in found.months), 2)
    assert all(line.source for line in found.lines)
    assert all(line.grant == (line.funding == "investment") for line in found.lines)


def test_forecast_csv_can_be_added_up_in_a_spreadsheet() -> None:
    rows = list(csv.reader(io.StringIO(forecast_csv(plan(EXAMPLE_A), "en"))))
    year = rows[0].index("First year")
    total = next(row for row in rows if row[1] == "Total")
    prices = [row for row in rows[1:] if row[0] == "plan" and row[2] in ("Running (each month)", "Investment (once)")]
    assert len({len(row) for row in rows}) == 1
    assert round(sum(float(row[year]) for row in prices), 2) == float(total[year])


def test_csv_makes_no_formula_of_a_name() -> None:
    assert csv_text([["=HYPERLINK(1)", "-"]]) == "'=HYPERLINK(1),-\n"


def test_annex_prints_every_term_and_their_sum() -> None:
    proposal = plan(EXAMPLE_A)
    table = next(part for part in annex_paper(proposal).parts if part.title.en == "The points, line by line").table
    assert table is not None
    points = [float(row[-1].en) for row in table.rows]
    assert round(sum(points[:-1]), 3) == points[-1] == proposal.score
    assert proposal.profile.sha256 in markdown(annex_paper(proposal), "en")


@pytest.mark.parametrize(
    ("pointer", "english"),
    [
        ("/connectivity/uplink_mbps", "the server's connection speed"),
        ("/people/board/skills", "the figures on the board"),
        ("/needs/3/audience", "some of the needs"),
        ("/x-other", "other answers of the diagnostic"),
    ],
)
def test_assumption_says_a_pointer_in_words(pointer: str, english: str) -> None:
    assert assumption(pointer).en == english


def test_files_have_names_of_their_own_in_each_language() -> None:
    names = [file_name(name, language, "html") for name in FILES for language in ("fr", "en")]
    assert len(set(names)) == len(names) == 2 * len(PAPERS)
    assert set(DATA) | set(CSV) <= set(PAPERS)


def test_papers_follow_from_the_plan_file_alone() -> None:
    proposal = plan(EXAMPLE_A)
    again = Proposal.model_validate_json(proposal.text())
    assert [make(again) for make in PAPERS.values()] == [make(proposal) for make in PAPERS.values()]


def test_words_are_data_that_yaml_reads_as_text() -> None:
    folder = SOURCES.parent.parent / "templates" / "documents"
    for path in folder.glob("*.yaml"):
        assert yaml.safe_load(path.read_text("utf-8")).get("version", "1.0") == "1.0"
