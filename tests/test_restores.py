"""What backups and restores decide without Docker: names, versions, choices, dumps, ledger, exchange of folders."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from provisioner.host import (
    checks,
    docker,
    dumps,
    erasures,
    generations,
    layout,
    rename,
    restic,
    sandbox,
    switch,
    versions,
)
from provisioner.host.record import NoSnapshot, choose
from provisioner.load import load_yaml

CASES = Path(__file__).parent / "cases" / "restores"


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the host program's folders, somewhere else."""
    monkeypatch.setenv("PROVISIONER_ROOT", str(tmp_path / "srv"))
    monkeypatch.setenv("PROVISIONER_STATE", str(tmp_path / "var"))
    return tmp_path


def cases(name: str) -> dict[str, Any]:
    """Return the cases of a file by name."""
    return dict(load_yaml(CASES / f"{name}.yaml").data)


@pytest.mark.parametrize("name", cases("rename"))
def test_restored_instance_gets_its_new_identity(name: str) -> None:
    case = cases("rename")[name]
    old, new = (rename.Identity(**case[which]) for which in ("old", "new"))
    assert rename.renamed(case["files"], old, new) == case["gives"]


@pytest.mark.parametrize("name", cases("versions"))
def test_older_server_never_reads_a_newer_dump(name: str) -> None:
    case = cases("versions")[name]
    assert bool(versions.older(case["recorded"], case["present"])) is case["refused"]


@pytest.mark.parametrize("name", cases("choose"))
def test_snapshot_is_the_one_that_was_asked_for(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    import time

    time.tzset()
    case = cases("choose")[name]
    entries = [{"instance": i, "snapshot": s, "time": t} for i, s, t in case["entries"]]
    if "refused" in case:
        with pytest.raises(NoSnapshot, match=case["refused"]):
            choose(entries, "asso_wiki", case["wanted"])
    else:
        assert choose(entries, "asso_wiki", case["wanted"])["snapshot"] == case["gives"]


@pytest.mark.parametrize(
    ("text", "mark", "wrong"),
    [
        ("CREATE TABLE a;\n-- Dump completed on 2026-11-22\n", "-- Dump completed", ""),
        ("", "-- Dump completed", "empty"),
        ("CREATE TABLE a;\n", "-- Dump completed", "cut short"),
        ("INSERT 'somebody wrote -- Dump completed';\n", "-- Dump completed", "cut short"),
        ("-- Dump completed\n" + "x" * 5000, "-- Dump completed", "cut short"),
        ("anything", "", ""),
    ],
)
def test_dump_counts_only_when_it_is_whole(tmp_path: Path, text: str, mark: str, wrong: str) -> None:
    path = tmp_path / "dump"
    path.write_text(text)
    if wrong:
        with pytest.raises(dumps.BadDump, match=wrong):
            dumps.judge("db", path, mark)
    else:
        assert dumps.judge("db", path, mark)["bytes"] == len(text)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("ERROR 1064 (42000) at line 12: error near 'Ada Lovelace'", "ERROR 1064 (42000) at line 12"),
        ("psql:<stdin>:7: ERROR:  42601", "psql:<stdin>:7: ERROR:  42601"),
        ("INSERT INTO members VALUES ('Ada')", ""),
    ],
)
def test_what_a_database_says_is_told_without_members_data(said: str, told: str) -> None:
    assert dumps.cause(said) == (f": {told}" if told else "")


def test_erased_people_are_erased_again_and_nobody_else(state: Path) -> None:
    erasures.add("asso", "salt", "wiki", ["Ada@example.org ", "bob"])
    asked: list[list[str]] = []

    def execute(container: str, command: list[str]) -> str:
        asked.append([container, *command])
        return "ada@EXAMPLE.org\ncarol\n\n" if command == ["list"] else ""

    recipe = {"subjects": {"in": "app", "run": ["list"]}, "erase": [{"in": "app", "run": ["erase", "{subject}"]}]}
    assert erasures.replay("asso", "salt", "wiki", 0, recipe, execute) == 1
    assert asked == [["app", "list"], ["app", "erase", "ada@EXAMPLE.org"]]
    assert erasures.replay("asso", "other salt", "wiki", 0, recipe, execute) == 0
    assert erasures.replay("asso", "salt", "pad", 0, recipe, execute) == 0
    later = max(each["time"] for each in erasures.read("asso")) + 1
    assert erasures.replay("asso", "salt", "wiki", later, recipe, execute) == 0, "the name was given anew since"


def test_ledger_holds_no_name_and_loses_no_entry(state: Path) -> None:
    erasures.add("asso", "salt", "wiki", ["ada"])
    path = erasures.folder("asso") / erasures.FILE
    assert "ada" not in path.read_text() and path.stat().st_mode & 0o777 == 0o600
    entry = {"time": 5, "service": "pad", "subject": "f" * 64}
    erasures.merge("asso", [entry, entry])
    with path.open("a") as stream:
        stream.write('{"time": 6, "serv')  # a power cut
    assert [each["service"] for each in erasures.read("asso")] == ["pad", "wiki"]


def test_failing_erasure_stops_the_restore(state: Path) -> None:
    erasures.add("asso", "salt", "wiki", ["ada"])

    def execute(_container: str, command: list[str]) -> str:
        if command == ["list"]:
            return "ada"
        raise OSError("no database")

    recipe = {"subjects": {"in": "app", "run": ["list"]}, "erase": [{"in": "app", "run": ["erase", "{subject}"]}]}
    with pytest.raises(OSError, match="no database"):
        erasures.replay("asso", "salt", "wiki", 0, recipe, execute)


