"""What a plan says where something cannot be had: mandates that do not fit, names nobody knows, images not here."""

from dataclasses import replace

from match_fixture import example, fixture_offer, fixture_rules, golden_plan, golden_profile

from provisioner.matching.candidates import Cover
from provisioner.matching.match import content_sha256, match_
from provisioner.matching.verify import verify
from provisioner.models.profile_means import Limits
from provisioner.models.proposal import Proposal


def test_mandate_that_does_not_fit_says_so_once_a_need_and_what_would_serve_without_it() -> None:
    reasons = {item.need: (item.code, item.reason.en) for item in golden_plan("04b").not_covered}
    assert reasons["membership_management"] == (
        "U6",
        "No proposal: what is mandated does not fit here. Without that: paheko.",
    )
    assert reasons["invoicing"] == ("U6", "No proposal: what is mandated or kept does not fit here.")


def test_names_nobody_knows_are_corrected_and_a_tool_of_others_goes_elsewhere() -> None:
    def reason(**limits: list[str]) -> Proposal:
        profile = golden_profile("01")
        return match_(profile.model_copy(update={"limits": Limits(**limits)}), fixture_offer(), fixture_rules())

    wrong = reason(mandated=["nextclod", "zzzz"]).decision.reason
    assert "nextclod (did you mean 'nextcloud'?), zzzz" in wrong.en
    assert "nextclod (vouliez-vous dire nextcloud ?), zzzz" in wrong.fr
    assert "existing_tools" in reason(mandated=["helloasso"]).decision.reason.en
    assert "wordpres (did you mean 'wordpress'?)" in reason(excluded=["wordpres"]).warnings[-1].en


def test_images_any_offers_what_has_none_here_and_marks_it() -> None:
    offer, profile = fixture_offer(), golden_profile("01")
    names = frozenset(item.id for item in offer.candidates) - {"nextcloud"}
    given = replace(offer, available=names, images="any")
    plan = match_(profile, given, fixture_rules())
    assert plan.services == golden_plan("01").services and plan.versions.unavailable == ["nextcloud"]
    assert [item.service for item in plan.chosen if not item.deployable] == ["nextcloud"]
    assert any(text.en.startswith("Cannot be had from here: nextcloud.") for text in plan.warnings)
    checks = verify(plan, profile, given, fixture_rules(), content_sha256(profile))
    assert [check for check in checks if not check.ok] == []
    without = match_(profile, replace(given, images="auto"), fixture_rules())
    gap = next(item for item in without.not_covered if item.need == "file_sharing")
    assert gap.code == "U2" and "they need an image registry" in gap.reason.en


def test_gap_that_a_barred_service_would_fill_is_told_in_one_sentence() -> None:
    offer, profile = fixture_offer(), example("sports-culture-association")
    names = frozenset(item.id for item in offer.candidates) - {"rallly", "nextcloud"}
    weak = [replace(item, covers={"date_polling": Cover(45, "basic")}) if item.id == "etherpad" else item
            for item in offer.candidates]  # fmt: skip
    plan = match_(profile, replace(offer, candidates=weak, available=names), fixture_rules())
    gap = next(item for item in plan.not_covered if item.need == "date_polling")
    assert gap.code == "U3"
    assert gap.reason.en.endswith(
        "nextcloud would do better, but not here – its images cannot be had here: they need an image registry"
        " (--images registry)."
    )
