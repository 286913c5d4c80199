"""Commands that write a profile: migrate keeps the text, redact takes out what is private."""

import copy
import stat
from pathlib import Path
from typing import Any

import pytest
from click import Command
from match_fixture import EXAMPLES

from provisioner.cli import profile_migrate, profile_redact
from provisioner.errors import InputError, ProvisionerError
from provisioner.load import Document, load_yaml, read_text
from provisioner.profiles.known import our_known
from provisioner.profiles.migrate import STEPS, migrate
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
    secret = {"security", "security_basics", "effect", "note", "label", "x-secret", "incident_in_last_two_years"}
    assert not keys(data) & secret
    assert ("public_name" in keys(data)) != anonymous
    assert (data["profile"]["id"] == before["profile"]["id"]) != anonymous
    assert check_profile(read_text(profile_text(data), "x.yaml"), our_known()).errors == []
    assert {"/x-secret", "/needs/0/note"} <= set(left)


def test_redact_takes_the_score_of_security_and_keeps_the_level() -> None:
    data = copy.deepcopy(GOOD.data)
    scores = {"tools_fit_project": 2, "rules_written": 1, "security_basics": 1}
    data["maturity"] = {"level": "progressing", "measured_by": "scored", "scores": scores}
    assert redact(data)[0]["maturity"]["scores"] == {"tools_fit_project": 2, "rules_written": 1}
    data["maturity"]["scores"] = scores | {"security_basics": 0, "rules_written": 3}
    found, left = redact(data)
    assert "scores" not in found["maturity"] and "/maturity/scores" in left
    assert check_profile(Document("x.yaml", found)).errors == []


def test_redact_several_tools_without_an_id_stay_apart() -> None:
    data = copy.deepcopy(GOOD.data)
    data["existing_tools"] = [
        {"tool": "other", "label": "cahier bleu", "intent": "keep"},
        {"tool": "other", "label": "classeur", "intent": "replace"},
    ]
    found, _left = redact(data)
    assert [tool["label"] for tool in found["existing_tools"]] == ["1", "2"]
    assert check_profile(Document("x.yaml", found)).errors == []


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