def test_folders_are_exchanged_in_one_step(tmp_path: Path) -> None:
    for name in ("live", "restored"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "which").write_text(name)
    switch.exchange(tmp_path / "live", tmp_path / "restored")
    assert (tmp_path / "live" / "which").read_text() == "restored"
    assert (tmp_path / "restored" / "which").read_text() == "live"
    with pytest.raises(OSError, match=os.strerror(2)):
        switch.exchange(tmp_path / "live", tmp_path / "nowhere")
    assert (tmp_path / "live" / "which").read_text() == "restored"


def test_generation_of_volumes_is_what_the_file_says(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    generations.ensure(tmp_path)
    path = tmp_path / "compose.volumes.yaml"
    assert generations.generation_of(tmp_path) == "" and load_yaml(path).data == {"volumes": {}}
    path.write_text(generations.text({"db": "asso_wiki_db.g1a2b3", "data": "asso_wiki_data.g1a2b3"}))
    assert generations.generation_of(tmp_path) == "g1a2b3"
    assert load_yaml(path).data["volumes"]["db"] == {"name": "asso_wiki_db.g1a2b3"}
    before = path.read_text()
    generations.ensure(tmp_path)
    assert path.read_text() == before, "a generation in use is never forgotten"


def test_what_stays_is_counted_so_that_a_wrong_clock_loses_nothing() -> None:
    words = checks.keep({"hourly": 0, "daily": 7, "weekly": 4, "monthly": 0, "within": "90d"})
    assert words[-6:] == ["--keep-last", "2", "--keep-daily", "7", "--keep-weekly", "4"]
    assert not any("within" in word for word in words) and words[2:4] == ["--group-by", "host"]


def test_sandbox_has_no_way_out_no_port_and_its_own_volumes(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = {
        "services": {"app": {"image": "a"}, "db": {"image": "b"}},
        "networks": {"front": {}, "back": {"internal": True}},
        "volumes": {"data": {}},
    }
    monkeypatch.setattr(generations, "configuration", lambda _folder, _env=None: real)
    box = sandbox.Sandbox("asso_wiki", "asso", "g1", {"data": "asso_wiki_data.g1"}, {})
    sandbox.write_override(box)
    text = (box.base / "sandbox.yaml").read_text()
    found = yaml.safe_load(text.replace("!reset ", ""))
    assert text.count("ports: !reset []") == 2
    assert all(each == {"ports": [], "restart": "no"} for each in found["services"].values())
    assert {name: each["internal"] for name, each in found["networks"].items()} == {"front": True, "back": True}
    assert all(each["name"].startswith("asso_wiki-sandbox_") for each in found["networks"].values())
    assert found["volumes"] == {"data": {"external": True}}
    assert box.env["COMPOSE_PROJECT_NAME"] == "asso_wiki-sandbox" and box.env["COMPOSE_FILE"].endswith("sandbox.yaml")


def test_repository_in_use_is_waited_for(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def once(_destination: Any, arguments: tuple[str, ...], *_more: Any) -> str:
        calls.append(arguments[0])
        if arguments[0] == "restore" and calls.count("restore") < 3:
            raise restic.Trouble("locked", "repository is already locked exclusively")
        return "done"

    monkeypatch.setattr(restic, "_once", once)
    monkeypatch.setattr(restic, "LOCK_REST", 0)
    where = restic.Destination("asso", {"name": "disk", "url": "/nowhere"}, state)
    assert restic.run(where, "restore", "latest") == "done"
    assert calls == ["restore", "unlock", "restore", "unlock", "restore"]
    monkeypatch.setattr(restic, "LOCK_PATIENCE", -1)
    calls.clear()
    with pytest.raises(restic.Trouble, match="locked"):
        restic.run(where, "restore", "latest")


@pytest.mark.parametrize(
    ("port", "pinned"), [(22, "copies.example.org ssh-ed25519 AAAA"), (23, "[copies.example.org]:23 ssh-ed25519 AAAA")]
)
def test_ssh_goes_to_the_right_port_and_pins_its_key(state: Path, port: int, pinned: str) -> None:
    about = {"name": "away", "url": "sftp:asso@copies.example.org:/asso", "host_key": "ssh-ed25519 AAAA", "port": port}
    layout.write(state / "secrets" / "ssh_away", "key")
    line = restic.command(restic.Destination("asso", about, state / "secrets"), "snapshots")
    words = line[line.index("--option") + 1]
    assert f" -p {port} asso@copies.example.org -s sftp" in words and "StrictHostKeyChecking=yes" in words
    known = layout.state_root() / "access" / "asso.away.known_hosts"
    assert known.read_text() == pinned + "\n" and str(known) in words


def test_a_program_that_says_much_on_the_side_is_read_to_its_end_and_told() -> None:
    line = ["sh", "-c", "head -c 300000 /dev/zero | tr '\\0' x >&2; echo last >&2; echo dump; exit ${1}", "sh"]
    with docker.stream([*line, "0"]) as stream:
        assert stream.read() == b"dump\n"
    with pytest.raises(docker.Failed) as failed, docker.stream([*line, "3"]) as stream:
        assert stream.read() == b"dump\n"
    assert failed.value.code == 3 and failed.value.output.endswith("last")
    with pytest.raises(docker.Failed), docker.stream(["sleep", "60"], timeout=0.2) as stream:
        assert stream.read() == b""
