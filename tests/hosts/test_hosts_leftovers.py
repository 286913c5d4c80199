"""A killed run's Docker commands are ended by the next one, and nobody else's (real processes; no host needed)."""

import shutil
import subprocess
import time
from pathlib import Path

import pytest

from provisioner.host import layout, leftovers

BOOT = Path("/proc/sys/kernel/random/boot_id")


@pytest.fixture
def killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "subprocess.Popen[bytes]":
    """Return what a killed run left: a program called docker in a session of its own."""
    monkeypatch.setenv("PROVISIONER_STATE", str(tmp_path / "state"))
    program = shutil.copy("/bin/sleep", tmp_path / "docker")
    process = subprocess.Popen([program, "60"], start_new_session=True)
    while process.pid not in leftovers._commands(process.pid):
        time.sleep(0.02)
    return process


@pytest.mark.parametrize(("same_boot", "ended"), [(True, True), (False, False)])
def test_take_over_ends_the_commands_of_the_run_before(
    killed: "subprocess.Popen[bytes]", same_boot: bool, ended: bool
) -> None:
    boot = BOOT.read_text().strip() if same_boot else "another"
    layout.write_json(layout.state_root() / "acting.json", {"boot": boot, "session": killed.pid})
    leftovers.take_over()
    assert (killed.poll() is not None) == ended
    killed.kill()
    killed.wait()
    assert leftovers._commands(killed.pid) == []
