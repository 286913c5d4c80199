"""One of two people on a rehearsal host: exported without the other, shown, erased, and not found any more."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rehearsal import HostMaker, Outcome, Stack

from provisioner.catalog import load_catalog
from provisioner.ladder.persons import plain
from provisioner.paths import data_dir

pytestmark = pytest.mark.lab


@dataclass(frozen=True)
class Someone:
    """A person with an account in both services, and what they wrote."""

    user: str
    name: str
    text: str

    @property
    def email(self) -> str:
        return f"{self.user}@example.org"

    @property
    def names(self) -> list[str]:
        return [self.email, self.user, self.name]


ANA = Someone("zaubepin", "Zoé Aubépin", "groseille-cassis-41")
BOB = Someone("mquintard", "Maël Quintard", "mirabelle-quetsche-77")


@pytest.fixture(scope="module")
def stack(make_host: HostMaker, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """Return the stack `asked` (DokuWiki, Radicale), applied, with two people in it."""
    base = tmp_path_factory.mktemp("asked")
    made = Stack.make(
        base / "asked", make_host("asked", "13"), data_dir("catalog"), base / "identity.txt", ["dokuwiki", "radicale"],
        "none",
    )  # fmt: skip
    made.apply()
    for each in (ANA, BOB):
        write(made, each)
    return made


def write(stack: Stack, who: Someone) -> None:
    """Put a person in as people do: by the steps that the services' own entries give for it."""
    values = {f"person.{key}": getattr(who, key) for key in ("user", "name", "email", "text")}
    for service in ("dokuwiki", "radicale"):
        steps = [plain(step) for step in load_catalog().entry(service).service.gdpr.seed]
        stack.host.ask("play", {"instance": f"asked_{service}", "steps": steps, "values": values})


def run(stack: Stack, *words: str) -> Outcome:
    """Run a gdpr command about Ana."""
    names = [word for each in ANA.names[1:] for word in ("--also-known", each)]
    return stack.run("gdpr", words[0], "--person", ANA.email, *names, "--stack", str(stack.folder), *words[1:])


def found(stack: Stack, who: Someone) -> dict[str, Any]:
    """Return what the host finds of a person: instance -> answer."""
    request = {"associations": ["asked"], "only": [], "person": {"names": who.names}}
    return dict(stack.host.ask("person_find", request)["instances"])


def dossier(stack: Stack) -> Path:
    [place] = (stack.folder / "gdpr" / "requests").glob("*/dossier")
    return place


def test_export_has_what_one_wrote_and_nothing_of_the_other(stack: Stack) -> None:
    done = run(stack, "export", "--json")
    assert done.code == 0, done.out + done.err
    files = {path: path.read_bytes() for path in dossier(stack).glob("asked_*/**/*") if path.is_file()}
    by_service = {service: b"".join(v for path, v in files.items() if service in str(path.relative_to(stack.folder)))
                  for service in ("asked_dokuwiki", "asked_radicale")}  # fmt: skip
    for service, content in by_service.items():
        assert ANA.text.encode() in content, service
        for foreign in (*BOB.names, BOB.text):
            assert foreign.encode() not in content, (service, foreign)
    index = json.loads((dossier(stack) / "index.json").read_text("utf-8"))
    assert {part["instance"]: part["result"] for part in index["parts"]} == dict.fromkeys(by_service, "files")
    assert not any(name in (dossier(stack) / "index.fr.html").read_text("utf-8") for name in BOB.names)


def test_dry_run_changes_nothing(stack: Stack) -> None:
    before = found(stack, ANA)
    done = run(stack, "erase", "--dry-run")
    assert done.code == 0 and "goes: zaubepin" in done.out, done.out + done.err
    after = found(stack, ANA)
    for name, each in before.items():
        assert each["subjects"] == after[name]["subjects"] == [ANA.user]
        assert {trace["place"] for trace in each["traces"]} == {trace["place"] for trace in after[name]["traces"]}


def test_erase_takes_one_and_leaves_the_other(stack: Stack) -> None:
    done = run(stack, "erase", "--yes", "--json")
    assert done.code == 0, done.out + done.err
    assert done.json["erased"] == {"asked_dokuwiki": [ANA.user], "asked_radicale": [ANA.user]}
    for name, each in found(stack, ANA).items():
        assert not each["subjects"] and not each["traces"], (name, each)
    for name, each in found(stack, BOB).items():
        assert each["subjects"] == [BOB.user] and each["traces"], (name, each)


def test_second_run_says_that_nothing_is_there(stack: Stack) -> None:
    done = run(stack, "erase", "--yes")
    assert done.code == 0 and "Nothing was found" in done.out, done.out + done.err
