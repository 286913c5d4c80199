"""What restic says, as data: cases/restic/*.yaml were printed by both Debians' restic; and what is told it."""

import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from provisioner import prune_here
from provisioner.commands import restic as restic_here
from provisioner.errors import InputError
from provisioner.host import checks, docker, layout, record, restic, restore
from provisioner.host.restic import Destination, Trouble, command, environment, explain, summary
from provisioner.host.sandbox import NotGood

FILES = sorted((Path(__file__).parent / "cases" / "restic").glob("*.yaml"))
CASES = [(path.stem, case) for path in FILES for case in yaml.safe_load(path.read_text("utf-8"))]
WORDS = {"wrong_key", "no_repository", "locked", "full", "unreachable", "damaged", "failed"}


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVISIONER_ROOT", str(tmp_path / "root"))
    monkeypatch.setenv("PROVISIONER_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(restic, "LOCK_PATIENCE", -1)


def make(tmp_path: Path, url: str, name: str = "there", **secrets: str) -> Destination:
    """Return a destination with its secrets."""
    for kind, value in {"key": "k", **secrets}.items():
        layout.write(tmp_path / "secrets" / f"{kind}_{name}", value)
    about = {"name": name, "url": url, "host_key": "ssh-ed25519 AAAA", "upload_kib": 0, "certificate": ""}
    return Destination("asso", about, tmp_path / "secrets")


@pytest.mark.parametrize(("debian", "case"), CASES, ids=[f"{debian}: {case['name']}" for debian, case in CASES])
def test_what_restic_said_is_understood(debian: str, case: dict[str, Any]) -> None:
    code, text = explain(case["code"], case["output"])
    assert code == case["is"]
    assert text and not text.startswith("{") and "\tgithub.com" not in text


def test_the_cases_hold_every_word_of_both_versions() -> None:
    for debian in ("debian12", "debian13"):
        assert {case["is"] for where, case in CASES if where == debian} == WORDS


@pytest.mark.parametrize(("debian", "case"), CASES, ids=[f"{debian}: {case['name']}" for debian, case in CASES])
def test_a_second_repository_is_made_only_where_there_is_none(
    debian: str, case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_words: Any, **_more: Any) -> str:
        raise docker.Failed("restic: exit code", case["output"], case["code"])

    monkeypatch.setattr(docker, "run", fail)
    where = make(tmp_path, "/mnt/copies")
    if case["is"] == "no_repository":
        assert not restic.exists(where)
    else:
        with pytest.raises(Trouble) as caught:
            restic.exists(where)
        assert caught.value.code == case["is"]


def test_a_program_that_never_ends_is_an_unreachable_server_with_its_last_words() -> None:
    with pytest.raises(docker.Failed) as caught:
        docker.run(
            ["sh", "-c", "echo 'Stat(<config/>) returned error, retrying after 1s: who knows' >&2; sleep 9"], timeout=1
        )
    failed = caught.value
    assert explain(failed.code, failed.output, str(failed)) == ("unreachable", "who knows")


def test_logins_and_keys_are_never_arguments(tmp_path: Path) -> None:
    rest = make(tmp_path, "rest:https://copies.example.org/asso", "rest", user="me", password="pa$$ w/ord", key="KEY")
    s3 = make(tmp_path, "s3:https://s3.example.org/asso", "s3", user="ACCESS", password="SECRET", key="KEY")
    sftp = make(tmp_path, "sftp:me@copies.example.org:/asso", "sftp", ssh="PRIVATE", key="KEY")
    for where, source in ((rest, None), (s3, rest), (sftp, s3)):
        line = " ".join(command(where, "backup", "/x", source=source))
        assert not any(word in line for word in ("pa$$", "w/ord", "pa%24", "SECRET", "ACCESS", "PRIVATE", "KEY"))
    assert environment(rest)["RESTIC_REPOSITORY"] == "rest:https://me:pa%24%24%20w%2Ford@copies.example.org/asso"
    both = environment(sftp, s3)
    assert both["RESTIC_FROM_REPOSITORY"] == "s3:https://s3.example.org/asso"
    assert both["AWS_SECRET_ACCESS_KEY"] == "SECRET"
    assert "SECRET" not in json.dumps(environment(sftp))


def test_sftp_trusts_the_pinned_key_alone(tmp_path: Path) -> None:
    line = " ".join(command(make(tmp_path, "sftp:me@copies.example.org:/asso", ssh="PRIVATE"), "snapshots"))
    assert "StrictHostKeyChecking=yes" in line and "BatchMode=yes" in line and "IdentitiesOnly=yes" in line
    known = layout.state_root() / "access" / "asso.there.known_hosts"
    assert known.read_text() == "copies.example.org ssh-ed25519 AAAA\n"
    assert (known.parent / "asso.there.ssh").stat().st_mode & 0o777 == 0o600


def test_a_summary_without_a_snapshot_is_a_failure() -> None:
    rows = [{"message_type": "status"}, {"message_type": "summary", "snapshot_id": "ab", "total_files_processed": 2,
            "total_bytes_processed": 3, "data_added": 1}]  # fmt: skip
    text = "\n".join(json.dumps(row) for row in rows)
    assert summary(text) == {"snapshot": "ab", "bytes": 3, "files": 2, "added": 1}
    for bad in ("", json.dumps(rows[0]), text.replace('"ab"', '""')):
        with pytest.raises(Trouble):
            summary(bad)


@pytest.mark.parametrize(
    ("text", "days"), [("90d", 90), ("1y", 365), ("2m", 56), ("1y2m3d", 424), ("36h", 1.5), ("", 0)]
)
def test_ages_as_restic_says_them(text: str, days: float) -> None:
    assert checks.age(text) == days * 86400


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2026-11-22T14:21:39.123456789+01:00", 1795353699), ("2026-11-22T13:21:39Z", 1795353699)],
)
def test_times_as_restic_says_them(text: str, seconds: int) -> None:
    assert record.moment_of(text) == seconds


