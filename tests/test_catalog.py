"""The catalog: its cross-checks as data (cases/catalog/bad: a right entry, changed, and what must be said of it), then
the whole real catalog."""

import ast
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from provisioner import catalog_check, catalog_check_backup, catalog_check_data, catalog_check_outline, hardening
from provisioner.catalog import CatalogEntry, load_catalog, load_entry
from provisioner.catalog_check import check_entry
from provisioner.errors import InputError
from provisioner.paths import data_dir
from provisioner.schema import schema_text

CASES = Path(__file__).parent / "cases" / "catalog"
GOOD = CASES / "good"
NEEDS = {"file_sharing", "collaborative_writing"}
FILES = sorted((CASES / "bad").glob("*.yaml"))
BAD = [(path.stem, case) for path in FILES for case in yaml.safe_load(path.read_text("utf-8"))]
REAL = sorted(path.parent for path in data_dir("catalog").glob("*/compose.yaml"))
NAMES = {"notes", "pad"}


def changed_entry(case: dict[str, Any], folder: Path) -> Path:
    """Copy the right entry and change its texts as the case says; each text to replace stands there exactly once."""
    entry = folder / "notes"
    shutil.copytree(GOOD / "notes", entry)
    for name in ("service.yaml", "compose.yaml"):
        text = (entry / name).read_text("utf-8")
        for old, new in case.get(name, {}).items():
            assert text.count(old) == 1, f"{name} has {text.count(old)} times {old!r}"
            text = text.replace(old, new)
        (entry / name).write_text(text, "utf-8")
    return entry


def found_in(folder: Path) -> list[str]:
    try:
        findings = check_entry(load_entry(folder), NEEDS, NAMES)
    except InputError as error:
        findings = error.findings
    return [str(finding).replace(f"{folder}/", "") for finding in findings]


@pytest.mark.parametrize("name", ["notes", "pad"])
def test_check_entry_right_entry_has_no_finding(name: str) -> None:
    assert found_in(GOOD / name) == []


@pytest.mark.parametrize(("group", "case"), BAD, ids=[f"{group}: {case['about']}" for group, case in BAD])
def test_check_entry_tells_what_the_case_expects(group: str, case: dict[str, Any], tmp_path: Path) -> None:
    assert found_in(changed_entry(case, tmp_path)) == case["expect"]


def test_every_message_of_the_checks_has_a_case() -> None:
    cases = [*(case for _group, case in BAD), *yaml.safe_load((CASES / "data.yaml").read_text("utf-8"))]
    told = "\n".join(line for case in cases for line in case["expect"])
    for module in (catalog_check, catalog_check_backup, catalog_check_outline, catalog_check_data, hardening):
        for text in _messages(Path(module.__file__ or "")):
            pattern = re.sub(r"\\\{\w+\\\}", ".*", re.escape(text).replace(r"\{\{", r"\{").replace(r"\}\}", r"\}"))
            assert re.search(pattern, told), f"no case in cases/catalog/bad shows: {text}"


def _messages(path: Path) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "_"]
    return [call.args[0].value for call in named if isinstance(call.args[0], ast.Constant)]


def test_every_hardening_rule_has_a_case() -> None:
    told = "\n".join(line for _group, case in BAD for line in case["expect"])
    assert [rule for rule in hardening.RULES if f"hardening rule '{rule}'" not in told] == []


def test_load_catalog_finds_services_and_building_blocks(tmp_path: Path) -> None:
    shutil.copytree(GOOD, tmp_path / "catalog")
    (tmp_path / "catalog" / "postgres" / "image").mkdir(parents=True)
    catalog = load_catalog(tmp_path / "catalog")
    assert (list(catalog.services), catalog.blocks) == (["notes", "pad"], ["postgres"])
    assert catalog.digest == load_catalog(GOOD).digest
    assert catalog.entry("pad").version == "2.0.1"


def test_load_catalog_tells_findings_of_all_entries_at_once(tmp_path: Path) -> None:
    shutil.copytree(GOOD, tmp_path / "catalog")
    for name in ("notes", "pad"):
        path = tmp_path / "catalog" / name / "service.yaml"
        path.write_text(path.read_text("utf-8") + "surplus: 1\n", "utf-8")
    with pytest.raises(InputError) as caught:
        load_catalog(tmp_path / "catalog")
    assert [Path(finding.file).parent.name for finding in caught.value.findings] == ["notes", "pad"]


