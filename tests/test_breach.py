"""The breach kit without a host: the clock, the form, the register, the seal; a person's ways in."""

import errno
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
import yaml
from click.testing import CliRunner
from stack_fixture import GOOD, lock_of, small_catalog, stack_of

from provisioner.bundle import Bundle
from provisioner.cli.common import print_table
from provisioner.cli.gdpr_breach import command
from provisioner.cli.people import _print_ways
from provisioner.cli.people import command as people_command
from provisioner.cli.recipients import _print_people
from provisioner.cli.status import table
from provisioner.errors import InputError, ProvisionerError
from provisioner.gdpr import breach_evidence
from provisioner.gdpr.breach_clock import deadline, hours_left, local, moment, state
from provisioner.gdpr.breach_evidence import digest_of, unsealed
from provisioner.gdpr.breach_form import form
from provisioner.gdpr.breach_paper import files_of
from provisioner.gdpr.people import Ways, commands, find, named
from provisioner.host import evidence, evidence_docker, layout, people
from provisioner.host.evidence_text import Scrub, redacted, secrets_of
from provisioner.i18n import choose_language
from provisioner.models.breach import Breach, Evidence
from provisioner.recipients import Person

CASES = Path(__file__).parent / "cases" / "breach"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
Make = Callable[..., Breach]


def breach_of(**changes: Any) -> Breach:
    """Return a breach noted on 23 November 2026 at noon."""
    data = {"id": "2026-11-23-01", "association": "foyer", "opened": NOW, "opened_by": "ada@desk", "aware": NOW,
            "what": "A laptop was stolen"}  # fmt: skip
    return Breach.model_validate({**data, **changes})


def bundle_of(folder: Path) -> Bundle:
    """Return the stack of the tests in a folder, without gdpr.yaml."""
    return Bundle(folder / "stack.yaml", stack_of(), lock_of(small_catalog()))


def cases(name: str) -> list[Any]:
    """Return the cases of a file."""
    found: list[Any] = yaml.safe_load((CASES / f"{name}.yaml").read_text("utf-8"))
    return found


@pytest.mark.parametrize("case", cases("clock"), ids=lambda case: case["about"])
def test_deadline_is_seventy_two_real_hours_later(case: dict[str, str]) -> None:
    aware = moment(case["aware"], case["zone"], datetime(2030, 1, 1, tzinfo=UTC))
    assert deadline(aware) - aware == timedelta(hours=72)
    assert local(deadline(aware), case["zone"]) == case["deadline"]


@pytest.mark.parametrize("case", cases("refused_times"), ids=lambda case: case["about"])
def test_time_that_is_none_or_two_is_refused(case: dict[str, str]) -> None:
    with pytest.raises(InputError, match=case["says"]):
        moment(case["aware"], "Europe/Paris", NOW)


@pytest.mark.parametrize("case", cases("states"), ids=lambda case: case["about"])
def test_state_follows_clock_and_notices(case: dict[str, Any]) -> None:
    breach = breach_of(**case.get("breach", {}))
    now = NOW + timedelta(hours=case["after"])
    assert (state(breach, now), hours_left(breach, now)) == (case["state"], 72 - case["after"])


@pytest.mark.parametrize("kinds", [[], ["confidentiality"], ["integrity", "availability"]])
def test_form_has_no_empty_field_in_either_language(tmp_path: Path, kinds: list[str]) -> None:
    fields = [f for part in form(bundle_of(tmp_path), small_catalog(), breach_of(kinds=kinds)) for f in part.fields]
    assert len(fields) == len({each.key for each in fields}) >= 30
    assert all(each.answer.fr.strip() and each.answer.en.strip() for each in fields)
    assert {each.key for each in fields if each.open} >= {"risk", "cause", "cross_border"}, "nobody said these yet"
    assert ("kind" in {each.key for each in fields if each.open}) == (not kinds)


def test_papers_speak_both_languages_and_say_what_they_are(tmp_path: Path) -> None:
    files = files_of(bundle_of(tmp_path), small_catalog(), breach_of(what="<b>Vol</b> d'un portable"))
    assert "ne remplace pas un avis juridique" in files["form-fr.html"].replace("\u00a0", " ")
    assert "not legal advice" in files["form-en.html"] and "<b>Vol" not in files["form-en.html"]
    data = json.loads(files["form.json"])
    assert data["deadline"] == "2026-11-26T12:00:00+00:00"
    assert {"who": "contact", "how": "contact@foyer.example"} in data["calls"]


