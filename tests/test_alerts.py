"""What is wrong with backups, who is told and when; and letters really sent, by a mail relay and by Apprise itself."""

import base64
import copy
import sys
from collections.abc import Iterator
from email import message_from_string
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sinks import Relay, Web, serving
from test_due import CONFIG, DISK, NOW, OFFSITE

from provisioner.host import alerts, channels, docker, health, sentences
from provisioner.host.clock import DAY, HOUR
from provisioner.host.due import note_check

NAMES = ["foyer_pad"]
PASSWORD = "p@ss/w:rd?ü"
COPY = {"good": {"time": NOW - HOUR, "snapshot": "s1", "bytes": 900, "bytes_before": 1000}}
WELL: dict[str, Any] = {
    "instances": {"foyer_pad": {where: copy.deepcopy(COPY) for where in ("disk", "offsite")}}, "clock": NOW - 600,
    "destinations": {
        where: {
            "structure": note_check({}, NOW - HOUR), "pruned": {"time": NOW - DAY, "ok": True},
            "rounds": {"times": {str(number): NOW - number * DAY for number in range(1, 31)}},
        }
        for where in ("disk", "offsite")
    },
    "drills": {"foyer_pad": {"time": NOW - 9 * DAY, "ok": True, "rto_seconds": 40, "rpo_seconds": 3600}},
    "seen": {"instances": {"foyer_pad": NOW - 300 * DAY}, "destinations": dict.fromkeys(("disk", "offsite"), 1.0)},
}  # fmt: skip
PAD, SPACE = ("instances", "foyer_pad", "offsite"), "write: No space left on device"
# What is wrong with the well state, as changes at a path in it -> the keys of the conditions.
WRONG: list[tuple[str, tuple[str, ...], Any, list[str]]] = [
    ("well", ("clock",), NOW - 600, []),
    ("late", (*PAD, "good", "time"), NOW - 37 * HOUR, ["backup_late:foyer_pad:offsite"]),
    ("never", PAD, {}, ["backup_late:foyer_pad:offsite"]),
    ("never, but new", ("seen", "instances", "foyer_pad"), NOW - HOUR, []),
    ("failed", (*PAD, "failed"), {"time": NOW, "message": "dump ended badly"}, ["backup_failed:foyer_pad:offsite"]),
    ("full", (*PAD, "failed"), {"time": NOW, "message": SPACE}, ["repository_full:foyer_pad:offsite"]),
    ("shrunk", (*PAD, "good", "bytes"), 499, ["shrunk:foyer_pad:offsite"]),
    ("half", (*PAD, "good", "bytes"), 500, []),
    ("check failed", ("destinations", "disk", "structure", "ok"), False, ["check_failed::disk"]),
    ("round failed", ("destinations", "disk", "rounds", "failed"), {"7": {"time": NOW - 5, "message": "pack"}},
     ["check_failed::disk"]),
    ("not checked", ("destinations", "disk", "structure"), {"time": NOW, "ok": False, "code": "unreachable"},
     ["check_not_done::disk"]),
    ("check late", ("destinations", "disk", "structure", "time"), NOW - 3.1 * DAY, ["check_late::disk"]),
    ("unread", ("destinations", "disk", "rounds", "times", "30"), NOW - 36 * DAY, ["packs_unread::disk"]),
    ("never read", ("destinations", "disk", "rounds"), {}, ["packs_unread::disk"]),
    ("tidying", ("destinations", "disk", "pruned"), {"time": NOW, "ok": False, "message": "x"}, ["prune_failed::disk"]),
    ("no record", ("destinations", "disk", "record_failed"), "no answer", ["record_failed::disk"]),
    ("drill failed", ("drills", "foyer_pad", "ok"), False, ["drill_failed:foyer_pad:"]),
    ("drill late", ("drills", "foyer_pad", "time"), NOW - 46 * DAY, ["drill_late:foyer_pad:"]),
    ("never drilled", ("drills",), {}, ["drill_late:foyer_pad:"]),
    ("clock", ("clock",), NOW + HOUR, ["clock_jumped::"]),
    ("clock was wrong", ("doubt",), NOW - HOUR, ["clock_jumped::"]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "keys"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_conditions(path: tuple[str, ...], value: Any, keys: list[str]) -> None:
    state = copy.deepcopy(WELL)
    if path[0] == "seen":
        state["instances"], state["drills"] = {}, {}
    place = state
    for word in path[:-1]:
        place = place[word]
    place[path[-1]] = value
    assert [each["key"] for each in health.conditions(CONFIG, state, NOW, NAMES)] == keys


def test_conditions_of_the_configuration() -> None:
    found = health.conditions({**CONFIG, "destinations": [DISK]}, WELL, NOW, NAMES)
    assert [each["key"] for each in found] == ["one_destination::disk", "no_destination_offsite::"]
    assert health.conditions({**CONFIG, "destinations": [OFFSITE, DISK], "drill_days": 0}, WELL, NOW, NAMES) == []


def test_summary_tells_ages_and_never() -> None:
    state = copy.deepcopy(WELL) | {"outbox": [{}]}
    state["instances"]["foyer_pad"]["offsite"] = {"failed": {"time": NOW, "message": "no answer"}}
    found = health.summary(CONFIG, state, NOW, [*NAMES, "foyer_wiki"])
    pad = found["instances"]["foyer_pad"]
    assert pad["destinations"]["disk"] == {"good_hours": 1.0, "snapshot": "s1", "failed": ""}
    assert pad["destinations"]["offsite"] == {"good_hours": None, "snapshot": "", "failed": "no answer"}
    assert pad["drill"] == {"hours": 216.0, "ok": True, "rto_seconds": 40, "rpo_seconds": 3600}
    assert found["instances"]["foyer_wiki"]["drill"] == {"hours": None}
    assert found["destinations"]["disk"]["check_hours"] == 1.0 and found["destinations"]["disk"]["rounds_read"] == 30
    assert found["destinations"]["disk"]["oldest_read_hours"] == 720.0 and found["unsent"] == 1
    assert "backup_failed:foyer_pad:offsite" in {each["key"] for each in found["conditions"]}


def condition(code: str = "backup_late", **more: Any) -> dict[str, Any]:
    about = {"code": code, "instance": "foyer_pad", "destination": "offsite", "age_hours": 40.0, "message": ""}
    return {"key": f"{code}:foyer_pad:offsite", **about, **more}


def test_each_condition_is_told_when_new_again_each_day_and_when_over() -> None:
    late, told, events = condition(), {}, []
    for tick in range(6 * 50):
        now = NOW + tick * 600
        tell, told = alerts.decide([late] if tick < 6 * 49 else [], told, now)
        events += [(tick / 6, item["event"], item["since"]) for item in tell]
    assert [event for _hour, event, _since in events] == ["new", "again", "again", "over"]
    assert [round(hour) for hour, _event, _since in events] == [0, 24, 48, 49]
    assert {since for _hour, _event, since in events} == {NOW} and told == {}


def test_advice_is_not_repeated_each_day_and_a_wrong_clock_silences_nothing() -> None:
    advice = condition("one_destination")
    _tell, told = alerts.decide([advice], {}, NOW)
    assert alerts.decide([advice], told, NOW + 20 * DAY)[0] == []
    assert [item["event"] for item in alerts.decide([advice], told, NOW + 30 * DAY)[0]] == ["again"]
    _tell, told = alerts.decide([condition()], {}, NOW + 4000 * DAY)
    [again], told = alerts.decide([condition()], told, NOW)
    assert (again["event"], again["since"]) == ("again", NOW)


def test_every_condition_has_its_sentences_in_both_languages() -> None:
    source = Path(health.__file__).read_text("utf-8")
    assert sentences.SENTENCES.keys() == {word for word in sentences.SENTENCES if f'"{word}"' in source}
    for _name, _path, _value, keys in WRONG:
        assert all(key.partition(":")[0] in sentences.SENTENCES for key in keys)
    for code in sentences.SENTENCES:
        for hours in (None, 30.0, 500.0):
            item = condition(code, event="again", since=NOW, age_hours=hours, message="disk\n full")
            texts = [sentences.letter(language, "Foyer", [item]) for language in sentences.LANGUAGES]
            (subject, text), (sujet, texte) = texts
            assert subject != sujet and text != texte and "{" not in subject + text + sujet + texte
            assert "Message: disk full" in text and "Message : disk full" in texte and "provisioner status" in texte
    assert all(set(texts) == set(sentences.LANGUAGES) for texts in sentences.SENTENCES.values())
    assert sentences.WORDS["en"].keys() == sentences.WORDS["fr"].keys()


def test_a_letter_tells_all_at_once() -> None:
    now = [condition(event="new", since=NOW), condition("drill_failed", event="over", since=NOW)]
    subject, text = sentences.letter("fr", "Foyer rural", now)
    assert subject == "[Foyer rural] Sauvegarde en retard : foyer_pad, offsite, et 1 de plus"
    assert "il y a 40 h" in text and "Terminé : Restauration d'essai échouée : foyer_pad" in text


@pytest.fixture
def relay() -> Iterator[Relay]:
    with serving(Relay()) as server:
        yield server


@pytest.fixture
def web() -> Iterator[Web]:
    with serving(Web()) as server:
        yield server


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(docker.ENVIRONMENT, "PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    (tmp_path / channels.MAIL_PASSWORD).write_text(PASSWORD)
    return tmp_path


def config_for(relay: Relay) -> dict[str, Any]:
    mail = {"host": "127.0.0.1", "port": relay.port, "security": "none", "user": "foyer@example.org"}
    return {**CONFIG, "language": "fr", "mail": {**mail, "sender": "foyer@example.org", "to": ["marie@example.org"]}}


def test_mail_arrives_and_says_that_a_program_wrote_it(relay: Relay, secrets: Path) -> None:
    noted = alerts.tell(config_for(relay), secrets, {}, [condition()], NOW)
    assert noted["outbox"] == [] and list(noted["alerted"]) == ["backup_late:foyer_pad:offsite"]
    [(login, recipients, text)] = relay.letters
    assert base64.b64decode(login).decode() == f"\0foyer@example.org\0{PASSWORD}"
    message = message_from_string(text, policy=default)
    assert recipients == ["marie@example.org"] and message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == "[Foyer rural] Sauvegarde en retard : foyer_pad, offsite"
    assert "Dernière bonne sauvegarde de foyer_pad" in message.get_content()
    again = alerts.tell(config_for(relay), secrets, noted, [condition()], NOW + 600)
    assert again == noted and len(relay.letters) == 1


def test_a_relay_whose_certificate_is_wrong_or_that_refuses_gets_another_try(relay: Relay, secrets: Path) -> None:
    config = config_for(relay)
    config["mail"]["security"] = "tls"
    noted = alerts.tell(config, secrets, {}, [condition()], NOW)
    [left] = noted["outbox"]
    assert "mail" in left["left"] and relay.letters == [] and PASSWORD not in str(noted)
    relay.refuses = {"marie@example.org"}
    noted = alerts.tell(config_for(relay), secrets, noted, [condition()], NOW + 600)
    assert noted["outbox"][0]["left"] == {"mail": "the mail relay took none of the addresses"}
    relay.refuses = set()
    assert alerts.tell(config_for(relay), secrets, noted, [condition()], NOW + 1200)["outbox"] == []
    assert len(relay.letters) == 1
    assert alerts.tell(config_for(relay), secrets, noted, [condition()], NOW + 9 * DAY)["outbox"] == [], "old news"


def test_ntfy_matrix_and_a_webhook_by_apprise_itself(web: Web, relay: Relay, secrets: Path) -> None:
    """What one channel does not take is sent again by that channel alone."""
    urls = [f"ntfy://127.0.0.1:{web.port}/s3cretTopic", f"json://127.0.0.1:{web.port}/hook/s3cretHook"]
    urls.append(f"matrix://alerts:{'s3cretWord'}@127.0.0.1:{web.port}/!room:sink")
    (secrets / channels.ALERT_URLS).write_text("\n".join(urls))
    web.down = {"hook"}
    noted = alerts.tell(config_for(relay), secrets, {}, [condition()], NOW)
    assert noted["outbox"][0]["left"] == {"json 2": "apprise: exit code 1"} and "s3cret" not in str(noted)
    bodies = {path: text for _method, path, _headers, text in web.calls}
    ntfy = next(text for text in bodies.values() if "s3cretTopic" in text)
    assert "Sauvegarde en retard" in ntfy and "provisioner backup run" in ntfy
    assert any("/rooms/" in path and "/send/m.room.message" in path and "en retard" in bodies[path] for path in bodies)
    before, web.down = len(web.calls), set()
    assert alerts.tell(config_for(relay), secrets, noted, [condition()], NOW + 600)["outbox"] == []
    assert [path for _method, path, _headers, _text in web.calls[before:]] == ["/hook/s3cretHook"]
    assert len(relay.letters) == 1 and not list(Path("/run").glob("provisioner-alert-*"))


def test_no_secret_is_in_the_command_line(web: Web, secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (secrets / channels.ALERT_URLS).write_text(f"ntfy://127.0.0.1:{web.port}/s3cretTopic")
    seen: list[Any] = []

    def run(command: list[str], stdin: str = "", env: dict[str, str] | None = None, **_more: Any) -> str:
        file = Path(command[command.index("--config") + 1])
        seen.append((command, env, oct(file.stat().st_mode & 0o777), oct(file.parent.stat().st_mode & 0o777), stdin))
        return ""

    monkeypatch.setattr(docker, "run", run)
    assert alerts.send(CONFIG, secrets, "A test", "Hello\n") == {"ntfy 1": ""}
    [(command, env, mode, folder, stdin)] = seen
    assert "s3cret" not in " ".join(command) + str(env) and (mode, folder, stdin) == ("0o600", "0o700", "Hello\n")


def test_without_any_channel_nothing_waits(secrets: Path) -> None:
    noted = alerts.tell({**CONFIG}, secrets, {}, [condition()], NOW)
    assert noted["outbox"] == [] and noted["alerted"]