def test_load_catalog_without_folder_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no catalog folder at"):
        load_catalog(tmp_path / "none")


def test_entry_unknown_names_the_nearest() -> None:
    with pytest.raises(InputError, match="no service 'not' in the catalog; did you mean 'notes'"):
        load_catalog(GOOD).entry("not")


def test_recipe_tells_the_host_only_what_it_runs() -> None:
    recipe = json.loads(load_catalog(GOOD).entry("notes").recipe)
    assert set(recipe) == {"setup", "first_admin", "probe", "route", "backup", "gdpr"}
    assert recipe["backup"] == {"restore_order": ["data"], "volumes": ["data"]}
    assert set(recipe["gdpr"]) <= {"erase", "export", "leave", "purges", "subjects"}
    assert recipe["first_admin"] == {"in": "app", "run": ["/notes", "has-admin", "{admin}"]}
    assert recipe["probe"]["read"] == [{"request": "GET /notes/probe"}]
    assert json.loads(load_catalog(GOOD).entry("pad").recipe)["first_admin"] is None


@pytest.mark.parametrize("folder", REAL, ids=lambda folder: folder.name)
def test_real_entry_has_no_finding(folder: Path) -> None:
    needs = set(yaml.safe_load((data_dir("catalog") / "needs.yaml").read_text("utf-8"))["needs"])
    try:
        findings = check_entry(load_entry(folder), needs)
    except InputError as error:
        findings = error.findings
    assert [str(finding) for finding in findings] == []


@pytest.mark.parametrize("folder", REAL, ids=lambda folder: folder.name)
def test_real_entry_that_erases_lists_its_people_to_erase_them_again_after_a_restore(folder: Path) -> None:
    gdpr = load_entry(folder).service.gdpr
    assert not gdpr.erase or gdpr.subjects


@pytest.mark.parametrize("folder", REAL, ids=lambda folder: folder.name)
def test_real_entry_has_an_example_env_with_every_variable(folder: Path) -> None:
    entry = load_entry(folder)
    lines = (folder / "example.env").read_text("utf-8").splitlines()
    given = {line.partition("=")[0] for line in lines if "=" in line and not line.startswith("#")}
    used = set(catalog_check.VARIABLE.findall((folder / "compose.yaml").read_text("utf-8")))
    assert used - given == set(), f"{entry.name}/example.env lacks variables of compose.yaml"


@pytest.mark.parametrize("folder", REAL, ids=lambda folder: folder.name)
def test_real_entry_is_what_the_schema_for_editors_accepts(folder: Path) -> None:
    data = yaml.safe_load((folder / "service.yaml").read_text("utf-8"))
    jsonschema.Draft202012Validator(json.loads(schema_text("service"))).validate(data)


def _has_compose() -> bool:
    program = shutil.which("docker")
    return bool(program) and not subprocess.run([program, "compose", "version"], capture_output=True).returncode


@pytest.mark.skipif(not _has_compose(), reason="no docker compose here")
@pytest.mark.parametrize("folder", [GOOD / "notes", GOOD / "pad", *REAL], ids=lambda folder: folder.name)
def test_entry_is_read_by_compose_as_by_us(folder: Path, tmp_path: Path) -> None:
    entry = load_entry(folder)
    values = {**dict.fromkeys((*catalog_check.PLATFORM_VARIABLES, *entry.service.settings), "x"), "HTTP_PORT": "20000"}
    values |= {name: str(20000 + number) for number, name in enumerate(entry.service.route.port_variables)}
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    command = ["docker", "compose", "--project-name", "x", "--env-file", str(tmp_path / ".env")]
    command += ["--file", str(folder / "compose.yaml"), "config", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "variable" in line]) == (0, [])
    _compare(json.loads(done.stdout), entry)


def _compare(real: dict[str, Any], entry: CatalogEntry) -> None:
    assert set(real["services"]) == set(entry.compose.services)
    for name, container in entry.compose.services.items():
        seen = real["services"][name]
        assert seen["image"] == container.image
        assert bool(seen.get("read_only")) == container.read_only
        assert seen.get("cap_drop", []) == container.cap_drop and seen.get("cap_add", []) == container.cap_add
        assert seen.get("user", "") == container.user
        addresses = [port.get("host_ip", "") for port in seen.get("ports", [])]
        assert addresses == [port.rpartition(":")[0].rpartition(":")[0] for port in container.ports]
