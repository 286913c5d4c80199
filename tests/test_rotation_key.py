"""New keys of backup destinations, cut off at any moment: in the end the old key opens the repository no more."""

import json
from pathlib import Path
from typing import Any

import pytest

from provisioner.host import act, layout, restic, rotate_key
from provisioner.host.progress import Progress

REQUEST = {"association": "asso", "destination": "away", "kind": "key", "value": "new", "before": "old"}


class Killed(BaseException):
    """The power went."""


class Repository:
    """The keys of a repository, as restic tells of them: identifier -> password."""

    def __init__(self) -> None:
        self.keys = {"id-old": "old"}
        self.calls = self.cut = 0
        self.away = False

    def reach(self, destination: restic.Destination) -> None:
        """Open it."""
        self.count()
        if self.away:
            raise restic.Trouble("unreachable", "no route")
        if destination.secret("key") not in self.keys.values():
            raise restic.Trouble("wrong_key", "no key")

    def count(self) -> None:
        """Count a moment at which the power may go."""
        self.calls += 1
        if self.calls == self.cut:
            raise Killed

    def run(self, destination: restic.Destination, *words: str, **_more: Any) -> str:
        """Do what restic does with keys."""
        self.reach(destination)
        mine = next(name for name, value in self.keys.items() if value == destination.secret("key"))
        if words[:2] == ("key", "add"):
            value = Path(words[words.index("--new-password-file") + 1]).read_text()
            self.keys[f"id-{value}"] = value
        elif words[:2] == ("key", "remove"):
            assert words[2] != mine, "restic refuses to take away the key it came by"
            if words[2] not in self.keys:
                raise restic.Trouble("failed", "no matching ID found")
            self.keys.pop(words[2])
        self.count()
        return json.dumps([{"id": name, "current": name == mine} for name in self.keys])


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Give a destination, its settings, and a place for secrets in memory."""
    monkeypatch.setenv("PROVISIONER_ROOT", str(tmp_path / "srv"))
    monkeypatch.setenv("PROVISIONER_STATE", str(tmp_path / "var"))
    monkeypatch.setattr(rotate_key, "SECRETS_BELOW", str(tmp_path / "shm"))
    monkeypatch.setattr(rotate_key, "forget_secrets", lambda: None)
    monkeypatch.setattr(act, "settled_of", lambda _name: "settled")
    found, write = Repository(), layout.write

    def written(path: Path, content: str | bytes, mode: int = 0o644) -> None:
        found.count()
        write(path, content, mode)
        found.count()

    monkeypatch.setattr(layout, "write", written)
    monkeypatch.setattr(restic, "run", found.run)
    monkeypatch.setattr(restic, "reach", found.reach)
    folder = layout.instance_dir("asso_backup")
    layout.write_json(folder / "backup.json", {"destinations": [{"name": "away", "url": "sftp:x"}]})
    layout.write(folder / "secrets" / "key_away", "old")
    return found


def key_on_host() -> str:
    return (layout.instance_dir("asso_backup") / "secrets" / "key_away").read_text()


def test_key_killed_at_any_moment_leaves_no_old_key_once_the_new_one_is_in_use(repository: Repository) -> None:
    kills = 0
    for cut in range(1, 100):
        repository.keys, repository.calls, repository.cut = {"id-old": "old"}, 0, cut
        try:
            rotate_key.rotate(REQUEST, Progress("test"))
        except Killed:
            kills += 1
        else:
            break
        repository.cut = 0
        rotate_key.finish_all()
        assert key_on_host() in repository.keys.values()
        if key_on_host() == "new":  # the controller settles that by itself, and never asks for this rotation again
            assert repository.keys == {"id-new": "new"}
        assert not rotate_key._leaving("asso")
        layout.write(layout.instance_dir("asso_backup") / "secrets" / "key_away", "old")
    assert kills > 15 and repository.keys == {"id-new": "new"}


def test_key_of_a_repository_out_of_reach_is_taken_away_later(repository: Repository) -> None:
    repository.keys["id-new"] = "new"
    layout.write(layout.instance_dir("asso_backup") / "secrets" / "key_away", "new")
    layout.update_state("asso_backup", leaving={"away": "id-old", "gone": "id-x"})
    repository.away = True
    rotate_key.finish_all()
    assert rotate_key._leaving("asso") == {"away": "id-old"}
    repository.away = False
    rotate_key.finish_all()
    assert repository.keys == {"id-new": "new"} and not rotate_key._leaving("asso")


def test_key_of_the_past_is_known_though_the_rotation_was_cut_off_before_that_was_noted(
    repository: Repository,
) -> None:
    repository.keys["id-new"] = "new"
    layout.write(layout.instance_dir("asso_backup") / "secrets" / "key_away", "new")
    for _time in range(2):
        rotate_key.rotate({**REQUEST, "before": "old"}, Progress("test"))
    former = layout.read_json(layout.state_path("asso_backup"), {})["former"]
    assert former == {"key_away": [layout.digest("old")]}
