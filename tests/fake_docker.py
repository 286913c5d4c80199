"""A program called docker for tests of the host program: it notes how it was called and answers from a file."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from provisioner.host import docker

PROGRAM = """#!{python}
import json, os, sys
folder = {folder!r}
words = " ".join(sys.argv[1:])
with open(folder + "/calls", "a") as calls:
    calls.write(json.dumps([os.path.basename(os.getcwd()), words]) + "\\n")
with open(folder + "/answers") as answers:
    rows = json.load(answers)
for begin, answer in rows:
    if words.startswith(begin):
        sys.stdout.write(answer.get("out", ""))
        sys.stderr.write(answer.get("err", ""))
        sys.exit(answer.get("code", 0))
"""


class FakeDocker:
    """What the program answers, and what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "calls").touch()
        self.answers()
        (folder / "docker").write_text(PROGRAM.format(python=sys.executable, folder=str(folder)))
        (folder / "docker").chmod(0o755)

    def answers(self, **given: Any) -> None:
        """Give answers: beginning of the words (blanks as "__") -> {out, err, code}; anything else ends well."""
        rows = [(begin.replace("__", " "), answer) for begin, answer in given.items()]
        (self.folder / "answers").write_text(json.dumps(rows))

    def calls(self) -> list[tuple[str, str]]:
        """Return (name of the folder it ran in, words) for each call."""
        return [tuple(json.loads(line)) for line in (self.folder / "calls").read_text().splitlines()]


def install(monkeypatch: pytest.MonkeyPatch, folder: Path) -> FakeDocker:
    """Put the program first on the PATH that the host program gives to what it runs."""
    monkeypatch.setitem(docker.ENVIRONMENT, "PATH", f"{folder}:/usr/bin:/bin")
    return FakeDocker(folder)
