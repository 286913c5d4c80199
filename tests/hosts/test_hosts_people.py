"""Somebody leaves: every way in worked before and is refused afterwards, what they wrote stays, others go on."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest
from leavers import LEAVERS, PASSWORD, Browser, inside
from rehearsal import INSTANCES, HostMaker, Stack

from provisioner.paths import data_dir

pytestmark = pytest.mark.lab
MAIL = "ada@example.org"


@pytest.fixture(scope="module")
def stack(make_host: HostMaker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Return a stack of five services with accounts, applied."""
    base = tmp_path_factory.mktemp("people")
    made = Stack.make(
        base / "leave", make_host("f7people", "13"), data_dir("catalog"), base / "identity.txt", list(LEAVERS), "none"
    )
    made.apply()
    yield made


def browser(stack: Stack, service: str) -> Browser:
    """Return a browser at a service of the stack."""
    text = stack.host.run(f"cat {INSTANCES}/{stack.folder.name}_{service}/instance.json")
    return Browser(stack.host, json.loads(text)["variables"]["domain"])


def people(stack: Stack, *words: str) -> "subprocess.CompletedProcess[str]":
    line, environment = stack.command("people", *words, "--stack", str(stack.folder / "stack.yaml"))
    return subprocess.run(line, env=environment, capture_output=True, text=True, timeout=600)


def ssh(stack: Stack, key: Path, user: str) -> int:
    """Sign in to the host with a key and return how that ended."""
    options = [
        "-F",
        "none",
        "-i",
        str(key),
        "-o",
        "IdentitiesOnly=yes",
        "-o",
        "BatchMode=yes",
        "-p",
        str(stack.host.lab.port),
    ]
    known = ["-o", f"UserKnownHostsFile={stack.host.lab.known_hosts}", "-o", "ConnectTimeout=10"]
    words = ["ssh", *options, *known, f"{user}@{stack.host.lab.address}", "true"]
    return subprocess.run(words, capture_output=True, timeout=60).returncode


@pytest.fixture(scope="module")
def key(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a key of Ada's that lets her in as debian and as a user of her own with sudo."""
    path = tmp_path_factory.mktemp("ada") / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ada@desk", "-f", str(path)], check=True)
    public = path.with_name("id.pub").read_text()
    stack.host.run("cat >> ~debian/.ssh/authorized_keys", public)
    keys = "mkdir -p ~ada/.ssh && cat > ~ada/.ssh/authorized_keys && chown -R ada: ~ada/.ssh && chmod 700 ~ada/.ssh"
    stack.host.run(f"useradd --create-home --shell /bin/bash --groups sudo ada && {keys}", public)
    return path


def test_person_who_leaves_is_refused_everywhere_and_a_second_run_changes_nothing(
    stack: Stack, key: Path, tmp_path: Path
) -> None:
    host, name = stack.host, stack.folder.name
    identity = pyrage.x25519.Identity.generate()
    added = stack.run(
        "recipients", "add", str(identity.to_public()), "--name", "Ada", "--stack", str(stack.folder / "stack.yaml")
    )
    assert added.code == 0, added.err
    browsers = {}
    for service, leaver in LEAVERS.items():
        leaver.make(host, f"{name}_{service}")
        browsers[service] = browser(stack, service)
        assert leaver.enter(browsers[service]), f"{service} lets Ada in"
        assert leaver.still is None or leaver.still(browsers[service])
    assert ssh(stack, key, "debian") == ssh(stack, key, "ada") == 0
    pyrage.decrypt((stack.folder / "secrets.age").read_bytes(), [identity])
    markers = stack.write()

    listed = json.loads(people(stack, "list", "--json").stdout)
    assert "ada" in listed["instances"][f"{name}_radicale"]["subjects"]
    assert {each["comment"] for each in listed["keys"]} >= {"ada@desk"}
    dry = people(stack, "remove", MAIL, "--also", "ada", "--dry-run")
    assert dry.returncode == 0 and "Nothing was changed" in dry.stdout, dry.stderr
    assert LEAVERS["radicale"].enter(browser(stack, "radicale")) and ssh(stack, key, "ada") == 0

    done = people(stack, "remove", MAIL, "--also", "ada", "--yes", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert {each["message"] for each in report["services"].values()} == {"changed"}
    assert len(report["host"]["removed"]) == 2 and report["host"]["closed"] == ["ada"]
    assert report["recipients"] == ["Ada"] and 'secrets rotate --seen-by "Ada"' in report["commands"][0]
    assert {Path(path).stat().st_mode & 0o777 for path in report["files"]} == {0o600}

    for service, leaver in LEAVERS.items():
        assert leaver.still is None or not leaver.still(browsers[service]), f"the session in {service} has ended"
        assert not leaver.enter(browser(stack, service)), f"{service} refuses Ada"
        inside(host, f"{name}_{service}", leaver.stays, container=leaver.container)  # what she wrote is there
    assert ssh(stack, key, "debian") and ssh(stack, key, "ada")
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt((stack.folder / "secrets.age").read_bytes(), [identity])
    assert host.run("true") == "", "our own key still opens"
    stack.read(markers)

    again = people(stack, "remove", MAIL, "--also", "ada", "--yes", "--json")
    assert again.returncode == 0, again.stdout + again.stderr
    report = json.loads(again.stdout)
    assert not report["changed"] and not report["files"] and not report["trouble"]
    assert all(each["message"] in ("unchanged", "unknown") for each in report["services"].values())
    assert PASSWORD not in done.stdout + again.stdout


def test_neither_our_own_key_nor_the_associations_account_goes(stack: Stack) -> None:
    refused = people(stack, "remove", "admin", "--yes")
    assert refused.returncode == 2 and "association itself" in refused.stderr
    comment = stack.host.run("cut -d' ' -f3 ~debian/.ssh/authorized_keys | head -1").strip()
    kept = people(stack, "remove", comment, "--yes", "--json")
    assert kept.returncode == 1 and "stays" in " ".join(json.loads(kept.stdout)["trouble"]), kept.stdout + kept.stderr
    assert stack.host.run("true") == ""