def test_known_secrets_and_what_is_called_one_leave_the_texts(tmp_path: Path) -> None:
    folder = tmp_path / "foyer_pad" / "secrets"
    folder.mkdir(parents=True)
    (folder / "db_password").write_text("sw0rdf1sh-and-more\n")
    (folder / "ssh_key").write_text("-----BEGIN KEY-----\nAAAAB3NzaC1yc2E\nshort\n-----END KEY-----\n")
    scrub = Scrub(secrets_of(tmp_path))
    text = scrub.text("login sw0rdf1sh-and-more ok\nAAAAB3NzaC1yc2E\npassword=hunter2 user=ada\ntoken: 'x y' z")
    assert not [each for each in ("sw0rdf1sh", "AAAAB3", "hunter2") if each in text]
    assert "login [secret] ok" in text and "user=ada" in text
    assert redacted(["PATH=/bin", "KEY=abc"]) == ["PATH=[secret]", "KEY=[secret]"]


def test_a_piece_that_is_too_large_keeps_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST_BYTES", (3 << 20) + 5)
    texts = [f"{number:07}\n" for number in range(1 << 19)]
    assert evidence._write(tmp_path / "logs" / "x", texts) == 4 << 20
    assert (tmp_path / "logs" / "x").read_bytes() == "".join(texts).encode()[-evidence.MOST_BYTES :]
    assert (tmp_path / "logs" / "x").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", [
    '{"password":"hunter22"}', "'token': 'hunter22'", "api-key: hunter22", "X-Api-Key: hunter22", "--password hunter22",
    "Authorization: Bearer hunter22", "authorization: basic hunter22", "dbpassword=hunter22;", "Set-Cookie: hunter22",
])  # fmt: skip
def test_what_is_called_a_secret_cannot_be_read_however_it_is_written(text: str) -> None:
    assert "hunter22" not in Scrub([]).text(text)


def test_who_wrote_is_no_secret_and_keys_of_json_count() -> None:
    assert Scrub([]).text("author: Marie wrote") == "author: Marie wrote"
    found = Scrub([]).data({"password": "x", "Authorization": "y", "author": "z", "tokens": 3, "n": {"api_key": "w"}})
    assert found == {"password": "[secret]", "Authorization": "[secret]", "author": "z", "tokens": 3,
                     "n": {"api_key": "[secret]"}}  # fmt: skip


def test_json_stays_json_without_secrets() -> None:
    text = json.dumps({"a": 'password="x" y', "b": ["the-secret-value", 1], "auth": "x"}) + " "
    found = json.loads(evidence.clean("a.json", text, Scrub(["the-secret-value"])))
    assert found == {"a": "password=[secret] y", "b": ["[secret]", 1], "auth": "x"}
    assert evidence.clean("a.jsonl", '{"a": "the-secret-value"', Scrub(["the-secret-value"])) == '{"a": "[secret]"'


def test_container_is_described_without_values_of_its_environment() -> None:
    data = {
        "Name": "/foyer_pad-app-1",
        "Config": {"Env": ["PW=abc123"], "Labels": {"a": "b"}},
        "State": {"Running": True},
    }
    text = json.dumps(evidence_docker.about(data, {"Privileged": False, "LogConfig": {"Config": {"x": "abc123"}}}))
    assert "abc123" not in text and "PW=[secret]" in text


@pytest.mark.parametrize(("second", "kept"), [(0, True), (10, True), (11, False), (-1, False)])
def test_log_line_is_kept_within_its_window(second: int, kept: bool) -> None:
    when = f"{NOW + timedelta(seconds=second):%Y-%m-%dT%H:%M:%S}.123456789Z"
    line = json.dumps({"log": "GET /\n", "stream": "stdout", "time": when})
    start = int(NOW.timestamp())
    assert bool(evidence_docker.line_of(line, start, start + 10)) == kept


