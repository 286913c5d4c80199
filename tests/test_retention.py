"""How long what stays: from the map to settings, purges and logs, and what is told of the hosts. Data: cases/ageing."""

import gzip
import json
import os
import time
from calendar import timegm
from pathlib import Path
from typing import Any

import pytest
import yaml
from stack_fixture import lock_of, stack_of

from provisioner.ageing import LATE, problems, reviews, rows
from provisioner.bundle import Bundle, load_bundle
from provisioner.catalog import Catalog, load_catalog
from provisioner.durations import bound, days, log_days, on_host
from provisioner.errors import InputError
from provisioner.host import ageing, health, layout, locks, log_age, retention
from provisioner.host.clock import DAY, HOUR
from provisioner.host.docker import Failed
from provisioner.host.progress import Progress
from provisioner.i18n import choose_language
from provisioner.models.protection import Protection
from provisioner.models.stack import Stack
from provisioner.protection import Answers
from provisioner.render import render_host
from provisioner.retention import Period, out_of_bounds, value_of
from provisioner.stackfile import stack_text
from provisioner.vocabulary import vocabulary
from provisioner.wishes import days_together

CASES = Path(__file__).parent / "cases" / "ageing"
NOW = 1_800_000_000.0


def cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((CASES / name).read_text("utf-8"))
    return found


def said(**more: Any) -> Protection:
    """Return the answers of an association in a few words."""
    return Protection.model_validate(
        {
            "gdpr": "1.0", "created": "2026-11-01", "updated": "2026-11-01", "own_host": True,
            "controller": {"name": "Foyer", "address": "1 rue X", "representative": {"name": "A. B."}},
            "officer": {"name": "A. B.", "email": "ab@foyer.example"}, **more,
        }
    )  # fmt: skip


def answered(**more: Any) -> Answers:
    return Answers(Path("gdpr.yaml"), said(**more), None)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def bundle_of(catalog: Catalog, services: list[str], answers: Answers | None = None) -> Bundle:
    stack = stack_of(services={name: {} for name in services})
    return Bundle(Path("stack.yaml"), stack, lock_of(catalog), answers)


def test_bound_settings_and_purges_follow_the_map(catalog: Catalog) -> None:
    mine = said(retention={"messages": "90 days", "membership": "24 months", "content": "1 year"})
    assert bound(catalog.entry("prosody"), None) == {"HISTORY_DAYS": "365"}
    assert bound(catalog.entry("prosody"), mine) == {"HISTORY_DAYS": "90"}
    assert bound(catalog.entry("dolibarr"), mine)["ANONYMIZE_AFTER_MONTHS"] == "24", "months are not counted in days"
    assert on_host(catalog.entry("etherpad"), mine) == {"content": {"days": 365}}
    assert on_host(catalog.entry("etherpad"), None) == {}, "nobody said so yet: nothing is deleted"
    stack = stack_of(services={"prosody": {}, "etherpad": {}})
    tree = render_host([(stack, lock_of(catalog))], catalog, {"foyer": mine})
    assert 'HISTORY_DAYS="90"' in tree.text("foyer_prosody", ".env")
    told = json.loads(tree.text("foyer_prosody", "instance.json"))
    assert told["retention"] == {"messages": {"days": 90, "settings": {"HISTORY_DAYS": "90"}}}
    assert "seed" not in json.dumps(json.loads(tree.text("foyer_etherpad", "service.json"))["gdpr"]["purges"])


def test_every_value_of_the_map_suits_the_settings_bound_to_it(catalog: Catalog) -> None:
    import re

    known = vocabulary().retention
    for entry in catalog.services.values():
        for name, setting in entry.service.settings.items():
            for text in ("30 days", "1 month", "6 months", "3 years"):
                if setting.retention:
                    value = value_of(Period.of(text), known[setting.retention], setting.unit)
                    assert re.fullmatch(setting.pattern, value), f"{entry.name} {name} {value}"


@pytest.mark.parametrize(("value", "chosen", "right"), [
    ("365", "", True), ("180", "", False), ("90", "messages: 90 days", True), ("365", "messages: 90 days", False),
])  # fmt: skip
def test_a_setting_of_the_map_in_stack_yaml(
    value: str, chosen: str, right: bool, tmp_path: Path, catalog: Catalog
) -> None:
    stack = stack_of(services={"prosody": {"settings": {"HISTORY_DAYS": value}}})
    data = {**stack.model_dump(mode="json", by_alias=True, exclude_defaults=True), "stack": "1.0"}
    (tmp_path / "stack.yaml").write_text(json.dumps(data, indent=1), "utf-8")
    if chosen:
        answers = said(retention={chosen.partition(": ")[0]: chosen.partition(": ")[2]})
        text = json.dumps(answers.model_dump(mode="json", by_alias=True, exclude_defaults=True))
        (tmp_path / "gdpr.yaml").write_text(text, "utf-8")
    if right:
        assert load_bundle(tmp_path, catalog).stack.services["prosody"].settings == {"HISTORY_DAYS": value}
        return
    with pytest.raises(InputError) as caught:
        load_bundle(tmp_path, catalog)
    assert "retention.messages" in caught.value.findings[0].message and caught.value.findings[0].line


