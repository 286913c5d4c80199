"""New secrets on a host: content stays, no value is seen on the way, what was cut off ends, old copies are refused."""

import shutil
import time

import pytest
from rehearsal import Stack
from watchers import CommandLines

pytestmark = pytest.mark.lab


def test_rotate_changes_every_secret_and_shows_none(alpha: Stack) -> None:
    markers, before, watched = alpha.write(), alpha.secrets_there(), CommandLines()
    with watched.watch():
        done = alpha.run("secrets", "rotate", "--all", "--json", "--stack", str(alpha.folder / "stack.yaml"))
    assert done.code == 0 and done.json["ok"], done.out + done.err
    after = alpha.secrets_there()
    assert before.keys() == after.keys() and not set(before.values()) & set(after.values())
    alpha.read(markers)
    assert alpha.apply().actions == {}
    seen, values = b"\n".join(watched.seen), [*before.values(), *after.values()]
    assert b"host.pyz" in seen and not [value for value in values if value.encode() in seen]
    assert not [value for value in values if value in done.out + done.err]
    assert alpha.host.ask("exposed", {})["instances"] == {}


@pytest.mark.parametrize("step", ["changing", "starting", "verifying"])
def test_rotate_killed_on_the_host_and_here_ends_with_the_next_apply(alpha: Stack, step: str) -> None:
    markers = alpha.write()
    words = ("secrets", "rotate", "etherpad", "--all", "--stack", str(alpha.folder / "stack.yaml"))
    process = alpha.start(*words)
    assert process.stderr
    for line in process.stderr:
        if f"alpha_etherpad: {step}" in line:
            break
    process.kill()
    alpha.host.run("pkill -9 -f '[h]ost.pyz rotate'; true")
    alpha.end(process)
    time.sleep(1)
    alpha.apply()
    assert alpha.apply().actions == {}
    alpha.read(markers)
    assert alpha.host.run("ls /var/lib/provisioner/rotations").split() == []


def test_an_old_secrets_file_brings_no_old_value_back(alpha: Stack) -> None:
    markers, file, old = alpha.write(), alpha.folder / "secrets.age", alpha.folder / "secrets.old"
    shutil.copy(file, old)
    words = ("secrets", "rotate", "etherpad", "db_password", "--stack", str(alpha.folder / "stack.yaml"))
    assert alpha.run(*words).code == 0
    latest = file.read_bytes()
    shutil.copy(old, file)
    try:
        done = alpha.run("apply", str(alpha.folder))
        assert done.code == 1 and "db_password" in done.err and "Nothing was changed" in done.err
    finally:
        file.write_bytes(latest)
    assert alpha.apply().actions == {}
    alpha.read(markers)