def sealed(folder: Path, change: Callable[[dict[str, bytes]], None] = lambda files: None) -> tuple[Path, Evidence]:
    """Return an encrypted file of evidence as a host without a key seals it, and what is noted of it."""
    files = {"journal.txt": b"all was quiet\n", "logs/app.txt": b"GET /\n"}
    listed = {name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)} for name, data in files.items()}
    manifest = json.dumps({"files": listed, "missing": {}}).encode()
    files["manifest.json"] = manifest
    change(files)
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w:gz") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(f"evidence/{name}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    path = folder / "evidence.tar.gz.age"
    recipient = pyrage.x25519.Identity.from_str((folder / "identity.txt").read_text().strip()).to_public()
    path.write_bytes(pyrage.encrypt(plain.getvalue(), [recipient]))
    noted = Evidence(
        file=path.name, sha256=digest_of(path), taken=NOW, by="ada", since=NOW, until=NOW, host="h1", signed="no",
        manifest=hashlib.sha256(manifest).hexdigest(),
    )  # fmt: skip
    return path, noted


@pytest.fixture
def safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with an age identity of ours."""
    (tmp_path / "identity.txt").write_text(str(pyrage.x25519.Identity.generate()) + "\n")
    (tmp_path / "known_hosts").write_text("")
    monkeypatch.setenv("PROVISIONER_IDENTITY", str(tmp_path / "identity.txt"))
    return tmp_path


def test_sealed_evidence_opens_with_all_its_pieces(safe: Path) -> None:
    path, noted = sealed(safe)
    with unsealed(bundle_of(safe), path, noted) as (seal, folder):
        assert seal.whole and (folder / "logs" / "app.txt").read_text() == "GET /\n"


CHANGES: dict[str, Callable[[dict[str, bytes]], None]] = {
    "a piece was changed": lambda files: files.update({"journal.txt": b"nothing to see\n"}),
    "a piece is gone": lambda files: files.pop("journal.txt") and None,
    "a piece was added": lambda files: files.update({"more.txt": b"x"}),
    "a signature was added": lambda files: files.update({"manifest.json.sig": b"nonsense"}),
    "the list was changed": lambda files: files.update({"manifest.json": files["manifest.json"] + b" "}),
}


@pytest.mark.parametrize("about", CHANGES)
def test_changed_evidence_is_refused_though_encrypted_anew(safe: Path, about: str) -> None:
    path, noted = sealed(safe, CHANGES[about])  # its SHA-256 as well is noted anew: only the seal inside is left
    with pytest.raises(ProvisionerError, match="seal"), unsealed(bundle_of(safe), path, noted):
        pass


def test_evidence_with_another_digest_is_refused(safe: Path) -> None:
    path, noted = sealed(safe)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(ProvisionerError, match="SHA-256"), unsealed(bundle_of(safe), path, noted):
        pass


def test_host_seals_what_it_has_and_names_what_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVISIONER_ROOT", str(tmp_path / "srv"))
    monkeypatch.setenv("PROVISIONER_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(evidence, "COMMANDS_RUN", {"gone.txt": ["no-such-program"]})
    monkeypatch.setattr(evidence_docker, "CONTAINERS", tmp_path / "containers")
    layout.write(tmp_path / "srv/instances/foyer_pad/compose.yaml", "a: b\n")
    layout.write(tmp_path / "srv/instances/foyer_pad/secrets/key", "0123456789\n")
    folder = tmp_path / "out"
    folder.mkdir()
    request = {"associations": ["foyer"], "since": 0, "until": 10, "breach": "b", "by": "ada"}
    missing = evidence.collect(folder, request)
    assert {"gone.txt", "runs.jsonl"} <= set(missing)
    assert (folder / "checksums.txt").read_text().endswith("  instances/foyer_pad/compose.yaml\n")
    assert "secrets" not in (folder / "checksums.txt").read_text()
    evidence.seal(folder, request, missing)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["files"]["checksums.txt"]["sha256"] == digest_of(folder / "checksums.txt")


def run(folder: Path, *words: str) -> Any:
    """Run `gdpr breach` on a stack in a folder, whose host never answers."""
    path = folder / "stack.yaml"
    if not path.exists():
        data = stack_of(host={"name": "h1", "address": "127.0.0.1", "port": 1}).model_dump(mode="json")
        path.write_text(yaml.safe_dump({k: v for k, v in data.items() if v is not None}), "utf-8")
        (folder / "known_hosts").write_text("")
    return CliRunner().invoke(command, [*words, "--stack", str(path), "--catalog", str(GOOD)], catch_exceptions=True)


def test_breach_from_opening_to_closing_with_the_host_down(tmp_path: Path) -> None:
    opened = run(tmp_path, "open", "A laptop was stolen", "--kind", "confidentiality", "--people", "12")
    assert opened.exit_code == 0 and "collect" in opened.output, opened.output
    [folder] = (path for path in (tmp_path / "gdpr" / "breaches").iterdir() if path.is_dir())
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert run(tmp_path, "collect", "last").exit_code == 1
    assert run(tmp_path, "close", "last", "--outcome", "done").exception, "the risk was not judged"
    assert run(tmp_path, "note", "last", "Disk was encrypted", "--risk", "risk", "--reason", "a list").exit_code == 0
    assert run(tmp_path, "close", "last", "--outcome", "done").exception, "nobody was told"
    assert run(tmp_path, "note", "last", "x", "--answer", "nothing=yes").exception, "the form has no such field"
    assert run(tmp_path, "note", "last", "Only here", "--answer", "cross_border=no").exit_code == 0
    assert json.loads((folder / "form.json").read_text())["fields"]["cross_border"]["answer"]["fr"] == "no"
    told = run(tmp_path, "note", "last", "Told", "--notified", "authority", "--stage", "initial", "--reference", "42")
    assert told.exit_code == 0, told.output
    assert run(tmp_path, "close", "last", "--outcome", "done").exception, "the rest is owed"
    run(tmp_path, "note", "last", "Told the rest", "--notified", "authority", "--stage", "complement")
    assert run(tmp_path, "close", "last", "--outcome", "done").exit_code == 0
    kept = Breach.model_validate_json((folder / "breach.json").read_text())
    assert kept.closed and len(kept.timeline) == 6 and kept.people == 12
    assert json.loads(run(tmp_path, "list", "--json").output)["breaches"] == []
    assert len(json.loads(run(tmp_path, "list", "--all", "--json").output)["breaches"]) == 1


def test_note_made_while_evidence_is_collected_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path, "open", "Strange account", "--no-collect")

    def meanwhile(*_given: Any) -> Evidence:
        done = run(tmp_path, "note", "last", "Told", "--notified", "authority", "--reference", "42")
        assert done.exit_code == 0, done.output
        raise ProvisionerError("the host went away")

    monkeypatch.setattr(breach_evidence, "collect", meanwhile)
    run(tmp_path, "collect", "last")
    [path] = (tmp_path / "gdpr" / "breaches").glob("*/breach.json")
    kept = Breach.model_validate_json(path.read_text())
    assert [each.reference for each in kept.notified] == ["42"] and "went away" in kept.trouble


def test_breaches_opened_at_once_are_two(tmp_path: Path) -> None:
    run(tmp_path, "list")
    line = ["-m", "provisioner", "gdpr", "breach", "open", "x", "--no-collect", "--stack", str(tmp_path / "stack.yaml")]
    started = [subprocess.Popen([sys.executable, *line, "--catalog", str(GOOD)]) for _ in range(4)]
    assert [each.wait(60) for each in started] == [0] * 4
    assert len(list((tmp_path / "gdpr" / "breaches").glob("*/breach.json"))) == 4


def test_form_asks_for_the_reasons_of_the_delay_when_it_is_late(tmp_path: Path) -> None:
    for hours, wanted in ((71, True), (73, False)):
        late = breach_of(aware=datetime.now(UTC) - timedelta(hours=hours), opened=datetime.now(UTC))
        fields = {
            field.key: field for section in form(bundle_of(tmp_path), small_catalog(), late) for field in section.fields
        }
        assert ("72 hours only" in fields["late"].answer.en) is wanted, fields["late"]


def test_times_that_no_calendar_has_are_told(tmp_path: Path) -> None:
    for text in ("0001-01-01T00:00", "0001-01-03T00:00+00:00", "1026-11-23T08:00", "9999-12-31T23:59-05:00"):
        with pytest.raises(InputError):
            moment(text, "Europe/Paris", NOW)


def test_list_check_fails_once_a_clock_ran_out(tmp_path: Path) -> None:
    run(tmp_path, "open", "Old", "--aware", "2020-01-01T00:00", "--no-collect")
    done = run(tmp_path, "list", "--check", "--json")
    assert done.exit_code == 1 and json.loads(done.output)["late"] == 1
    run(tmp_path, "note", "last", "No harm", "--risk", "none", "--reason", "test data only")
    assert run(tmp_path, "list", "--check").exit_code == 0


def test_note_that_could_not_be_read_again_is_refused(tmp_path: Path) -> None:
    run(tmp_path, "open", "Long", "--no-collect", "--service", "pad", "--service", "pad")
    path = next(tmp_path.rglob("breach.json"))
    data = json.loads(path.read_text("utf-8"))
    assert data["services"] == ["pad"]
    data["timeline"] += [{"time": "2026-11-23T12:00:00Z", "by": "x", "text": "x" * 3990}] * 64
    path.write_text(json.dumps(data), "utf-8")
    before = path.read_bytes()
    done = run(tmp_path, "note", "last", "x" * 3990)
    assert isinstance(done.exception, InputError) and "full" in done.exception.message and path.read_bytes() == before
    assert run(tmp_path, "show", "last").exit_code == 0


@pytest.mark.parametrize("words", [
    ["a\x1b[31mred"], ["told", "--notified", "authority", "--reference", "N\u202e1"], ["text", "--cause", "\x07"],
    ["text", "--cause", "x" * 4001], ["text", "--why-people", "\x9b1m"], ["text", "--answer", "cause=\u2066a"],
])  # fmt: skip
def test_text_that_steers_a_terminal_or_is_endless_is_refused(tmp_path: Path, words: list[str]) -> None:
    assert run(tmp_path, "open", "Lost", "--no-collect").exit_code == 0
    assert isinstance(run(tmp_path, "note", "last", *words).exception, InputError)
    done = run(tmp_path, "note", "last", "no\u200bted", "--cause", "two\nlines")
    assert done.exit_code == 0, done.output
    kept = json.loads(next(tmp_path.rglob("breach.json")).read_text("utf-8"))
    assert (kept["cause"], kept["timeline"][-1]["text"], len(kept["timeline"])) == ("two\nlines", "noted", 2)


def test_old_text_that_steers_a_terminal_is_shown_without(tmp_path: Path) -> None:
    assert run(tmp_path, "open", "Lost", "--no-collect").exit_code == 0
    path = next(tmp_path.rglob("breach.json"))
    path.write_text(
        path.read_text("utf-8").replace("Lost", "Lo\u202est").replace(': "opened"', ': "op\u2066ened"'), "utf-8"
    )
    for words in (["list"], ["show"]):
        done = run(tmp_path, *words)
        assert done.exit_code == 0 and "\u202e" not in done.output and "\u2066" not in done.output


@pytest.mark.parametrize("text", ["", "  ", "\u200b"])
def test_empty_line_is_refused(tmp_path: Path, text: str) -> None:
    run(tmp_path, "open", "Lost", "--no-collect")
    done = run(tmp_path, "note", "last", text, "--measure")
    assert isinstance(done.exception, InputError) and "empty text" in done.exception.message
    assert '"-"' not in next(tmp_path.rglob("breach.json")).read_text("utf-8")


def test_breach_begins_before_anybody_is_aware(tmp_path: Path) -> None:
    done = run(tmp_path, "open", "Lost", "--no-collect", "--aware", "2026-11-20T10:00", "--began", "2026-11-20T10:01")
    assert isinstance(done.exception, InputError) and "--aware" in done.exception.message
    assert not list(tmp_path.rglob("breach.json"))
    run(tmp_path, "open", "Lost", "--no-collect", "--aware", "2026-11-20T10:00", "--began", "2026-11-20T10:00")
    assert isinstance(run(tmp_path, "note", "last", "x", "--began", "2026-11-21T10:00").exception, InputError)


def test_reason_for_a_delay_goes_with_a_delay(tmp_path: Path) -> None:
    aware = datetime.now(UTC) - timedelta(hours=80)
    run(tmp_path, "open", "Lost", "--no-collect", "--aware", aware.isoformat(), "--risk", "risk", "--reason", "a list")
    words = ["close", "last", "--outcome", "done", "--late", "nobody knew how"]
    done = run(tmp_path, *words, "--not-notified", "no harm")
    assert isinstance(done.exception, InputError) and "was not told: leave --late" in done.exception.message
    run(tmp_path, "note", "last", "Told", "--notified", "authority", "--at", (aware + timedelta(hours=2)).isoformat())
    done = run(tmp_path, *words)
    assert isinstance(done.exception, InputError) and "told in time: leave --late" in done.exception.message
    assert run(tmp_path, *words[:-2]).exit_code == 0
    assert "notified, closed" in " ".join(run(tmp_path, "list", "--all").output.split())


def full_from(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let every file from the first of this name on find the disk full."""
    real, seen = layout.write, list[str]()

    def write(path: Path, *given: Any) -> None:
        seen.append(path.name)
        if name in seen:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(path, *given)

    monkeypatch.setattr(layout, "write", write)
    monkeypatch.setattr("provisioner.gdpr.breaches.write", write)


