"""One of two people on a rehearsal host: exported without the other, erased, and in no copy that comes back."""

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rehearsal import PROGRAM, HostMaker, Outcome, Stack
from saved import Saved

from provisioner.catalog import load_catalog
from provisioner.ladder.persons import plain
from provisioner.paths import data_dir

pytestmark = pytest.mark.lab
LEDGER = "/var/lib/provisioner/erasures/asked/ledger.jsonl"
# Kills an erasure, the host program and all it started, in the moment its ledger is written.
KILLER = f"""
import os, signal, subprocess, sys, time
pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
program = subprocess.Popen(["python3", "{PROGRAM}", "person_erase"], **pipes)
program.stdin.write(sys.stdin.buffer.read())
program.stdin.close()
while program.poll() is None and not os.path.exists("{LEDGER}"):
    time.sleep(0.001)
ended = program.poll()
if ended is None:
    os.killpg(program.pid, signal.SIGKILL)
print("killed" if ended is None else "ended")
"""


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


@pytest.fixture(scope="module")
def saved(stack: Stack) -> Saved:
    """Return the stack with backups, one of them made."""
    made = Saved.make(stack)
    made.good()
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


def assert_one_is_gone_and_the_other_there(stack: Stack) -> None:
    for name, each in found(stack, ANA).items():
        assert not each["subjects"] and not each["traces"], (name, each)
    for name, each in found(stack, BOB).items():
        assert each["subjects"] == [BOB.user] and each["traces"], (name, each)


def test_erasure_killed_after_its_ledger_is_finished_by_the_next(stack: Stack, saved: Saved) -> None:
    request = {"instance": "asked_dokuwiki", "person": {"names": ANA.names}, "subjects": [ANA.user]}
    killed = stack.host.run(f"python3 -c {shlex.quote(KILLER)}", json.dumps(request)).strip()
    assert killed == "killed"
    noted = [json.loads(line) for line in stack.host.run(f"cat {LEDGER}").splitlines()]
    assert len(noted) == len(ANA.names) and {each["service"] for each in noted} == {"dokuwiki"}
    assert not any(name in json.dumps(noted) for name in ANA.names)
    assert found(stack, BOB)["asked_dokuwiki"]["subjects"] == [BOB.user]
    saved.good()  # whatever the kill left stands in this copy
    done = run(stack, "erase", "--yes", "--json")
    assert done.code == 0, done.out + done.err
    assert ANA.user in done.json["erased"]["asked_radicale"]
    assert_one_is_gone_and_the_other_there(stack)


def test_drill_of_a_copy_from_before_erases_again(stack: Stack, saved: Saved) -> None:
    done = stack.run("drill", "--stack", str(stack.folder / "stack.yaml"), "--json")
    assert done.code == 0, done.out + done.err
    found_there = {each["instance"]: each["erased"] for each in done.json["report"]["instances"]}
    assert found_there["asked_radicale"] == 1, found_there
    assert sum(found_there.values()) in (1, 2), "the kill may have come before or after the wiki's own erasure"
    assert_one_is_gone_and_the_other_there(stack)


def test_restored_copies_from_before_bring_nobody_back(stack: Stack, saved: Saved) -> None:
    for instance in ("asked_dokuwiki", "asked_radicale"):
        for snapshot in (saved.listed(instance)[-1], "latest"):
            back = saved.restore(instance, snapshot)
            assert back.code == 0, back.error
    assert_one_is_gone_and_the_other_there(stack)


def test_only_who_says_so_gets_an_erased_person_back(stack: Stack, saved: Saved) -> None:
    oldest = saved.listed("asked_radicale")[-1]
    asked = {"association": saved.name, "instance": "asked_radicale", "snapshot": oldest}
    assert saved.ask("restore", **asked, without_erasing=True).code == 0
    assert found(stack, ANA)["asked_radicale"]["subjects"] == [ANA.user]
    assert saved.ask("restore", **asked).code == 0
    assert_one_is_gone_and_the_other_there(stack)


def test_going_back_from_a_restore_erases_again(stack: Stack, saved: Saved) -> None:
    assert saved.restore("asked_radicale").code == 0  # what it replaced is kept, and has Bob in it
    request = {"instance": "asked_radicale", "person": {"names": BOB.names}, "subjects": [BOB.user]}
    assert stack.host.ask("person_erase", request)["erased"] == [BOB.user]
    assert saved.ask("undo", instance="asked_radicale").code == 0
    back = found(stack, BOB)
    assert not back["asked_radicale"]["subjects"] and not back["asked_radicale"]["traces"], back
    assert back["asked_dokuwiki"]["subjects"] == [BOB.user]


def test_second_run_says_that_nothing_is_there(stack: Stack) -> None:
    done = run(stack, "erase", "--yes")
    assert done.code == 0 and "Nothing was found" in done.out, done.out + done.err


def checked(stack: Stack) -> dict[str, dict[str, Any]]:
    """Return what `gdpr check` says after asking the host: row -> verdict and evidence."""
    done = stack.run("gdpr", "check", str(stack.folder / "stack.yaml"), "--json")
    assert done.code in (0, 1, 3), done.err
    return {row["id"]: row for row in done.json["stacks"][0]["rows"]}


def said(row: dict[str, Any]) -> str:
    return " ".join(each["en"] for each in row["evidence"])


def test_check_asks_the_host_and_sees_what_is_wrong_there(stack: Stack, saved: Saved) -> None:
    path, answers = str(stack.folder / "stack.yaml"), stack.folder / "gdpr.yaml"
    about = ["--name", "Asked", "--address", "1 rue X", "--representative", "Ada", "--officer-name", "Bob"]
    assert stack.run("gdpr", "init", path, *about, "--own-host", "--no-minors").code == 0
    stack.apply()
    assert stack.run("gdpr", "retention", "--purge", path).code == 0
    good = checked(stack)
    assert good["retention"]["verdict"] == "ok", good["retention"]
    assert "/var/log/" not in said(good["logs"]), good["logs"]

    text = answers.read_text("utf-8")
    assert "\nretention: {}\n" in text
    answers.write_text(text.replace("\nretention: {}\n", "\nretention: {trash: 17 days}\n"), "utf-8")
    stack.host.run("printf '2020-01-01T00:00:00 GET /\\n' > /var/log/forgotten.log")
    wrong = checked(stack)
    assert wrong["retention"]["verdict"] == "missing" and "17" in said(wrong["retention"]), wrong["retention"]
    assert "/var/log/forgotten.log" in said(wrong["logs"]), wrong["logs"]

    stack.host.run("rm /var/log/forgotten.log")
    stack.apply()
    assert checked(stack)["retention"]["verdict"] == "ok"
