"""A secret is in its file on the host, in secrets.age, in the application, and nowhere else."""

import json
import subprocess
from pathlib import Path

import pytest
from rehearsal import INSTANCES, Stack
from watchers import First

pytestmark = pytest.mark.lab

PLACES = "/srv /var/lib/provisioner /usr/local/lib/provisioner /etc /tmp /var/tmp /var/log /home /root /dev/shm"


@pytest.fixture(scope="module")
def values(alpha: Stack) -> list[str]:
    """Return every secret value of the stack."""
    found = sorted(set(alpha.secrets_there().values()))
    assert len(found) == 8 and all(len(value) >= 20 for value in found)
    return found


def test_secrets_on_the_host_are_for_root_alone(alpha: Stack) -> None:
    folders = alpha.host.run(f"stat -c '%a %U' {INSTANCES}/*/secrets").splitlines()
    assert set(folders) == {"700 root"}


def test_no_file_on_the_host_holds_a_secret_but_its_own(alpha: Stack, values: list[str]) -> None:
    lines = "\n".join(values) + "\n"
    found = alpha.host.run(f"grep -rlaFf /dev/stdin {PLACES}; true", lines).splitlines()
    assert [path for path in found if "/secrets/" not in path] == []
    assert len([path for path in found if path.startswith(f"{INSTANCES}/alpha_")]) == len(values)
    journal = alpha.host.run("journalctl --no-pager --output=cat; dmesg 2>/dev/null; true")
    assert not [value for value in values if value in journal]


def test_docker_knows_no_secret(alpha: Stack, values: list[str]) -> None:
    known = alpha.host.run("docker ps -aq | xargs docker inspect")
    assert not [value for value in values if value in known]
    said = alpha.host.run("for each in $(docker ps -aq); do docker logs $each 2>&1; done")
    assert not [value for value in values if value in said]


def test_nothing_printed_or_left_on_this_machine_holds_a_secret(first: First, values: list[str]) -> None:
    assert not [value for value in values if value in "\n".join(first.stack.said)]
    folders = [folder for folder in ("/dev/shm", "/tmp", str(Path.home() / ".ansible")) if Path(folder).is_dir()]
    fresh = ["find", *folders, "-xdev", "-type", "f", "-newermt", f"@{int(first.began) - 60}", "-print0"]
    files = subprocess.run(fresh, capture_output=True, check=False).stdout
    search = ["xargs", "-0", "-r", "grep", "-laF", *(word for value in values for word in ("-e", value))]
    assert subprocess.run(search, input=files, capture_output=True, check=False).stdout.decode() == ""
    # Hosts of tests that run beside this one have requests of their own there, while they are applied to.
    assert not list(Path("/dev/shm").glob(f"provisioner-*/requests/{first.stack.host.lab.name}.*"))


def test_no_command_line_ever_held_a_secret(first: First, values: list[str]) -> None:
    seen = b"\n".join(first.command_lines.seen)
    assert b"ansible-playbook" in seen and b"compose" in seen and b"host.pyz" in seen
    assert not [value for value in values if value.encode() in seen]


def test_plan_of_a_new_secret_names_it_and_shows_nothing(first: First, values: list[str]) -> None:
    text = json.dumps(first.planned.json)
    created = {item["instance"]: item["secrets"] for item in first.planned.host["instances"]}
    assert "db_password" in created["alpha_etherpad"]
    assert not [value for value in values if value in text]