def test_full_disk_leaves_no_gap_in_the_numbers(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        full_from(patch, "breach.json")
        done = run(tmp_path, "open", "Lost", "--no-collect")
    assert isinstance(done.exception, ProvisionerError) and "No space left" in done.exception.message
    assert "noted" not in done.exception.message
    assert not [path for path in (tmp_path / "gdpr" / "breaches").iterdir() if path.is_dir()]


@pytest.mark.parametrize("words", [["--no-collect"], []])
def test_disk_that_fills_after_the_register_says_that_it_is_noted(tmp_path: Path, words: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        full_from(patch, "form-fr.html")
        done = run(tmp_path, "open", "Lost", *words)
    assert isinstance(done.exception, ProvisionerError) and done.exception.exit_code == 1
    assert "-01 IS noted" in done.exception.message and "No space left" in done.exception.message
    assert "IS noted" not in run(tmp_path, "list").output and "Lost" in run(tmp_path, "list").output


def test_evidence_that_the_disk_refuses_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: Any) -> Evidence:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(breach_evidence, "collect", full)
    done = run(tmp_path, "open", "Lost")
    assert done.exit_code == 0 and "No space left" in done.output


def test_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    run(tmp_path, "list")
    (tmp_path / "gdpr").write_text("notes")
    for words in (["list"], ["list", "--check"], ["show", "last"], ["open", "Lost", "--no-collect"]):
        done = run(tmp_path, *words)
        assert isinstance(done.exception, ProvisionerError) and f"{tmp_path}/gdpr" in done.exception.message, words
        assert not done.output and (tmp_path / "gdpr").read_text() == "notes"


def test_hours_are_written_as_french_writes_them(tmp_path: Path) -> None:
    aware = datetime.now(UTC) - timedelta(hours=19, minutes=27)
    choose_language("fr")
    opened = run(tmp_path, "open", "Vol", "--no-collect", "--aware", aware.isoformat())
    assert re.search(r"52,[56]\sh", opened.output) and "52,5" in (shown := run(tmp_path, "list").output), opened.output
    assert "52.5" not in opened.output + shown


def test_brackets_in_a_text_are_no_markup(tmp_path: Path) -> None:
    run(tmp_path, "open", "[/] a [bold]laptop", "--no-collect")
    done = run(tmp_path, "list")
    assert done.exit_code == 0 and "[/] a [bold]laptop" in " ".join(done.output.split())


def test_no_table_takes_names_as_markup(capsys: pytest.CaptureFixture[str]) -> None:
    person = Person("age1" + "q" * 58, "[red]Ada[/red] [/] :boom: \\[x]", False, False)
    _print_people([person])
    print_table(table({"h": {"instances": {"foyer_pad[/]": {
        "version": "[bold]1[/x]", "health": "[/]", "url": "", "memory_mb": 1, "disk_mb": 1, "probe": {},
    }}}}))  # fmt: skip
    shown = capsys.readouterr().out
    for text in ("[red]Ada[/red] [/] :boom: \\[x]", "pad[/]", "[bold]1[/x]"):
        assert text in shown, shown


def test_names_with_brackets_are_listed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    instances = {"foyer_pad": {"subjects": ["[/x] ada"], "message": "", "listed": True, "counts": {}}}
    keys = [{"user": "root", "comment": "[/] ada", "fingerprint": "SHA256:a"}]
    _print_ways(Ways(instances, [], keys, [], []))
    told = capsys.readouterr().out
    assert "[/x] ada" in told and "[/] ada" in told


def test_end_before_the_beginning_is_refused(tmp_path: Path) -> None:
    run(tmp_path, "open", "Odd", "--no-collect", "--began", "2026-11-21T00:00")
    assert isinstance(run(tmp_path, "note", "last", "x", "--ended", "2026-11-20T00:00").exception, InputError)


@pytest.mark.parametrize("torn", ["", "{", "[]", "\x00"])
def test_torn_breach_hides_no_other_clock(tmp_path: Path, torn: str) -> None:
    run(tmp_path, "open", "First", "--no-collect")
    run(tmp_path, "open", "Second", "--no-collect")
    path = sorted(tmp_path.rglob("breach.json"))[0]
    path.write_text(torn, "utf-8")
    done = run(tmp_path, "list")
    assert "Second" in done.output and isinstance(done.exception, InputError) and done.exception.findings
    assert str(path) in run(tmp_path, "list", "--json").output


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8jMYTI5h1eP2O9VvYBfJr4Kwz2YJXyV1yKpX0m3b1q"


def test_keys_are_read_and_taken_out_line_by_line() -> None:
    text = f'# {KEY} ada\n{KEY} ada@desk\nfrom="1.2.3.4" {KEY[:-1]}r bob\n'
    [ada] = [each for each in map(people.read_key, text.splitlines()) if each.get("comment") == "ada@desk"]
    assert people.read_key(text.splitlines()[0]) == {}
    left = people.without(text, [ada["fingerprint"]])
    assert left == "".join(text.splitlines(keepends=True)[::2])


@pytest.mark.parametrize(
    ("comment", "yes"),
    [("ada@desk", True), ("Ada", True), ("laptop (ada@example.org)", True), ("adam@desk", False), ("", False)],
)
def test_key_belongs_to_whom_its_comment_names(comment: str, yes: bool) -> None:
    assert named(comment, {"ada", "ada@example.org"}) == yes


def test_nobody_is_said_to_have_left_while_the_host_is_down(tmp_path: Path) -> None:
    run(tmp_path, "list")
    words = ["remove", "ada@example.org", "--yes", "--stack", str(tmp_path / "stack.yaml"), "--catalog", str(GOOD)]
    done = CliRunner().invoke(people_command, words)
    assert isinstance(done.exception, ProvisionerError) and "Connection refused" in done.exception.message
    assert "nothing was changed" in done.exception.message and "Errno" not in done.exception.message
    assert not list(tmp_path.rglob("departures"))


def test_find_names_ways_in_and_what_only_looks_alike(tmp_path: Path) -> None:
    instances = {
        "foyer_pad": {"subjects": ["ADA@example.org", "ada", "bob"], "message": "", "listed": True, "counts": {}},
        "foyer_notes": {"subjects": [], "message": "", "listed": False, "counts": {}},
    }
    keys = [{"user": "debian", "comment": "ada@desk", "fingerprint": "SHA256:a"}]
    users = [{"name": "bob", "full_name": "", "groups": [], "closed": False}]
    there = Ways(instances, users, keys, [Person("age1", "Ada", False, False)], [])
    found = find(bundle_of(tmp_path), small_catalog(), ["ada@example.org"], there)
    assert found.accounts == {"foyer_pad": ["ADA@example.org"]} and found.possible == {"foyer_pad": ["ada"]}
    assert not found.keys and not found.recipients
    found = find(bundle_of(tmp_path), small_catalog(), ["ada@example.org", "ada"], there)
    assert found.accounts == {"foyer_pad": ["ADA@example.org", "ada"]} and not found.possible
    assert found.keys == keys and found.recipients == [0] and not found.users


def test_commands_rotate_what_a_recipient_could_read() -> None:
    rotate = [{"instance": "foyer_pad", "name": "admin_password"}]
    assert commands({"recipients": ["Ada"], "rotate": rotate}) == ['provisioner secrets rotate --seen-by "Ada"']
    assert commands({"recipients": [], "rotate": rotate}) == ["provisioner secrets rotate pad admin_password"]


def test_a_piece_that_is_no_tar_is_told(safe: Path) -> None:
    path, noted = sealed(safe)
    recipient = pyrage.x25519.Identity.from_str((safe / "identity.txt").read_text().strip()).to_public()
    path.write_bytes(pyrage.encrypt(b"nonsense", [recipient]))
    with (
        pytest.raises(ProvisionerError, match="opened"),
        unsealed(bundle_of(safe), path, noted.model_copy(update={"sha256": digest_of(path)})),
    ):
        pass
    assert breach_evidence.TOP
