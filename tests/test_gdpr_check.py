"""The check of data protection: a stack in order, and one defect a case that changes exactly the rows it names."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from stack_fixture import small_catalog, stack_of
from test_protection_refusals import merged

from provisioner.catalog import Catalog
from provisioner.documents.page import page
from provisioner.gdpr.check import ROWS, check, exit_code
from provisioner.gdpr.check_page import admin_paper, board_paper
from provisioner.gdpr.facts import Facts, breach_of, case_of
from provisioner.gdpr.told import requirements
from provisioner.models.drill import DrillReport
from provisioner.models.protection import Protection
from provisioner.models.requirements import Row
from provisioner.models.scorecard import Scorecard
from provisioner.models.service import Service
from provisioner.retention import days_of, periods
from provisioner.vocabulary import vocabulary

FOLDER = Path(__file__).parent / "cases" / "gdpr" / "check"


def read(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text("utf-8")))


BASE = read(FOLDER / "base.yaml")
CASES = {name: case for path in sorted(FOLDER.glob("*.yaml")) if path.name != "base.yaml"
         for name, case in read(path).items()}  # fmt: skip


def catalog_of(changes: dict[str, Any]) -> Catalog:
    found = dict(small_catalog().services)
    for name, change in changes.items():
        entry = found[name]
        service = Service.model_validate(
            merged(entry.service.model_dump(by_alias=True, mode="json", exclude_defaults=True), change)
        )
        found[name] = type(entry)(**{**entry.__dict__, "service": service})
    return Catalog(small_catalog().folder, found)


def facts_of(data: dict[str, Any]) -> Facts:
    return Facts(
        now=data["now"],
        stack=stack_of(**data["stack"]),
        catalog=catalog_of(data["catalog"]),
        protection=Protection.model_validate(data["gdpr"]) if data["gdpr"] else None,
        host=data["host"],
        retention=at_home(data["retention"]),
        why_not=data.get("why_not", ""),
        notice=data["notice"],
        cards=[Scorecard.model_validate(each) for each in data["cards"]],
        drills=[DrillReport.model_validate(each) for each in data["drills"]],
        cases=[case_of(each["name"], each) for each in data["cases"]],
        breaches=[breach_of(each["name"], each) for each in data["breaches"]],
        unreadable=data.get("unreadable", []),
        lacks=data.get("lacks", []),
        encrypted=data["encrypted"],
    )


def at_home(retention: Any) -> Any:
    """0 days stands for what the vocabulary says, so that this file need not follow it."""
    words = vocabulary()
    for keys in ((retention or {}).get("instances") or {}).values():
        for key, item in keys.items():
            item["days"] = item["days"] or days_of(periods({}, words)[key], words.retention[key])
    return retention


def verdicts(data: dict[str, Any]) -> dict[str, Row]:
    return {row.id: row for row in check(facts_of(copied(data)))}


def copied(data: dict[str, Any]) -> dict[str, Any]:
    return deepcopy(data)


@cache
def in_order() -> dict[str, Row]:
    return verdicts(BASE)


def test_stack_in_order_misses_nothing_and_every_row_has_evidence() -> None:
    rows = in_order()
    assert {name: row.verdict for name, row in rows.items()} == {
        name: "na" if name in ("analytics", "minors") else "ok" for name in requirements()
    }, [text.en for row in rows.values() for text in row.evidence if row.verdict not in ("ok", "na")]
    assert all(row.evidence for row in rows.values()) and exit_code(list(rows.values())) == 0


@pytest.mark.parametrize("name", CASES)
def test_defect_changes_exactly_its_rows(name: str) -> None:
    case = CASES[name]
    good, found = in_order(), verdicts(merged(BASE, case["change"]))
    changed = {key: row.verdict for key, row in found.items() if row.verdict != good[key].verdict}
    assert changed == case["rows"], {key: [text.en for text in found[key].evidence] for key in changed}
    told = " ".join(text.en for key in case["rows"] for text in found[key].evidence)
    assert case.get("says", "") in told, told
    assert all("{" not in text.fr + text.en for row in found.values() for text in row.evidence)
    expected = 1 if "missing" in case["rows"].values() else 3 if "unknown" in case["rows"].values() else 0
    assert exit_code(list(found.values())) == expected


@pytest.mark.parametrize(
    ("year", "safeguard", "verdict"), [(2031, "", "ok"), (2032, "", "missing"), (2032, "scc", "ok")]
)
def test_an_adequacy_decision_that_has_ended_allows_nothing(year: int, safeguard: str, verdict: str) -> None:
    bodies = [{"name": "Host", "role": "host", "country": "GB", "safeguard": safeguard, "document": "scc.pdf"}]
    change = {"now": datetime(year, 6, 1, tzinfo=UTC), "gdpr": {"transfers": "allowed", "processors": bodies}}
    assert verdicts(merged(BASE, change))["transfers"].verdict == verdict


def test_there_are_enough_defects_and_every_row_has_one() -> None:
    assert len(CASES) >= 40
    hit = {row for case in CASES.values() for row, verdict in case["rows"].items() if verdict != "ok"}
    assert set(requirements()) - hit == {"analytics"}, "the small catalog has no program that measures audiences"
    assert list(ROWS) == list(requirements()) and len(ROWS) == 25


def test_nothing_known_gives_no_green_light_without_a_fact() -> None:
    facts = Facts(datetime(2026, 11, 23, tzinfo=UTC), stack_of(), small_catalog(), why_not="offline")
    rows = {row.id: row for row in check(facts)}
    green = {name for name, row in rows.items() if row.verdict == "ok"}
    assert green == {"basis"}  # what the catalog itself says
    assert rows["copies"].verdict == "missing" and rows["retention"].verdict == "unknown"


def test_pages_say_the_same_in_both_languages_and_carry_the_day() -> None:
    facts = facts_of(copied(merged(BASE, {"stack": {"portal": None}})))
    rows = check(facts)
    for paper in (board_paper(facts, rows), admin_paper(facts, rows)):
        for language, word in (("fr", "avis juridique"), ("en", "legal advice")):
            html = page(paper, language)
            assert "2026-11-23" in html and word in html and "(portal)" in html
    assert len(board_paper(facts, rows).texts()) < len(admin_paper(facts, rows).texts())


def test_copies_and_periods_are_told_in_words_of_each_place() -> None:
    places = [{"name": "disk", "url": "/mnt/copies", "offsite": False},
              {"name": "away", "url": "rest:https://copies.example/foyer", "append_only": True}]  # fmt: skip
    changed = {"stack": {"backup": {"destinations": places, "keep": {"within": "90d"}}},
               "gdpr": {"retention": {"security_logs": "1 month"}}}  # fmt: skip
    rows = verdicts(merged(BASE, changed))
    told = " ".join(text.fr for text in rows["copies"].evidence).replace("\u00a0", " ")
    assert "disk : une copie a au plus 70 jours" in told and "plus de 90 jours" in told and "90d" not in told
    assert told.count("90 jours") == 1, "the host prunes the disk"
    bounds = " ".join(text.fr for text in rows["retention"].evidence)
    assert "1 mois" in bounds and "6 mois" in bounds and "month" not in bounds


def test_cases_and_breaches_are_read_however_they_are_written() -> None:
    breach = breach_of(
        "x", {"aware": "2026-05-02T08:00:00Z", "notified": [{"time": "2026-05-06T08:00:00Z", "whom": "people"}]}
    )
    assert breach.notified is None and breach.overdue(datetime(2026, 5, 6, tzinfo=UTC))
    assert not breach.overdue(breach.aware + timedelta(hours=72))  # type: ignore[operator]
    late = breach_of("x", {"aware": "2026-05-02T08:00:00Z", "notified": "2026-05-06T08:00:00Z"})
    assert late.late and not breach_of("y", {"aware": "2026-05-02", "notified": "2026-05-03"}).late
    assert case_of("c", {"kind": "export", "closed": {"time": "2026-05-02T08:00:00Z"}}).closed is not None
    with pytest.raises(ValueError, match="Invalid"):
        case_of("c", {"due": "tomorrow"})