def test_a_stack_that_is_written_leaves_the_map_alone(catalog: Catalog) -> None:
    text = stack_text(stack_of(services={"prosody": {"settings": {"HISTORY_DAYS": "365"}}}), catalog, "en")
    assert "HISTORY_DAYS" not in text and "UPLOAD_MB" in text
    assert Stack.model_validate(yaml.safe_load(text))


def test_sources_of_the_durations_are_in_the_language_in_use(catalog: Catalog) -> None:
    choose_language("fr")
    found = {row.key: row.source for row in rows(bundle_of(catalog, ["etherpad"], answered()), catalog)}
    assert found["content"] == "Notre proposition ; l'association décide."
    assert "l'association décide" in out_of_bounds({"content": "11 years"}, vocabulary())["content"]
    choose_language("en")
    assert "the association decides" in out_of_bounds({"content": "11 years"}, vocabulary())["content"]


def test_logs_have_one_source_and_a_law_wins(tmp_path: Path, catalog: Catalog) -> None:
    assert log_days(said()) == 184 and log_days(said(public_content=True)) == 366
    assert log_days(said(retention={"security_logs": "9 months"})) == 184 + 93
    assert [days_together(each) for each in ([183], [184, 277], [184, 366, 183])] == [183, 184, 366]
    stack = stack_of()
    data = {**stack.model_dump(mode="json", by_alias=True, exclude_defaults=True), "stack": "1.0", "services": {}}
    (tmp_path / "stack.yaml").write_text(json.dumps(data), "utf-8")
    answers = said(public_content=True).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    (tmp_path / "gdpr.yaml").write_text(json.dumps(answers), "utf-8")
    assert load_bundle(tmp_path, catalog).stack.security.log_days == 366


def test_the_map_names_who_uses_it_and_what_a_person_deletes(catalog: Catalog) -> None:
    bundle = bundle_of(catalog, ["prosody", "etherpad", "pretix"], answered(retention={"content": "1 year"}))
    found = {row.key: row for row in rows(bundle, catalog)}
    assert found.keys() == vocabulary().retention.keys()
    assert found["messages"].by == {"prosody": ["setting HISTORY_DAYS"]} and not found["messages"].chosen
    assert found["content"].by == {"etherpad": ["purge"]} and (found["content"].days, found["content"].chosen) == (
        365,
        True,
    )
    alone = {row.key: row.days for row in rows(bundle_of(catalog, []), catalog)}
    assert (alone["security_logs"], found["security_logs"].days) == (183, 184), "without gdpr.yaml, stack.yaml says it"
    assert found["security_logs"].by["host"] == ["journal"] and found["prospects"].by == {}
    assert {(service, period) for service, _label, period in reviews(bundle, catalog)} == {
        ("pretix", found["events"].period), ("pretix", found["accounting"].period),
    }  # fmt: skip


def good(catalog: Catalog, bundle: Bundle) -> dict[str, Any]:
    """Return what a host answers where all is well."""
    told: dict[str, Any] = {"settings": {}, "aged": 0, "ran": NOW - 3600, "ok": True, "message": ""}
    instances = {
        f"foyer_{name}": {
            key: {**told, **each, "aged": 0 if key in catalog.entry(name).service.gdpr.purges else None}
            for key, each in on_host(catalog.entry(name), bundle.protection).items()
        }
        for name in bundle.stack.services
    }
    return {"instances": instances, "logs": {"journal": {"days": 183, "oldest_days": 184}}}


PAD, CHAT = ("instances", "foyer_etherpad", "content"), ("instances", "foyer_prosody", "messages")


