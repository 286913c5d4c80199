"""Purge as a person does it: refused while it runs, asked about, a copy first that opens and holds what was written."""

import io
import subprocess
import tarfile
from pathlib import Path

import pyrage
import pytest
from rehearsal import Stack, StackMaker

pytestmark = pytest.mark.lab
NAME = "gone_radicale"


@pytest.fixture(scope="module")
def stack(alpha: Stack, make_stack: StackMaker) -> Stack:
    """Return the stack `gone` (Radicale, and its twin under another name) on the host of `alpha`, applied."""
    made = make_stack("gone", alpha.host, ["radicale", "second"])
    made.apply()
    return made


def purge(stack: Stack, *options: str, answer: str = "") -> "subprocess.CompletedProcess[str]":
    line, environment = stack.command("purge", "radicale", "--stack", str(stack.folder / "stack.yaml"), *options)
    return subprocess.run(line, env=environment, input=answer, capture_output=True, text=True, timeout=300)


def test_purge_takes_away_what_was_removed_and_keeps_a_copy(stack: Stack) -> None:
    markers = stack.write()
    refused = purge(stack, "--yes")
    assert refused.returncode == 2 and "still runs" in refused.stderr
    stack.edit(r"^  radicale: .*\n(?:    .*\n)*", "")
    assert stack.apply("--remove").actions == {NAME: "remove"}
    unsure = purge(stack, answer="no\n")
    assert unsure.returncode == 2 and "nothing was changed" in unsure.stderr
    assert f"{NAME}_data" in stack.host.names("volume")
    done = purge(stack, answer=f"{NAME}\n")
    assert done.returncode == 0, done.stderr
    assert not [name for what in ("volume", "network") for name in stack.host.names(what) if name.startswith(NAME)]
    [copy] = (stack.folder / "purged").iterdir()
    assert copy.stat().st_mode & 0o777 == 0o600 and markers[NAME].encode() not in copy.read_bytes()
    assert markers[NAME] in opened(copy, stack.identity)
    assert purge(stack, "--yes").returncode == 2, "there is nothing left to purge"
    stack.read({"gone_second": markers["gone_second"]})


def opened(copy: Path, identity: Path) -> str:
    """Return the texts of all files in a copy."""
    key = next(line for line in identity.read_text().splitlines() if line.startswith("AGE-SECRET-KEY-"))
    plain = pyrage.decrypt(copy.read_bytes(), [pyrage.x25519.Identity.from_str(key)])
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        files = [tar.extractfile(member) for member in tar if member.isfile()]
        return "\n".join(file.read().decode("utf-8", "replace") for file in files if file)


def test_purged_service_wished_again_starts_empty_with_new_secrets(stack: Stack) -> None:
    before = stack.secrets_there()
    stack.edit(r"^services:\n", "services:\n  radicale: {}\n")
    assert stack.apply().actions == {NAME: "create"}
    assert {path for path in stack.secrets_there() if NAME in path} and before.items() <= stack.secrets_there().items()
    assert stack.apply().json["changed"] == 0
