"""The shape of the playbook and its roles: arguments declared, tasks few, units of backups as they must be."""

import configparser
from typing import Any

import pytest
import yaml

from provisioner.paths import data_dir

ROLES = sorted(path.name for path in data_dir("roles").iterdir() if path.is_dir())


def read(role: str, file: str) -> Any:
    path = data_dir("roles") / role / file
    return yaml.safe_load(path.read_text("utf-8")) if path.is_file() else {}


def unit(name: str) -> dict[str, dict[str, str]]:
    text = read("backup", "defaults/main.yml")["backup_files"][f"/etc/systemd/system/{name}"]
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return {section: dict(parser[section]) for section in parser.sections()}


@pytest.mark.parametrize("role", ROLES)
def test_role_declares_its_arguments(role: str) -> None:
    options = read(role, "meta/argument_specs.yml")["argument_specs"]["main"].get("options", {})
    defaults = read(role, "defaults/main.yml")
    for name, about in options.items():
        assert about["description"] and about["type"]
        assert about.get("required") or about["default"] == defaults[name], f"{name}: declared and real default differ"
    assert all(task["name"] for task in read(role, "tasks/main.yml"))


def test_playbook_runs_every_role_and_docker_before_backups_before_instances() -> None:
    [play] = yaml.safe_load((data_dir("playbooks") / "apply.yml").read_text("utf-8"))
    assert play["roles"] == ["base", "docker", "backup", "limits", "proxy", "instances"]
    assert sorted(play["roles"]) == ROLES and len(read("backup", "tasks/main.yml")) == 1


def test_only_the_timer_is_started_by_apply() -> None:
    [task] = read("backup", "tasks/main.yml")
    assert task["machine"]["service"] == "provisioner-tick.timer"
    assert task["machine"]["at_boot"] == ["provisioner-resume.service"]
    assert "Install" not in unit("provisioner-tick.service"), "the timer alone starts it"
    assert unit("provisioner-resume.service")["Install"] == {"WantedBy": "multi-user.target"}
    assert unit("provisioner-tick.timer")["Timer"]["Persistent"] == "true"


@pytest.mark.parametrize("name", ["provisioner-tick.service", "provisioner-resume.service"])
def test_units_leave_the_view_of_files_to_the_program(name: str) -> None:
    service = unit(name)["Service"]
    assert service["Type"] == "oneshot" and service["TimeoutStartSec"] == "infinity" and service["UMask"] == "0077"
    alone = {key for key in service if key.startswith(("Private", "Protect", "ReadOnly", "ReadWrite", "Inaccessible"))}
    assert not alone, f"{alone} put the program into a view of files of systemd's making"
