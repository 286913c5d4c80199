"""What sections 3.8 and 4.5 to 4.8 of the specification say of the plans, one statement a test."""

from typing import Any

import pytest
from match_fixture import example_plan, fixture_offer, fixture_rules, golden, golden_plan, golden_profile

from provisioner.matching.candidates import Candidate, Offer
from provisioner.matching.match import match_
from provisioner.matching.problem import problem_of
from provisioner.matching.programme import best_score, solve
from provisioner.models.base import Text
from provisioner.models.profile import Profile
from provisioner.models.proposal import Proposal

SPORTS, SIAE, FEDERATION = "sports-culture-association", "work-integration-structure", "federation"


def plans() -> dict[str, Proposal]:
    return {"G01": golden_plan("01"), "A": example_plan(SPORTS), "B": example_plan(SIAE),
            "C": example_plan(FEDERATION), "stress": golden_plan("08")}  # fmt: skip


def lever(plan: Proposal, name: str) -> Any:
    return next(item for item in plan.levers if item.lever == name)


def chosen(plan: Proposal, name: str) -> Any:
    return next(item for item in plan.chosen if item.service == name)


def english(plan: Proposal) -> str:
    return " ".join([plan.decision.reason.en, *(text.en for text in plan.warnings)])


@pytest.mark.parametrize(
    ("name", "training", "memory"), [("G01", 70, 69), ("A", 76, 75), ("B", 64, 63), ("C", 83, 80), ("stress", 44, 42)]
)
def test_levers_raise_the_index_as_specified(name: str, training: int, memory: int) -> None:
    plan = plans()[name]
    assert lever(plan, "training").coverage_index == training
    assert lever(plan, "memory").coverage_index == memory
    assert all(item.gain >= 0 for item in plan.levers)


def test_curve_of_example_a_is_as_specified() -> None:
    steps = example_plan(SPORTS).curve
    assert [(step.tools, step.value) for step in steps] == [(2, 944), (3, 2794), (4, 3886), (5, 4514), (6, 4794)]
    assert [[text.en for text in step.added] for step in steps[1:]] == [
        ["paheko"], ["sympa"], ["nextcloud"], ["wordpress"]
    ]  # fmt: skip


def test_example_a_without_nextcloud_and_with_discourse() -> None:
    plan = example_plan(SPORTS)
    loss = chosen(plan, "nextcloud").loss
    assert (loss.score, plan.score, loss.needs) == (3816, 4056, ["file_sharing", "shared_calendar"])
    assert [(item.component, item.score) for item in chosen(plan, "sympa").alternatives] == [("discourse", 3694)]
    assert chosen(plan, "nextcloud").replaces == ["doodle", "google_drive"]


def test_two_gigabytes_weighs_loomio_and_rallly_and_names_the_limit_that_binds_next() -> None:
    plan = golden_plan("01")
    problem = problem_of(golden_profile("01"), fixture_offer(), fixture_rules())
    assert best_score(problem.with_forced("loomio")) == 2996 - 604
    assert best_score(problem.with_forced("rallly")) == 2966
    assert plan.runner_up and plan.runner_up.score == 2966
    gap = plan.not_covered[0]
    assert gap.code == "U5" and "657 MB" in gap.reason.en and "2392 points" in gap.reason.en
    assert "GB of disk" in lever(plan, "memory").note.en
    assert (plan.totals.memory_mb.used, plan.totals.memory_mb.limit) == (1780, 2048)


def test_offline_network_has_no_mail_no_certificates_and_a_mediator() -> None:
    plan, words = golden_plan("02"), english(golden_plan("02"))
    assert "no e-mail, no public certificates" in words
    assert "10 % of this group (beneficiaries)" in words and "mediator" in words
    assert "depends on its language (fr)" in words
    assert {item.service for item in plan.excluded if item.code == "H5"} >= {"loomio", "jitsi"}


def test_offline_network_bars_what_needs_mail_even_where_it_would_be_sent() -> None:
    data = golden("02")["profile"]
    data["domain_email"] = {"sending": "provider_smtp"}
    item = next(one for one in fixture_offer().candidates if one.id == "yeswiki")
    mailing = Candidate(**{**vars(item), "needs_smtp": True, "offline_ok": True})
    plan = match_(Profile.model_validate(data), Offer([mailing], sso="sso"), fixture_rules())
    assert [(one.service, one.code) for one in plan.excluded] == [("yeswiki", "H7")]


def test_federation_base_is_shown_as_decided_by_it_with_its_cost() -> None:
    plan = golden_plan("04")
    assert "Decided by the federation" in chosen(plan, "nextcloud").reason.en
    assert chosen(plan, "nextcloud").mandated and chosen(plan, "nextcloud").loss.points < 0
    assert chosen(plan, "etherpad").covers[0].reach > 50


def test_mandate_that_does_not_fit_says_how_much_it_takes_and_what_would_do_without() -> None:
    plan = golden_plan("04b")
    assert "1255 MB of memory for 1024" in plan.decision.reason.en
    assert plan.without_mandate and plan.without_mandate.components == ["etherpad", "paheko", "yeswiki"]
    assert {item.code for item in plan.not_covered} == {"U6"}
    assert not plan.chosen and not plan.terms and not plan.curve