@pytest.mark.parametrize(("place", "change", "code"), [
    (PAD, {"aged": 3}, "aged"), (PAD, {"ran": 0}, "never"), (PAD, {"ran": NOW - LATE - 1}, "late"),
    (PAD, {"ok": False, "message": "no\nway"}, "failed"), (PAD, {"days": 3000}, "differs"),
    (CHAT, {"settings": {"HISTORY_DAYS": "400"}}, "setting"), (CHAT, {"ran": 0}, ""), (CHAT, None, "unknown"),
    (("logs", "journal"), {"oldest_days": 186}, "log"), (("logs", "journal"), {"days": 366}, "longer"),
])  # fmt: skip
def test_what_is_not_as_the_map_says_is_told(
    place: tuple[str, ...], change: dict[str, Any] | None, code: str, catalog: Catalog
) -> None:
    bundle = bundle_of(catalog, ["prosody", "etherpad"], answered())
    answer = good(catalog, bundle)
    assert problems("h1", [bundle], catalog, answer, NOW) == []
    holder = answer
    for word in place[:-1]:
        holder = holder[word]
    if change is None:
        del holder[place[-1]]
    else:
        holder[place[-1]].update(change)
    assert [each.code for each in problems("h1", [bundle], catalog, answer, NOW)] == ([code] if code else [])


@pytest.mark.parametrize("case", cases("due.yaml"), ids=lambda case: case["about"])
def test_purges_are_due_once_a_night(case: dict[str, Any]) -> None:
    noted = {**case["noted"], **({"ran": NOW - HOUR * case["noted"]["ran"]} if case["noted"] else {})}
    assert ageing.due(noted, 30, NOW, case["hour"]) is case["due"]


def test_a_purge_that_fails_for_days_is_told() -> None:
    noted: dict[str, Any] = {}
    for hours in (0, 30, 60):
        noted = ageing.note(noted, 30, NOW + HOUR * hours, "no way")
    assert noted["wrong"] == int(NOW) and ageing.failing({"content": noted}, NOW + 2.9 * DAY) is None
    config = {"destinations": [{"name": n, "offsite": True, "append_only": False} for n in "ab"], "check_days": 1,
              "drill_days": 0, "alerts": {"late_hours": 36}}  # fmt: skip
    later = NOW + 3.1 * DAY
    state = {"purges": {"foyer_pad": {"content": noted}}, "seen": {}}
    found = [each for each in health.conditions(config, state, later, ["foyer_pad"]) if each["code"] == "purge_failed"]
    assert [(each["instance"], each["message"]) for each in found] == [("foyer_pad", "no way")]
    assert ageing.note(noted, 30, later)["wrong"] == 0


def test_nothing_is_deleted_by_a_clock_that_jumped() -> None:
    state = ageing.note_clock({}, NOW)
    assert not state["doubt"]
    state = ageing.note_clock(state, NOW + 400 * DAY)
    assert state["doubt"] and ageing.note_clock(state, NOW + 400 * DAY + 600)["doubt"]


@pytest.mark.parametrize("case", cases("logs.yaml"), ids=lambda case: case["head"][:20])
def test_the_first_entry_of_a_log_is_dated(case: dict[str, Any]) -> None:
    written, oldest = (float(timegm(time.strptime(case[key], "%Y-%m-%d %H:%M:%S"))) for key in ("written", "oldest"))
    assert log_age.oldest(case["head"], written) == oldest


@pytest.mark.parametrize(
    "head", ["GET /0000-00-00T00:00:00 ", "due 2026-13-41 25:61:61", '"ts":9999999999', "2026-99-01 00:00:00"]
)
def test_what_only_looks_like_a_date_stops_nothing(head: str) -> None:
    assert log_age.oldest(head, float(NOW)) == NOW


def test_a_containers_log_is_as_old_as_its_first_record_whatever_it_says(tmp_path: Path) -> None:
    then = time.strftime("%Y-%m-%dT%H:%M:%S.1Z", time.gmtime(NOW - 3 * DAY))
    path = tmp_path / "x-json.log"
    path.write_text(json.dumps({"log": "published 2009-01-01 00:00:00\n", "time": then}, separators=(",", ":")) + "\n")
    assert log_age._first_record(path) == int(NOW - 3 * DAY)


