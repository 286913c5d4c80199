"""What breaks in the middle: the acting program, the whole host, one instance. The rest goes on, and apply heals."""

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rehearsal import Stack, StackMaker

from provisioner import lab, lab_host
from provisioner.runner import run

pytestmark = pytest.mark.lab
WORKER = "ps -eo pid,args | awk '$3 ~ /host.pyz$/ && $4 == \"work\" {print $1}'"


def begin_change(stack: Stack, text: str) -> "subprocess.Popen[str]":
    """Change a setting, apply in the background, and return once the program on the host is at work."""
    stack.edit(r"WELCOME_TEXT: .*$", f'WELCOME_TEXT: "{text}"')
    process = stack.start("apply", str(stack.folder))
    wait_until(lambda: bool(stack.host.run(WORKER).strip()))
    time.sleep(2)
    return process


def wait_until(ready: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_program_killed_in_the_middle_next_apply_converges(alpha: Stack) -> None:
    markers, secrets = alpha.write(), alpha.secrets_there()
    process = begin_change(alpha, "Killed")
    alpha.host.run(f"kill -9 $({WORKER})")
    told = alpha.end(process)
    assert told.code == 1 and "stopped before it was done; run apply again" in told.err
    again = alpha.apply()
    assert again.actions == {"alpha_etherpad": "resume"}
    assert alpha.apply().json["changed"] == 0
    assert "Killed" in alpha.host.run("docker exec alpha_etherpad-app-1 env")
    alpha.read(markers)
    assert alpha.secrets_there() == secrets


def test_host_killed_in_the_middle_next_apply_converges(alpha: Stack) -> None:
    markers, secrets = alpha.write(), alpha.secrets_there()
    process = begin_change(alpha, "Power cut")
    run(["docker", "kill", lab_host.PREFIX + alpha.host.lab.name], timeout=60)
    lab.up(alpha.host.lab.name)
    told = alpha.end(process, timeout=180)
    assert told.code == 1
    assert alpha.apply().json["ok"]
    assert alpha.apply().json["changed"] == 0
    alpha.read(markers)
    assert alpha.secrets_there() == secrets


@pytest.fixture
def broken_catalog(catalog: Path, tmp_path: Path) -> Path:
    """Return the catalog with a second service whose only container ends at once."""
    folder = shutil.copytree(catalog, tmp_path / "catalog")
    compose = folder / "second" / "compose.yaml"
    text = compose.read_text("utf-8").replace(
        "entrypoint: [sh, /provisioner/start.sh]", 'entrypoint: [sh, -c, "echo no such calendar >&2; exit 3"]'
    )
    assert "exit 3" in text
    compose.write_text(text, "utf-8")
    return folder


def test_instances_that_cannot_start_do_not_stop_the_others(
    alpha: Stack, make_stack: StackMaker, broken_catalog: Path
) -> None:
    stack = make_stack("delta", alpha.host, ["radicale", "second"])
    good, stack.catalog = stack.catalog, broken_catalog
    failed = stack.run("apply", str(stack.folder))
    assert failed.code == 1
    assert "delta_second: container app is" in failed.err and "exit code 3" in failed.err
    assert "no such calendar" in failed.err and "provisioner logs second --container app" in failed.err
    assert "1 failed" in failed.out
    assert stack.run("probe", str(stack.folder), "--service", "radicale").code == 0
    status, _headers, text = alpha.host.fetch("second.delta.lab.test")
    assert status == 503 and "se prépare" in text

    stack.catalog = good
    assert stack.apply().actions == {"delta_second": "update"}
    stack.read(stack.write())


def test_image_the_registry_lacks_is_named_and_stops_nothing_else(alpha: Stack, make_stack: StackMaker) -> None:
    stack = make_stack("epsilon", alpha.host, ["radicale"])
    lock = (stack.folder / "stack.lock.yaml").read_text("utf-8")
    stack.edit(r"(radicale:3\S*)@sha256:.*", r"\1@sha256:" + "0" * 64, file="stack.lock.yaml")
    before = alpha.host.containers()
    failed = stack.run("apply", str(stack.folder))
    assert failed.code == 1 and "epsilon_radicale" in failed.err
    assert "The image cannot be had" in failed.err and "provisioner images lock" in failed.err
    assert alpha.host.containers() == before
    assert alpha.host.fetch("agenda.epsilon.lab.test")[0] == 503
    (stack.folder / "stack.lock.yaml").write_text(lock, "utf-8")
    stack.apply()
    stack.read(stack.write())
