"""Facts from a folder as people have it, and the commands that read them: nothing raises, nothing is guessed."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from stack_fixture import GOOD, small_catalog, stack_of
from test_gdpr_check import BASE

from provisioner.bundle import load_bundle
from provisioner.cli.gdpr_check import command as check_command
from provisioner.cli.gdpr_transparency import command as transparency_command
from provisioner.gdpr.gather import NOTICES, gather

CARD = BASE["cards"][0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A stack with answers, a request, a breach, an audit and a drill; and in each place a file that is none."""
    stack = stack_of(**BASE["stack"]).model_dump(mode="json", exclude_none=True)
    stack["services"] = {"pad": {}, "notes": {}}
    (tmp_path / "stack.yaml").write_text(yaml.safe_dump(stack, allow_unicode=True), "utf-8")
    (tmp_path / "gdpr.yaml").write_text(yaml.safe_dump(BASE["gdpr"], allow_unicode=True), "utf-8")
    (tmp_path / "secrets.age").write_bytes(b"age-encryption.org/v1\n-> X25519 x\n")
    write(tmp_path / "gdpr/requests/2026-001/case.json", BASE["cases"][0])
    write(tmp_path / "gdpr/requests/2026-002/case.json", "[1")
    write(tmp_path / "gdpr/breaches/2026-05-02-01/breach.json", BASE["breaches"][0])
    write(tmp_path / "gdpr/breaches/torn/breach.json", [])
    write(tmp_path / "audits/h1/2026-11-01T10-00-00Z.json", CARD)
    write(tmp_path / "drills/drill-2026-09-21-120000.json", BASE["drills"][0])
    return tmp_path


def write(path: Path, data: Any) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(data if isinstance(data, str) else json.dumps(data, default=str), "utf-8")


def test_facts_of_a_folder_are_all_found(folder: Path) -> None:
    [facts] = gather([load_bundle(folder, small_catalog())], small_catalog(), offline=True)
    assert [each.name for each in facts.cases] == ["2026-001"] and [each.risk for each in facts.breaches] == ["risk"]
    assert facts.breaches[0].notified and facts.breaches[0].closed and len(facts.cards) == len(facts.drills) == 1
    assert facts.drills[0].signed == "no"  # whatever the file says of itself: there is no signature beside it
    assert facts.unreadable == ["gdpr/requests/2026-002/case.json", "gdpr/breaches/torn/breach.json"]
    assert facts.encrypted is True and facts.host is None and facts.retention is None and facts.why_not == "offline"
    (folder / "secrets.age").write_text("foyer_pad: {db_password: x}", "utf-8")
    shutil.rmtree(folder / "gdpr")
    [facts] = gather([load_bundle(folder, small_catalog())], small_catalog(), offline=True)
    assert facts.encrypted is False and facts.cases == facts.breaches == facts.unreadable == []


def test_check_writes_dated_pages_and_tells_in_both_languages(folder: Path) -> None:
    arguments = [str(folder), "--offline", "--catalog", str(GOOD)]
    result = CliRunner().invoke(check_command, [*arguments, "--json", "--html", str(folder / "out")])
    assert result.exit_code == 1, result.output
    data = json.loads(result.output)
    rows = {row["id"]: row["verdict"] for row in data["stacks"][0]["rows"]}
    assert len(rows) == 25 and rows["record"] == "ok" and rows["breach"] == "unknown" and rows["erasure"] == "missing"
    pages = sorted(path.name for path in (folder / "out").iterdir())
    assert [name.split("-")[2] for name in pages] == ["admin", "admin", "board", "board"] and len(data["files"]) == 4
    shown = CliRunner().invoke(check_command, arguments)
    assert shown.exit_code == 1 and "not legal advice" in shown.output and "offline" in shown.output


def test_check_without_gdpr_yaml_says_how_to_begin(folder: Path) -> None:
    (folder / "gdpr.yaml").unlink()
    result = CliRunner().invoke(check_command, [str(folder), "--offline", "--json", "--catalog", str(GOOD)])
    rows = {row["id"]: row for row in json.loads(result.output)["stacks"][0]["rows"]}
    assert rows["record"]["next"] == "provisioner gdpr init" and result.exit_code == 1


def test_transparency_writes_three_files_and_notes_requests(folder: Path) -> None:
    arguments = [str(folder), "--offline", "--catalog", str(GOOD)]
    noted = CliRunner().invoke(transparency_command, [*arguments, "--request", "2026-05-04", "police", "logs", "given"])
    assert noted.exit_code == 0, noted.output
    result = CliRunner().invoke(transparency_command, [*arguments, "--folder", str(folder / "public")])
    assert result.exit_code == 0, result.output
    names = sorted(path.name for path in (folder / "public").iterdir())
    assert names == ["transparency.en.html", "transparency.fr.html", "transparency.json"]
    text = (folder / "public" / "transparency.json").read_text("utf-8")
    assert json.loads(text)["authorities"]["requests"] and "Ada" not in text and "@" not in text


def test_links_to_notices_are_known_by_their_address() -> None:
    assert NOTICES.search('<p><a class="x" href="/confidentialite">Vos données</a>')
    assert NOTICES.search('<a href="/en/privacy">Privacy</a>') and NOTICES.search('<a href="/mentions-legales">x</a>')
    assert not NOTICES.search('<a href="https://pads.foyer.example/">Pad</a> privacy')
