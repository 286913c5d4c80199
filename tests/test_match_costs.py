"""The money of a plan (H10): the server from the dated price file, backups by the gigabyte, tools that cost."""

from typing import Any

from match_fixture import fixture_offer, fixture_rules, golden

from provisioner.matching.match import content_sha256, match_
from provisioner.matching.prices import backup_cents
from provisioner.matching.verify import verify
from provisioner.models.base import Text
from provisioner.models.matching import Rules
from provisioner.models.prices import Price, Prices, Tier
from provisioner.models.profile import Profile
from provisioner.models.proposal import Proposal

WORDS = Text(fr="chose", en="thing")
SOURCE = Text(fr="un nombre rond de cet essai", en="a round number of this test")


def price(amount: float, unit: Any) -> Price:
    return Price(amount=amount, unit=unit, label=WORDS, source=SOURCE)


def tier(ram_mb: int, **more: Any) -> Tier:
    return Tier(ram_mb=ram_mb, disk_gb=100, label=WORDS, source=SOURCE, **more)


PRICES = Prices(
    version="7.0",
    date="2026-01-01",
    remark=WORDS,
    hosting={
        "vps": [tier(4096, monthly_eur=8.01), tier(2048, monthly_eur=5)],
        "refurbished_pc": [tier(8192, one_off_eur=200, watts=20)],
        "lent_by_federation": [tier(1048576, counted=False, monthly_eur=3)],
    },
    domain_yearly_eur=price(15, "eur_per_year"),
    backup_monthly_eur_per_100_gb=price(2, "eur_per_month_per_100_gb"),
    mail_monthly_eur=price(3, "eur_per_month"),
    electricity_eur_per_kwh=price(0.2, "eur_per_kwh"),
)
RULES: Rules = fixture_rules().model_copy(update={"prices": PRICES})


def plan(budget: float, kind: str = "vps", **blocks: Any) -> Proposal:
    data = {**golden("01")["profile"], "domain_email": {"domain": "owned", "sending": "provider_smtp"}, **blocks}
    data["hosting"], data["budget"] = {**data["hosting"], "kind": kind}, {"monthly_eur": budget}
    profile = Profile.model_validate(data)
    found = match_(profile, fixture_offer(), RULES)
    checks = verify(found, profile, fixture_offer(), RULES, content_sha256(profile))
    assert [check for check in checks if not check.ok] == []
    return found


def lines(found: Proposal) -> dict[str, tuple[float, float, bool]]:
    return {line.kind: (line.monthly_eur, line.one_off_eur, line.counted) for line in found.costs.lines}


def test_server_domain_and_backups_are_counted_once_each() -> None:
    places = {"destinations": [{"kind": "other_provider"}, {"kind": "own_disk"}]}
    found = plan(15, backups=places)
    disk = 10 + 2 + 2 + 4
    assert lines(found)["hosting"] == (5, 0, True) and lines(found)["domain"] == (1.25, 0, True)
    assert lines(found)["backup"][0] == (20 + 4 + 4 + 8) / 100 and disk == 18
    assert found.costs.monthly_eur == found.totals.monthly_eur.used == 6.61
    first = found.costs.lines[0]
    assert first.source.fr == "un nombre rond de cet essai (7.0, 2026-01-01)" and first.estimate
    assert found.versions.prices == "7.0"


def test_server_over_the_budget_is_not_proposed_and_the_lever_says_what_would_do() -> None:
    found = plan(6)
    assert (found.verdict, found.costs.lines, found.score) == ("delegate", [], 0)
    assert "€0.25 a month" in found.decision.reason.en
    budget = next(lever for lever in found.levers if lever.lever == "budget")
    assert budget.gain == 2996 and "€16 in all" in budget.label.en
    assert plan(6.25).services == ["etherpad", "nextcloud", "paheko", "wordpress"]


def test_twice_the_memory_says_by_how_much_it_is_dearer() -> None:
    note = next(lever for lever in plan(15).levers if lever.lever == "memory").note
    assert note and "€3.01 more a month" in note.en


def test_machine_of_ones_own_costs_once_and_its_electricity() -> None:
    found = plan(15, kind="refurbished_pc")
    assert lines(found)["hosting"] == (0, 200, True) and found.costs.lines[0].funding == "investment"
    assert lines(found)["energy"] == (2.92, 0, False)
    assert (found.costs.one_off_eur, found.costs.monthly_eur) == (200, 1.25)
    assert found.totals.monthly_eur.used == 1.25 and plan(1.25, kind="refurbished_pc").services == found.services


def test_room_that_others_pay_is_shown_and_not_counted() -> None:
    found = plan(2, kind="lent_by_federation")
    assert lines(found)["hosting"] == (3, 0, False) and found.costs.monthly_eur == 1.25


def test_machine_that_no_tier_has_is_warned_about() -> None:
    data = golden("01")["profile"]["hosting"] | {"resources": {"ram_mb": 65536, "disk_gb": 40}}
    found = plan(15, hosting=data)
    assert any("no machine that large" in text.en for text in found.warnings)
    assert "hosting" not in lines(found)


def test_tools_of_today_are_beside_and_those_kept_count() -> None:
    tools = [
        {"tool": "sage", "intent": "keep", "monthly_eur": 4.5},
        {"tool": "zoom", "intent": "replace", "monthly_eur": 14},
    ]
    found = plan(15, existing_tools=tools)
    assert lines(found)["tool"] == (4.5, 0, True)
    assert (found.costs.today_monthly_eur, len(found.costs.today)) == (18.5, 2)


def test_backup_is_rounded_up_for_each_component_and_needs_a_price_file() -> None:
    data = {**golden("01")["profile"], "backups": {"destinations": [{"kind": "same_provider"}]}}
    profile = Profile.model_validate(data)
    assert backup_cents(1, profile, PRICES) == 1 and backup_cents(0, profile, PRICES) == 0
    assert backup_cents(100 * 1024, profile, PRICES) == 200 and backup_cents(100 * 1024, profile, None) == 0
