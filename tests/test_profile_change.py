"""Commands that write a profile: migrate keeps the text, redact takes out what is private, apply obeys the locks."""

import copy
import stat
from pathlib import Path
from typing import Any

import pytest
from click import Command
from match_fixture import EXAMPLES

from provisioner.cli import profile_apply, profile_migrate, profile_redact
from provisioner.errors import InputError, ProvisionerError
from provisioner.load import Document, load_yaml, read_text
from provisioner.models.profile import Profile
from provisioner.profiles.known import our_known
from provisioner.profiles.migrate import STEPS, migrate
from provisioner.profiles.overlay import applied, overlay
from provisioner.profiles.redact import redact
from provisioner.profiles.rules import check_file, check_profile
from provisioner.profiles.text import profile_text

HERE = Path(__file__).parent / "cases" / "profile"
GOOD = load_yaml(HERE / "good.yaml")
EXAMPLE_FILES = sorted(EXAMPLES.glob("*.yaml"))
OLD = """\
\ufeff# the version of our spreadsheet\r
needs_profile: 1.0   # a number
profile: {id: foyer, created: 2026-03-14, sources: [{step: interview, date: '2026-03-12'}, {date: 2026-03-13}]}
"été 😀": 1\u2028
data_protection: {minors: No, retention_rules: yes, dpo: none} # no
organisation:
    country: NO
    belongs_to_federation: on
x-remark: no
"""
NEW = """\
\ufeff# the version of our spreadsheet\r
needs_profile: "1.0"   # a number
profile: {id: foyer, created: "2026-03-14", sources: [{step: interview, date: '2026-03-12'}, {date: "2026-03-13"}]}
"été 😀": 1\u2028
data_protection: {minors: false, retention_rules: true, dpo: none} # no
organisation:
    country: NO
    belongs_to_federation: true
x-remark: no
"""


def run(command: Command, *words: str | Path) -> None:
    command.main([str(word) for word in words], standalone_mode=False)


def test_migrate_changes_only_what_is_certain() -> None:
    assert migrate(read_text(OLD, "old.yaml")) == NEW
    assert migrate(read_text(NEW, "new.yaml")) == NEW


def test_migrate_reads_json() -> None:
    text = '{"x-a": "é😀", "needs_profile": 1.0}'
    assert migrate(read_text(text, "old.json")) == text.replace("1.0", '"1.0"')


@pytest.mark.parametrize("path", EXAMPLE_FILES, ids=lambda path: path.stem)
def test_migrate_leaves_a_profile_of_today_alone(path: Path) -> None:
    document = load_yaml(path)
    assert migrate(document) == document.text and len(STEPS) == 3


UNKNOWN = {
    '"1.1"': "update the tool", '"2.0"': "update the tool", "2": "update the tool", "1.5": "update the tool",
    '"0.9"': "no version 0.9 was ever published", "[1]": "was ever published", "true": "no version true",
    "draft": "no version draft", "": "no version None",
}  # fmt: skip


@pytest.mark.parametrize("version", UNKNOWN)
def test_migrate_refuses_what_it_does_not_know(version: str) -> None:
    with pytest.raises(InputError) as caught:
        migrate(read_text(f"needs_profile: {version}\n", "x.yaml"))
    assert UNKNOWN[version] in caught.value.findings[0].message


@pytest.mark.parametrize("text", ["", "[]", "profile: {}", "needs_profile: 1.0\nneeds_profile: 1.0", "a: &b 1"])
def test_migrate_refuses_a_file_without_version_or_with_traps(text: str) -> None:
    with pytest.raises(InputError):
        migrate(read_text(text, "x.yaml"))


def test_migrate_write_keeps_mode_and_old_text(tmp_path: Path) -> None:
    path = tmp_path / "profile.yaml"
    path.write_bytes(OLD.encode())
    path.chmod(0o640)
    run(profile_migrate.command, path)
    assert path.read_bytes() == OLD.encode()
    (tmp_path / "profile.yaml.bak").write_text("older", "utf-8")
    run(profile_migrate.command, path, "--write")
    assert path.read_bytes() == NEW.encode() and stat.S_IMODE(path.stat().st_mode) == 0o640
    assert (tmp_path / "profile.yaml.bak1").read_bytes() == OLD.encode()
    assert (tmp_path / "profile.yaml.bak").read_text("utf-8") == "older"


def keys(data: Any) -> set[str]:
    if isinstance(data, dict):
        return set(data).union(*map(keys, data.values()))
    return set().union(*map(keys, data)) if isinstance(data, list) else set()


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("path", EXAMPLE_FILES, ids=lambda path: path.stem)
def test_redact_leaves_a_valid_profile_without_what_is_confidential(path: Path, anonymous: bool) -> None:
    document = load_yaml(path)
    before = copy.deepcopy(document.data)
    before["organisation"]["public_name"] = "Foyer de Saint-X"
    before["needs"][0]["note"] = "le trésor de la cave"
    before["x-secret"] = {"a": 1}
    given = copy.deepcopy(before)
    data, left = redact(given, anonymous=anonymous)
    assert given == before
    assert not keys(data) & {"security", "effect", "note", "label", "x-secret", "incident_in_last_two_years"}
    assert ("public_name" in keys(data)) != anonymous
    assert (data["profile"]["id"] == before["profile"]["id"]) != anonymous
    assert check_profile(read_text(profile_text(data), "x.yaml"), our_known()).errors == []
    assert {"/x-secret", "/needs/0/note"} <= set(left)


def test_redact_drops_assumed_places_that_are_gone() -> None:
    data = copy.deepcopy(GOOD.data)
    data["security"] = {"two_factor": "none"}
    data["profile"]["assumed"] = ["/security/two_factor", "/budget/monthly_eur"]
    assert redact(data)[0]["profile"]["assumed"] == ["/budget/monthly_eur"]


def test_redact_writes_a_private_file_and_never_over_another(tmp_path: Path) -> None:
    out = tmp_path / "out.yaml"
    run(profile_redact.command, HERE / "good.yaml", "-o", out)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600 and check_file(out).findings == []
    out.write_text("mine", "utf-8")
    with pytest.raises(InputError, match="exists already"):
        run(profile_redact.command, HERE / "good.yaml", "-o", out)
    assert out.read_text("utf-8") == "mine"
    run(profile_redact.command, HERE / "good.yaml", "-o", out, "--force")
    assert check_file(out).profile is not None


def test_redact_tells_when_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(ProvisionerError, match="cannot be written"):
        run(profile_redact.command, HERE / "good.yaml", "-o", tmp_path / "file" / "out.yaml")


def test_profile_text_is_read_back_alike_as_yaml_and_json() -> None:
    data = copy.deepcopy(load_yaml(EXAMPLE_FILES[-1]).data)
    data["organisation"]["public_name"] = "no: #1 'é' \"x\"\n\ty"
    data["x-odd"] = ["no", "1.0", "2026-01-01", "", "~", "1e3", "0x1", "12:30", "=", "<<", None, 1.5, True]
    assert read_text(profile_text(data), "x.yaml").data == data
    assert read_text(profile_text(data, as_json=True), "x.json").data == data


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
    run(profile_apply.command, HERE / "good.yaml", tmp_path / "over.yaml", "-o", tmp_path / "out.yaml")
    assert stat.S_IMODE((tmp_path / "out.yaml").stat().st_mode) == 0o600
    assert "keeps the id of the base: foyer" in capsys.readouterr().err
    assert check_file(tmp_path / "out.yaml").findings == []
