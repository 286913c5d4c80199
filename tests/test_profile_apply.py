"""A profile laid over the base of a federation: what wins, what merges, what is locked."""

import copy
import stat
from pathlib import Path
from typing import Any

import pytest

from provisioner.cli import profile_apply
from provisioner.errors import InputError
from provisioner.load import Document, load_yaml, read_text
from provisioner.models.profile import Profile
from provisioner.profiles.known import our_known
from provisioner.profiles.overlay import applied, overlay
from provisioner.profiles.rules import check_file
from provisioner.profiles.text import profile_text

HERE = Path(__file__).parent / "cases" / "profile"
GOOD = load_yaml(HERE / "good.yaml")

BASE = GOOD.text + "x-locked: [/data_protection, /needs/online_payments/priority, /needs/1/audience, /budget/]\n"
OVERLAY = """\
profile: {id: our-foyer, revision: 2}
people: {members: {count: 40}}
organisation: {languages: [fr, br]}
existing_tools: [{tool: whatsapp, intent: keep}, {tool: other, label: cahier, intent: keep}]
needs:
  - {id: website, priority: should, audience: [public]}
  - {id: file_sharing, priority: must, note: "le plus tôt possible"}
"""


def test_apply_overlay_wins_and_lists_merge_by_id() -> None:
    data = applied(read_text(BASE, "base.yaml"), read_text(OVERLAY, "over.yaml"), our_known())
    Profile.model_validate(data)
    assert data["profile"]["id"] == "our-foyer" and data["people"]["members"]["count"] == 40
    assert data["people"]["board"] == GOOD.data["people"]["board"]
    assert data["organisation"]["languages"] == ["fr", "br"]
    assert [need["id"] for need in data["needs"]] == ["online_payments", "file_sharing", "website"]
    assert data["needs"][1] == {**GOOD.data["needs"][1], "priority": "must", "note": "le plus tôt possible"}
    assert [tool["tool"] for tool in data["existing_tools"]] == ["helloasso", "whatsapp", "other"]
    source = data["profile"]["sources"][-1]
    assert (
        source["step"] == "import" and source["importer"].startswith("base.foyer.r1.") and len(source["importer"]) == 26
    )


def places(document_data: Any, *names: str) -> Any:
    for name in names:
        document_data = document_data[name]
    return document_data


def test_apply_keeps_sources_of_both_and_what_nobody_confirmed() -> None:
    assumed = "[/budget/one_off_eur, /needs/0/data, /needs/1/audience]"
    base = read_text(GOOD.text.replace("  sources:", f"  assumed: {assumed}\n  sources:", 1), "base.yaml")
    over = """\
profile:
  id: ours
  sources: [{step: interview, date: "2026-02-01"}, {step: import, importer: csv.x}]
  assumed: [/needs/0/audience, /needs/1/priority, /people/board/count, /existing_tools/1/intent]
budget: {one_off_eur: 100}
existing_tools: [{tool: other, label: cahier, intent: keep}, {tool: other, label: classeur, intent: keep}]
needs:
  - {id: website, priority: should, audience: [public]}
  - {id: file_sharing, priority: must, audience: [members]}
"""
    data = applied(base, read_text(over, "over.yaml"), our_known())
    sources = places(data, "profile", "sources")
    assert sources[: len(GOOD.data["profile"]["sources"])] == GOOD.data["profile"]["sources"]
    assert [source.get("importer", "") for source in sources[-2:]] == ["csv.x", sources[-1]["importer"]]
    assert places(data, "profile", "assumed") == [
        "/existing_tools/3/intent", "/needs/0/data", "/needs/1/priority", "/needs/2/audience", "/people/board/count",
    ]  # fmt: skip
    again = applied(base, read_text(profile_text(data), "over.yaml"), our_known())
    assert again == data, "laid over its base again, a result stays as it is"


def test_apply_source_with_a_fault_is_told_in_its_own_file() -> None:
    over = "profile:\n  sources:\n    - {step: import, date: tomorrow}\n"
    with pytest.raises(InputError) as caught:
        applied(GOOD, read_text(over, "over.yaml"))
    assert [(each.file, each.line) for each in caught.value.findings] == [("over.yaml", 3)]