def test_a_log_that_cannot_be_read_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torn = tmp_path / "apt.log.2.gz"
    torn.write_bytes(gzip.compress(b"2026-02-03 01:02:03\n" * 1000)[:20])
    with pytest.raises(log_age.TROUBLE):
        log_age._age_of(torn)


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A host with one instance whose purge prints what it is told; Docker is not asked."""
    monkeypatch.setenv("PROVISIONER_ROOT", str(tmp_path / "srv"))
    monkeypatch.setenv("PROVISIONER_STATE", str(tmp_path / "var"))
    folder = layout.instance_dir("foyer_pad")
    command = {"in": "app", "run": ["purge", "{days}"]}
    layout.write_json(folder / "service.json", {"gdpr": {"purges": {"content": {"run": [command], "aged": command}}}})
    layout.write_json(folder / "instance.json", {"retention": {"content": {"days": 30}, "other": {"days": 5}}})
    layout.write(folder / "compose.yaml", "")
    return tmp_path


def test_the_timer_purges_without_backups_and_notes_how_it_went(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    broken: list[str] = []

    def run(command: list[str], **_more: Any) -> str:
        ran.append(command)
        if broken:
            raise Failed("exit code 1", broken[0])
        return "0\n"

    monkeypatch.setattr(retention.docker, "run", run)
    monkeypatch.setattr(retention.log_age, "trim", lambda days, _now: ran.append([f"trim {days}"]))
    telling = Progress("test")
    assert retention.purge_due(telling, NOW) == {"foyer_pad": {"content": True}}
    assert ran[0][-2:] == ["purge", "30"] and ran[-1] == ["trim 183"]
    assert retention.purge_due(telling, NOW + HOUR) == {}, "once a day"
    broken.append("the database is away")
    assert retention.purge_due(telling, NOW + 2 * DAY) == {"foyer_pad": {"content": False}}
    assert "database is away" in retention.noted("foyer_pad")["content"]["message"]
    broken.clear()
    layout.update_state("foyer_pad", purges={})  # as a restore leaves it
    assert retention.purge_due(telling, NOW + 2 * DAY + 600) == {"foyer_pad": {"content": True}}
    layout.update_state("foyer_pad", removed=True, purges={})
    assert retention.purge_due(telling, NOW + 3 * DAY) == {}
    layout.update_state("foyer_pad", removed=False)
    assert retention.purge_due(telling, NOW + 300 * DAY) == {}, "the clock jumped"


def test_asked_for_now_nothing_goes_by_a_clock_that_jumped_or_behind_a_backup(
    host: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention.docker, "run", lambda *_words, **_more: "0\n")
    monkeypatch.setattr(retention.log_age, "measure", lambda _now: {})
    monkeypatch.setattr(retention, "PATIENCE", 0)
    asked = {"associations": ["foyer"], "run": True}
    assert retention.retention(asked)["instances"]["foyer_pad"]["content"]["ok"]
    with locks.hold("instance-foyer_pad"):
        told = retention.retention(asked)["instances"]["foyer_pad"]["content"]
    assert (told["ok"], told["message"]) == (False, "busy")
    layout.write_json(layout.state_root() / "clock.json", {"clock": time.time() - 400 * DAY, "doubt": 0})
    told = retention.retention(asked)["instances"]["foyer_pad"]["content"]
    assert (told["ok"], told["message"]) == (False, "clock")


def test_allowed_days_are_those_of_who_is_there(host: Path) -> None:
    for name, kept in (("foyer", 277), ("gone", 366)):
        layout.write_json(layout.state_root() / "wishes" / f"{name}.json", {"log_days": kept})
    assert log_age.allowed() == 277


def test_a_log_is_cut_by_age_and_nothing_younger_goes(tmp_path: Path) -> None:
    path = tmp_path / "x-json.log"
    lines = [
        json.dumps({"log": f"{day}\n", "time": time.strftime("%Y-%m-%dT%H:%M:%S.1Z", time.gmtime(NOW - day * DAY))},
                   separators=(",", ":")) + "\n"
        for day in (400, 200, 20, 2)
    ]  # fmt: skip
    path.write_text("".join(lines), "utf-8")
    before = path.stat().st_ino
    log_age._cut(path, NOW - 183 * DAY)
    assert path.read_text("utf-8") == "".join(lines[2:]) and path.stat().st_ino == before
    packed = tmp_path / "apt.log.2.gz"
    packed.write_bytes(gzip.compress(b"Start-Date: 2026-02-03  01:02:03\n"))
    os.utime(packed, (NOW, NOW))
    assert log_age._age_of(packed) == timegm((2026, 2, 3, 1, 2, 3, 0, 0, 0))
    assert log_age._place(Path("/var/log/apt/term.log.2.gz")) == "/var/log/apt/term.log"
    record = bytearray(log_age.RECORD)
    record[340:344] = int(NOW - DAY).to_bytes(4, "little")
    (tmp_path / "wtmp").write_bytes(bytes(record))
    os.utime(tmp_path / "wtmp", (NOW, NOW))
    assert log_age._age_of(tmp_path / "wtmp") == NOW - DAY


def test_days_of_all_keys_are_known() -> None:
    assert days(None)["security_logs"] == 184 and days(None)["trash"] == 30
