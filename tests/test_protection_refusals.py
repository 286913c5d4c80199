"""What data protection forbids: each case is a stack and its gdpr.yaml, and the one place that is told."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from stack_fixture import small_catalog, stack_of

from provisioner.adequacy import adequacy, ground
from provisioner.apply import _refuse
from provisioner.bundle import Bundle
from provisioner.catalog import Catalog, load_catalog
from provisioner.cli.init import _may_hold_health
from provisioner.errors import InputError
from provisioner.gdpr.facts import Facts
from provisioner.load import load_yaml, read_text
from provisioner.models.stack import Lock
from provisioner.protection import load_answers, today
from provisioner.protection_refusals import refusals

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "gdpr" / "refusals.yaml").read_text("utf-8"))
BASE = CASES["base"]


def merged(base: Any, change: Any) -> Any:
    if isinstance(base, dict) and isinstance(change, dict):
        found = {**base, **{key: merged(base.get(key), value) for key, value in change.items()}}
        return {key: value for key, value in found.items() if value != "absent"}
    return change


def bundle_of(folder: Path, stack: dict[str, Any], gdpr: dict[str, Any] | None, catalog: Catalog) -> Bundle:
    path = folder / "stack.yaml"
    path.write_text(yaml.safe_dump(stack_of(**stack).model_dump(mode="json"), sort_keys=False), "utf-8")
    if gdpr is not None:
        (folder / "gdpr.yaml").write_text(yaml.safe_dump(gdpr, sort_keys=False, allow_unicode=True), "utf-8")
    given = stack_of(**stack)
    return Bundle(path, given, Lock(lock="1.0", images={}), load_answers(folder, given))


@pytest.mark.parametrize("name", CASES["cases"])
def test_refusals_told_at_the_place(name: str, tmp_path: Path) -> None:
    case = CASES["cases"][name]
    catalog = load_catalog() if case.get("catalog") == "ours" else small_catalog()
    gdpr = None if case.get("gdpr", {}) is None else merged(BASE, case.get("gdpr", {}))
    bundle = bundle_of(tmp_path, case.get("stack", {}), gdpr, catalog)
    found = refusals(bundle.stack, load_yaml(bundle.path), bundle.answers, catalog)
    told = [f"{Path(each.file).name}: {each.path}" for each in found]
    assert told == case["refused"], [str(each) for each in found]
    assert all(each.line > 1 for each in found)


def test_apply_refuses_before_anything_is_touched_and_warns_without_gdpr_yaml(tmp_path: Path) -> None:
    said: list[str] = []
    bundle = bundle_of(tmp_path, {"security": {"data": "health"}}, None, small_catalog())
    with pytest.raises(InputError) as caught:
        _refuse([bundle], small_catalog(), lambda *words: said.append(" ".join(words)))
    assert caught.value.exit_code == 2 and "own_host" in caught.value.findings[0].message
    assert any("provisioner gdpr init" in line for line in said)
    plain = bundle_of(tmp_path, {}, None, small_catalog())
    _refuse([plain], small_catalog(), lambda *_words: None)


def test_service_that_says_nothing_of_data_is_refused() -> None:
    catalog, stack = small_catalog(), stack_of()
    entry = catalog.services["pad"]
    activity = entry.service.gdpr.activities[0].model_copy(update={"legal_basis": ""})
    sheets = (None, entry.service.gdpr.model_copy(update={"activities": [activity]}))
    for sheet in sheets:
        service = entry.service.model_copy(update={"gdpr": sheet})
        changed = replace(entry, service=service)
        other = Catalog(catalog.folder, {**catalog.services, "pad": changed})
        [found] = refusals(stack, read_text("stack: x\nservices:\n  pad: {}\n", "stack.yaml"), None, other)
        assert (found.path, found.line) == ("services.pad", 3)


def test_every_country_is_either_of_the_eea_or_decided_on_once() -> None:
    known = adequacy()
    assert len(set(known.eea)) == 30 and not {*known.eea, *known.regions} & set(known.adequate)
    found = {country: ground(country) for country in ("NO", "RE", "CH", "US", "CN")}
    assert found == {"NO": "eea", "RE": "eea", "CH": "adequate", "US": "certified", "CN": "none"}


@pytest.mark.parametrize(("change", "place", "says"), [
    ({"created": "0001-01-01"}, "created", "is the year right"),
    ({"created": "9999-12-31", "updated": "9999-12-31"}, "created", "is the year right"),
    ({"updated": "9999-12-31"}, "updated", "is the year right"),
    ({"screening": {"answered": "9999-12-31"}}, "screening.answered", "is the year right"),
    ({"screening": {"dpia_done": "1026-01-01"}}, "screening.dpia_done", "is the year right"),
    ({"seen": {"rest": {"day": "2226-11-01", "by": "us", "what": "LUKS"}}}, "seen.rest.day", "is the year right"),
    ({"contract": "2126-01-01"}, "processors[0].contract", "is the year right"),
    ({"contract": "0026-01-01"}, "processors[0].contract", "is the year right"),
    ({"country": "ZZ"}, "processors[0].country", "FR, DE, GB or US"),
    ({"country": "UK"}, "processors[0].country", "FR, DE, GB or US"),
    ({"country": "EU"}, "processors[0].country", "FR, DE, GB or US"),
    ({"country": "GB"}, "", ""), ({"contract": "2098-01-01"}, "", ""),
    ({"country": "RE", "contract": f"{date.today()}"}, "", ""),
])  # fmt: skip
def test_day_of_another_age_and_country_that_is_none_are_refused(
    tmp_path: Path, change: dict[str, Any], place: str, says: str
) -> None:
    host = {"name": "H", "role": "host", "country": "FR"}
    inside = {key: change.pop(key) for key in ("country", "contract") if key in change}
    gdpr = merged(BASE, {**change, "processors": [host | inside]})
    (tmp_path / "gdpr.yaml").write_text(yaml.safe_dump(gdpr, sort_keys=False), "utf-8")
    if not place:
        assert load_answers(tmp_path, stack_of())
        return
    with pytest.raises(InputError) as caught:
        load_answers(tmp_path, stack_of())
    assert caught.value.findings[0].line and says in caught.value.findings[0].message
    assert place in [each.path for each in caught.value.findings]


@pytest.mark.parametrize(("zone", "hour", "day"), [
    ("Pacific/Auckland", 12, 24), ("Pacific/Honolulu", 2, 23), ("Europe/Paris", 23, 24),
])  # fmt: skip
def test_today_is_that_of_whoever_is_ahead_and_the_check_agrees(zone: str, hour: int, day: int) -> None:
    stack, now = stack_of(), datetime(2026, 11, 23, hour, tzinfo=UTC)
    stack = stack.model_copy(update={"association": stack.association.model_copy(update={"timezone": zone})})
    assert today(stack, now) == Facts(now, stack, small_catalog()).today == date(2026, 11, day)


def test_init_refuses_health_where_gdpr_yaml_says_no_and_warns_where_there_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = stack_of(security={"data": "health"})
    _may_hold_health(tmp_path, stack, small_catalog())
    assert "own_host: true" in capsys.readouterr().err
    (tmp_path / "gdpr.yaml").write_text(yaml.safe_dump(BASE, allow_unicode=True), "utf-8")
    with pytest.raises(InputError) as caught:
        _may_hold_health(tmp_path, stack, small_catalog())
    assert caught.value.exit_code == 2 and not (tmp_path / "stack.yaml").exists()
    _may_hold_health(tmp_path, stack_of(), small_catalog())


def test_a_place_that_stack_yaml_does_not_have_is_told_where_it_stands(tmp_path: Path) -> None:
    bodies = [{**BASE["processors"][0], "places": ["awya", "smtp.example"]}]
    stack = {
        "mail": {"host": "smtp.example"},
        "backup": {"destinations": [{"name": "away", "url": "rest:https://x.example/a"}]},
    }
    with pytest.raises(InputError) as caught:
        bundle_of(tmp_path, stack, {**BASE, "processors": bodies}, small_catalog())
    [found] = caught.value.findings
    assert found.path == "processors[0].places" and "awya" in found.message and "away" in found.message.split("awya")[1]