LOCKS = {
    "/budgte/monthly_eur": "did you mean 'budget'", "/needs/website/prority": "did you mean 'priority'",
    "/needs/websit": "did you mean 'website'", "/people/member": "did you mean 'members'",
    "/budget": "", "/": "", "/needs/0": "", "/needs/website": "", "/people/members/skills/none": "", "/x-a/b": "",
    "/existing_tools/whatsapp/intent": "", "/existing_tools/whatsapp/intend": "did you mean 'intent'",
}  # fmt: skip


@pytest.mark.parametrize("lock", LOCKS)
def test_apply_lock_at_no_place_is_told(lock: str) -> None:
    found = overlay(read_text(f"{GOOD.text}x-locked: [{lock}]\n", "base.yaml"), read_text("{}", "over.yaml")).findings
    assert [LOCKS[lock] in finding.message and finding.file == "base.yaml" for finding in found] == [True] * bool(
        LOCKS[lock]
    )


def test_apply_tells_all_locked_values_with_their_places() -> None:
    text = """\
budget: {monthly_eur: 40}
data_protection:
  minors: true
  retention_rules: true
needs:
  - {id: online_payments, priority: could, audience: [members]}
  - {id: file_sharing, audience: [members]}
people: {concurrent_users: 6, members: {count: many}}
"""
    with pytest.raises(InputError) as caught:
        applied(read_text(BASE, "base.yaml"), read_text(text, "over.yaml"))
    found = [(finding.file, finding.line, finding.pointer) for finding in caught.value.findings]
    assert found == [
        ("over.yaml", 1, "/budget/monthly_eur"),
        ("over.yaml", 4, "/data_protection/retention_rules"),
        ("over.yaml", 6, "/needs/0/priority"),
        ("over.yaml", 7, "/needs/1/audience"),
        ("over.yaml", 8, "/people/members/count"),
    ]


def test_apply_the_same_value_is_no_change_and_a_lock_stays() -> None:
    merged = overlay(
        read_text(BASE, "base.yaml"), read_text("x-locked: [/people]\nbudget: {monthly_eur: 12}\n", "o.yaml")
    )
    assert merged.findings == []
    assert merged.data["x-locked"][0] == "/data_protection" and merged.data["x-locked"][-1] == "/people"


@pytest.mark.parametrize("locks", ["budget", "[budget]", "[1]", "{/budget: 1}"])
def test_apply_refuses_locks_that_are_no_places(locks: str) -> None:
    with pytest.raises(InputError) as caught:
        applied(read_text(GOOD.text + f"x-locked: {locks}\n", "base.yaml"), read_text("profile: {id: xy}", "o.yaml"))
    assert [(finding.file, finding.pointer) for finding in caught.value.findings] == [("base.yaml", "/x-locked")]


def test_apply_error_of_the_base_is_told_at_the_base() -> None:
    base = GOOD.text.replace("ram_mb: 4096", "ram_mb: 4")
    with pytest.raises(InputError) as caught:
        applied(read_text(base, "base.yaml"), read_text("profile: {id: xy}", "o.yaml"))
    (finding,) = caught.value.findings
    assert (finding.file, finding.code) == ("base.yaml", "NP107") and "ram_mb: 4" in base.splitlines()[finding.line - 1]


def test_apply_of_nothing_is_the_base_and_a_long_id_fits() -> None:
    data = copy.deepcopy(GOOD.data)
    data["profile"].update(id="a" * 63, revision=123456)
    merged = applied(Document("b.yaml", data), Document("o.yaml", None))
    assert len(merged["profile"]["sources"][-1]["importer"]) == 60
    assert {**merged, "profile": None} == {**data, "profile": None}


def test_apply_writes_a_private_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "over.yaml").write_text("budget: {monthly_eur: 30}\n", "utf-8")
    words = [HERE / "good.yaml", tmp_path / "over.yaml", "-o", tmp_path / "out.yaml"]
    profile_apply.command.main([str(word) for word in words], standalone_mode=False)
    assert stat.S_IMODE((tmp_path / "out.yaml").stat().st_mode) == 0o600
    assert "keeps the id of the base: foyer" in capsys.readouterr().err
    assert check_file(tmp_path / "out.yaml").findings == []
