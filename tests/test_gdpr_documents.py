"""The commands gdpr register and gdpr processors: files, exit codes, JSON, nothing half-written."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from gdpr_fixture import answers_data
from stack_fixture import GOOD, stack_of

from provisioner.cli import root
from provisioner.errors import InputError


def folder_of(path: Path, stack: dict[str, Any] | None = None, **changes: Any) -> Path:
    """Write stack.yaml and gdpr.yaml, and return the folder."""
    path.mkdir()
    data = stack_of(**(stack or {})).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    (path / "stack.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    (path / "gdpr.yaml").write_text(yaml.safe_dump(answers_data(**changes), allow_unicode=True), "utf-8")
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(root, ["gdpr", *map(str, words), "--catalog", str(GOOD)])


def test_register_writes_its_five_files_beside_the_stack(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "foyer")
    done = run("register", folder)
    assert done.exit_code == 0, done.output
    names = sorted(path.name for path in (folder / "gdpr" / "documents").iterdir())
    assert names == [*(f"register.{x}.{y}" for x in ("en", "fr") for y in ("html", "ods")), "register.json"]
    assert "not legal advice" in done.output and "processors --check" in done.output


def test_register_of_a_processor_needs_and_names_the_others(tmp_path: Path) -> None:
    folder, other = folder_of(tmp_path / "federation", role="processor"), folder_of(tmp_path / "choir")
    alone = run("register", folder)
    assert isinstance(alone.exception, InputError) and "--also" in alone.exception.hint
    assert not (folder / "gdpr").exists()
    done = run("register", folder, "--also", other, "--folder", tmp_path / "documents")
    assert done.exit_code == 0, done.output
    assert len(list((tmp_path / "documents").iterdir())) == 10
    shown = json.loads(run("register", folder, other, "--json").output)
    assert {name: each["kind"] for name, each in shown.items()} == {
        "register": "controller", "register-processor": "processor",
    }  # fmt: skip


def test_register_writes_nothing_where_answers_are_missing(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "foyer", screening={})
    done = run("register", folder)
    assert isinstance(done.exception, InputError) and done.exception.exit_code == 2 and not (folder / "gdpr").exists()


@pytest.mark.parametrize(("contract", "code"), [("2026-01-01", 0), (None, 1)])
def test_processors_check(tmp_path: Path, contract: str | None, code: int) -> None:
    host = {"name": "Hôte", "role": "host", "country": "FR", "contract": contract}
    folder = folder_of(tmp_path / "foyer", processors=[host])
    assert run("processors", folder, "--check").exit_code == code
    done = run("processors", folder, "--check", "--json")
    assert done.exit_code == code and json.loads(done.output)["complete"] is (code == 0)
    assert run("processors", folder).exit_code == 0


def test_processors_template_is_written(tmp_path: Path) -> None:
    target = tmp_path / "contract.html"
    done = run("processors", folder_of(tmp_path / "foyer"), "--template", target)
    assert done.exit_code == 0 and target.read_text("utf-8").startswith("<!doctype html>")