class Repository:
    """A repository as `restic snapshots` and `restic dump` show it, without restic."""

    def __init__(self) -> None:
        self.snapshots: list[dict[str, Any]] = []
        self.dumps: dict[str, str] = {}
        self.read: list[str] = []

    def add(self, name: str, host: str, when: int, dump: Any = None, tags: tuple[str, ...] = ("provisioner",)) -> None:
        """Add a snapshot; `dump`: what its record or manifest says."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when))
        self.snapshots.append({"id": name, "hostname": host, "time": stamp, "tags": list(tags)})
        self.dumps[name] = dump if isinstance(dump, str) else json.dumps(dump)

    def run(self, _where: Destination, *words: str, **_more: Any) -> str:
        """Answer as restic would."""
        if words[0] == "snapshots":
            return json.dumps(self.snapshots)
        if words[0] == "dump":
            self.read.append(words[1])
            if not self.dumps[words[1]]:
                raise Trouble("failed", "cannot dump file")
            return self.dumps[words[1]]
        return ""


def entry(name: str, when: int, instance: str = "asso_pad", **more: Any) -> dict[str, Any]:
    """Return an entry of a record."""
    return {"snapshot": name, "instance": instance, "time": when, **more}


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Return a repository with two good snapshots, one that is not good, and their records."""
    found = Repository()
    monkeypatch.setattr(restic, "run", found.run)
    found.add("s1", "asso_pad", 100)
    found.add("r1", "asso_backup", 110, [entry("s1", 100)])
    found.add("s2", "asso_pad", 200)
    found.add("r2", "asso_backup", 210, [entry("s1", 100), entry("s2", 200)])
    return found


def names(tmp_path: Path) -> list[str]:
    """Return the snapshots that count as good."""
    return [each["snapshot"] for each in record.read(make(tmp_path, "/mnt/copies"))]


def test_the_latest_record_is_enough_when_it_names_all(repository: Repository, tmp_path: Path) -> None:
    assert names(tmp_path) == ["s1", "s2"]
    assert repository.read == ["r2"]


@pytest.mark.parametrize("bogus", [
    [], "", "no JSON", {"a": 1}, ["x", 1], [entry("s2", 200)], [entry("s1", 150), entry("s2", 200)],
    [entry("s1", 100, "asso_other"), entry("s2", 200)], [entry("never", 300)],
])  # fmt: skip
def test_a_later_record_that_lies_hides_nothing(repository: Repository, tmp_path: Path, bogus: Any) -> None:
    repository.add("r3", "asso_backup", 310, bogus)
    found = record.read(make(tmp_path, "/mnt/copies"))
    assert [(each["snapshot"], each["time"], each["instance"]) for each in found] == [
        ("s1", 100, "asso_pad"), ("s2", 200, "asso_pad")]  # fmt: skip


def test_what_no_record_names_is_not_good(repository: Repository, tmp_path: Path) -> None:
    repository.add("partly", "asso_pad", 205)
    assert names(tmp_path) == ["s1", "s2"]