def test_health_data_is_refused_with_the_rule_and_two_ways_out() -> None:
    plan = golden_plan("06")
    for need in ("beneficiary_followup", "field_data_collection"):
        gap = next(item for item in plan.not_covered if item.need == need)
        assert gap.code == "U2" and "Two ways out: a certified host" in gap.reason.en
    assert "Put no health data into nextcloud: neither files" in english(plan)


def test_one_poll_is_asked_whether_it_is_worth_a_server() -> None:
    plan = golden_plan("07")
    assert [item.code for item in plan.not_covered] == ["U1", "U1", "U1"]
    assert "worth a server" in english(plan) and "CHATONS" in english(plan)


def test_need_without_a_service_says_who_can_help_where_we_know() -> None:
    rules, words = fixture_rules(), Text(fr="un lieu", en="a place")
    kinds = {
        name: kind.model_copy(update={"signpost": words if name == "graphic_design" else None})
        for name, kind in rules.taxonomy.needs.items()
    }
    taxonomy = rules.taxonomy.model_copy(update={"needs": kinds})
    plan = match_(golden_profile("07"), fixture_offer(), rules.model_copy(update={"taxonomy": taxonomy}))
    reasons = {item.need: item.reason for item in plan.not_covered}
    assert reasons["graphic_design"].en.endswith("Who can help: a place")
    assert "Who can help" not in reasons["online_shop"].en


def test_forty_needs_are_told_that_everything_is_nothing_and_what_binds() -> None:
    plan = golden_plan("08")
    assert len(plan.content.needs) - len(plan.not_covered) == 22
    assert "when everything matters, nothing does" in english(plan)
    assert plan.totals.tools.used == plan.totals.tools.limit == 8
    assert plan.totals.memory_mb.used == 3835
    assert lever(plan, "memory").gain > 0 and lever(plan, "tool").gain > 0 and lever(plan, "admin_hours").gain == 0


def test_no_time_names_who_hosts_for_others_and_what_four_hours_would_change() -> None:
    plan = golden_plan("09")
    words = english(plan)
    assert "90 minutes" in words and all(name in words for name in ("Framaspace", "CHATONS", "federation"))
    assert "With 4 hours of care a month the best choice would be: etherpad, nextcloud, paheko, wordpress" in words


def test_tie_is_decided_by_name_and_both_are_named() -> None:
    plan = golden_plan("11")
    assert plan.runner_up and (plan.runner_up.components, plan.runner_up.score) == (["hedgedoc"], plan.score)
    assert "hedgedoc" in chosen(plan, "etherpad").reason.en


def test_federation_counts_the_instances_of_its_members() -> None:
    fleet = example_plan(FEDERATION).fleet
    assert fleet and (fleet.base, fleet.memory_mb_each) == (["nextcloud", "paheko"], 755)
    assert (fleet.free_memory_mb, fleet.instances_fit, fleet.instances_planned) == (44216, 58, 95)
    assert [(wave.instances, wave.fit) for wave in fleet.waves] == [(5, 5), (20, 20), (70, 33)]
    assert "a second machine before wave 3" in fleet.sentence.en
    assert "une deuxième machine avant la vague 3" in fleet.sentence.fr


@pytest.mark.parametrize("name", ["G01", "A", "B", "C", "stress"])
def test_terms_add_up_to_the_score(name: str) -> None:
    plan = plans()[name]
    assert sum(term.points for term in plan.terms) == plan.score
    assert sum(term.points for term in plan.terms if term.kind == "value") == plan.curve[-1].value


@pytest.mark.parametrize("start", ["01", "04", "06", "08", "11"])
def test_no_counterfactual_is_better(start: str) -> None:
    plan = golden_plan(start)
    problem = problem_of(golden_profile(start), fixture_offer(), fixture_rules())
    for item in plan.chosen:
        assert item.mandated or (item.loss and item.loss.score is not None and item.loss.score <= plan.score)
        assert all(item.loss and item.loss.score and other.score <= item.loss.score for other in item.alternatives)
    for name in problem.candidates.keys() - set(plan.components):
        score = best_score(problem.with_forced(name))
        assert score is None or score <= plan.score


def test_kept_tool_covers_what_the_profile_uses_it_for() -> None:
    data = golden("01")["profile"]
    data["existing_tools"] = [{"tool": "helloasso", "covers": ["online_payments"], "intent": "keep"}]
    problem = problem_of(Profile.model_validate(data), fixture_offer(), fixture_rules())
    assert set(problem.candidates["keep:helloasso"].covers) == {"online_payments"}
    del data["existing_tools"][0]["covers"]
    problem = problem_of(Profile.model_validate(data), fixture_offer(), fixture_rules())
    assert "membership_management" in problem.candidates["keep:helloasso"].covers


def test_solve_knows_the_same_question_again() -> None:
    problem = problem_of(golden_profile("01"), fixture_offer(), fixture_rules())
    assert solve(problem) is solve(problem.with_limits(memory_mb=problem.limits.memory_mb))
