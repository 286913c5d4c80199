"""One of two people on a rehearsal host: exported without the other, shown, erased, and not found any more."""

import base64
import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from rehearsal import HostMaker, Outcome, Stack

from provisioner.paths import data_dir

pytestmark = pytest.mark.lab
PASSWORD = "correct horse battery"


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
    """Return the stack `asked` (DokuWiki, Radicale), applied, with two people made by the applications' own means."""
    base = tmp_path_factory.mktemp("asked")
    made = Stack.make(
        base / "asked", make_host("asked", "13"), data_dir("catalog"), base / "identity.txt", ["dokuwiki", "radicale"],
        "none",
    )  # fmt: skip
    made.apply()
    for each in (ANA, BOB):
        calendar(made, each)
        wiki(made, each)
    return made


def inside(stack: Stack, instance: str, line: str, stdin: str = "") -> str:
    """Run a command line in the container `app` of an instance."""
    folder = f"/srv/provisioner/instances/{instance}"
    return stack.host.run(f"cd {folder} && docker compose exec -T app sh -c {shlex.quote(line)}", stdin)


def calendar(stack: Stack, who: Someone) -> None:
    """An account by accounts.py, a calendar with an event over HTTPS as the person."""
    inside(stack, "asked_radicale", f"/app/bin/python /provisioner/accounts.py ensure {who.user}", PASSWORD)
    key = base64.b64encode(f"{who.user}:{PASSWORD}".encode()).decode()
    headers = {"Authorization": f"Basic {key}", "Content-Type": "text/calendar"}
    event = "\r\n".join([
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", "BEGIN:VEVENT", "UID:one", "DTSTAMP:20260101T000000Z",
        "DTSTART:20260101T100000Z", f"ORGANIZER;CN={who.name}:mailto:{who.email}", f"SUMMARY:{who.text}", "END:VEVENT",
        "END:VCALENDAR", "",
    ])  # fmt: skip
    domain = "agenda.asked.lab.test"
    status, _headers, text = stack.host.fetch(domain, f"/{who.user}/own/", "MKCALENDAR", b"", headers)
    assert status == 201, text
    status, _headers, text = stack.host.fetch(domain, f"/{who.user}/own/one.ics", "PUT", event.encode(), headers)
    assert status in (200, 201, 204), text


ACCOUNT = """<?php
define('DOKU_INC', '/var/www/html/');
define('NOSESSION', 1);
require DOKU_INC . 'inc/init.php';
[, $user, $name, $email] = $argv;
exit($auth->triggerUserMod('create', [$user, trim(fgets(STDIN)), $name, $email, ['user']]) ? 0 : 1);
"""


def wiki(stack: Stack, who: Someone) -> None:
    """An account by DokuWiki's own function, a page over HTTPS by its form, as the person."""
    program = base64.b64encode(ACCOUNT.encode()).decode()
    words = " ".join(shlex.quote(each) for each in (who.user, who.name, who.email))
    line = f"echo {program} | base64 -d > /tmp/account.php && php /tmp/account.php {words}; ended=$?; "
    inside(stack, "asked_dokuwiki", f"{line} rm /tmp/account.php; exit $ended", PASSWORD)
    recipe = yaml.safe_load((data_dir("catalog") / "dokuwiki" / "service.yaml").read_text("utf-8"))
    steps = json.loads(
        json.dumps(recipe["probe"]["write"])
        .replace("{admin}:{secret.admin_password}", f"{who.user}:{PASSWORD}")
        .replace("playground:provisioner", f"playground:{who.text}")
        .replace('"summary": "probe"', f'"summary": "{who.text}"')
    )
    stack.host.ask("play", {"instance": "asked_dokuwiki", "steps": steps, "values": {"marker": who.text}})


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