def test_records_are_read_once_though_a_bad_snapshot_stays(repository: Repository, tmp_path: Path) -> None:
    repository.add("partly", "asso_pad", 205)
    names(tmp_path), names(tmp_path)
    assert sorted(repository.read) == ["r1", "r2"]


def test_a_server_that_fails_meanwhile_is_told(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.add("s3", "asso_pad", 300)
    repository.add("r3", "asso_backup", 310, "")
    where = make(tmp_path, "/mnt/copies")

    def cut_off(_where: Destination, *words: str, **_more: Any) -> str:
        if words[0] == "dump":
            raise Trouble("unreachable", "connection reset")
        return repository.run(_where, *words)

    monkeypatch.setattr(restic, "run", cut_off)
    with pytest.raises(Trouble, match="unreachable"):
        record.read(where)


def test_good_snapshots_that_went_are_told(repository: Repository, tmp_path: Path) -> None:
    where = make(tmp_path, "/mnt/copies")
    record.add("asso", "there", entry("s1", 100))
    record.add("asso", "there", entry("gone", 150))
    with pytest.raises(Trouble, match="1 good snapshots are gone: asso_pad gone"):
        checks._complete(where, {"within": "90d"})
    # Where a server refuses to delete, an admin prunes by age from another machine.
    where.about["append_only"] = True
    checks._complete(where, {"within": "90d"})
    assert record.gone(where) == []
    record.add("asso", "there", entry("young", int(time.time()) - 86400))
    with pytest.raises(Trouble, match="asso_pad young"):
        checks._complete(where, {"within": "90d"})


def row(host: str, when: float) -> dict[str, Any]:
    """Return a snapshot as restic lists it."""
    return {"hostname": host, "time": time.strftime("%Y-%m-%dT%H:%M:%S.123456789Z", time.gmtime(when))}


NOW = 1_800_000_000.0
DAY = 86400


@pytest.mark.parametrize(("found", "told"), [
    ([row("asso_pad", NOW - 200 * DAY), row("asso_pad", NOW - DAY), row("asso_wiki", NOW)], ""),
    ([], ""),
    ([row("asso_pad", NOW + 2 * DAY), row("asso_pad", NOW - DAY)], "is from the future"),
    ([row("asso_pad", NOW - DAY), row("asso_wiki", NOW - 91 * DAY)], "older than 90d"),
])  # fmt: skip
def test_pruning_by_age_refuses_ages_that_cannot_be_trusted(found: list[dict[str, Any]], told: str) -> None:
    if not told:
        prune_here.refuse(found, "90d", NOW)
        return
    with pytest.raises(InputError, match=told):
        prune_here.refuse(found, "90d", NOW)


def test_pruning_from_here_shows_no_secret() -> None:
    where = prune_here.answers("rest:https://copies.example.org/asso", "KEY", "admin", "pa$$ w/ord")
    assert where["RESTIC_REPOSITORY"] == "rest:https://admin:pa%24%24%20w%2Ford@copies.example.org/asso"
    for dry in (True, False):
        line = restic_here.forget("90d", dry)
        assert ("--prune" in line) is not dry and ("--dry-run" in line) is dry
        assert not any(word in " ".join(line) for word in ("KEY", "admin", "pa$$"))


@pytest.mark.parametrize(("first", "comes_from"), [
    (Trouble("damaged", "a pack"), "second"), (Trouble("unreachable", "nobody"), "second"),
    (NotGood("incomplete", "a dump"), "second"), (NotGood("unreadable", "the marker"), ""), (None, "first"),
])  # fmt: skip
def test_a_restore_goes_on_to_the_next_destination_when_the_data_is_not_whole(
    first: Trouble | NotGood | None, comes_from: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [make(tmp_path, f"/mnt/{name}", name) for name in ("first", "second")]
    monkeypatch.setattr(restore, "_sources", lambda *_: iter([(each, entry("s", 100)) for each in places]))

    def bring(wanted: Any, _leave: bool, _progress: Any) -> tuple[dict[str, Any], str, dict[str, Any]]:
        if wanted.destination.name == "first" and first:
            raise first
        return {}, "", {}

    monkeypatch.setattr(restore, "_brought_back", bring)
    target = {"instance": "asso_pad", "association": "asso", "domain": ""}
    quiet: Any = SimpleNamespace(say=lambda *_words, **_more: None)
    if comes_from:
        assert restore._from_any({"instance": "asso_pad"}, target, None, quiet)[0].name == comes_from
        return
    with pytest.raises(NotGood):
        restore._from_any({"instance": "asso_pad"}, target, None, quiet)
