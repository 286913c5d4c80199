"""Purge on the host with a docker that only notes what it is asked: what is refused, what goes, and a killed one."""

import json
from pathlib import Path
from typing import Any

import pytest
from fake_docker import FakeDocker, install
from test_host_act import apply, desired_of
from test_host_act import host as host  # a fixture

from provisioner.host import docker, layout, purge

NAME = "foyer_pad"


@pytest.fixture
def removed(host: Path, monkeypatch: pytest.MonkeyPatch) -> FakeDocker:
    """The small stack applied, then pad removed, with a volume and a network left."""
    fake = install(monkeypatch, host / "bin")
    desired = desired_of()
    changes, _results = apply(desired)
    ports = {slot: port for change in changes for slot, port in change["ports"].items()}
    layout.write_json(layout.state_root() / "ports.json", ports)
    apply({**desired, "instances": {k: v for k, v in desired["instances"].items() if k != NAME}, "remove": True})
    fake.answers(
        volume__ls={"out": "foyer_pad_data\n"}, network__ls={"out": "foyer_pad_front\n"},
        compose__config={"out": "reg/pad@sha256:1\nreg/db@sha256:2\n"}, image__rm={"code": 1, "err": "in use"},
    )  # fmt: skip
    (fake.folder / "calls").write_text("")
    return fake


def left(name: str) -> list[str]:
    """Return what lies on disk that bears the name of an instance."""
    roots = (layout.root(), layout.state_root())
    return sorted(path.name for root in roots for path in root.rglob(f"*{name}*"))


@pytest.mark.parametrize(
    ("name", "why"), [("foyer_notes", "running"), ("foyer_wiki", "unknown"), (layout.PROXY, "unknown")]
)
def test_purge_refuses_what_was_not_removed(removed: FakeDocker, name: str, why: str) -> None:
    before = left(name)
    for deed in (purge.purge, purge.archive):
        with pytest.raises(purge.Refused, match=why):
            deed(name)
    assert left(name) == before and removed.calls() == []


def test_purge_leaves_nothing_of_the_instance_and_all_of_the_others(removed: FakeDocker) -> None:
    others = left("foyer_notes")
    purge.purge(NAME)
    words = [words for _folder, words in removed.calls()]
    assert "compose down --volumes --remove-orphans" in words
    assert {"volume rm foyer_pad_data", "network rm foyer_pad_front", "image rm reg/db@sha256:2"} <= set(words)
    assert left(NAME) == [] and left("foyer_notes") == others
    assert set(json.loads((layout.state_root() / "ports.json").read_text())) == {"foyer_notes"}


STEPS = ["compose__config", "compose__down", "volume__rm", "network__rm"]


@pytest.mark.parametrize("step", STEPS)
def test_purge_killed_at_any_step_is_finished_by_the_next_run(removed: FakeDocker, step: str) -> None:
    here: dict[str, Any] = {"volume__ls": {"out": "foyer_pad_data\n"}, "network__ls": {"out": "foyer_pad_front\n"}}
    removed.answers(**{step: {"code": 137, "err": "killed"}}, **here)
    with pytest.raises(docker.Failed):
        purge.purge(NAME)
    assert json.loads(layout.state_path(NAME).read_text())["purging"] is True
    removed.answers(**here)
    purge.finish_killed()
    assert left(NAME) == []


def test_purge_killed_after_the_folder_is_gone_is_finished_too(removed: FakeDocker) -> None:
    layout.update_state(NAME, purging=True)
    for path in sorted(layout.instance_dir(NAME).rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    layout.instance_dir(NAME).rmdir()
    purge.finish_killed()
    assert left(NAME) == []


def test_apply_never_builds_on_a_half_purged_instance(removed: FakeDocker) -> None:
    layout.update_state(NAME, purging=True)
    purge.finish_killed()
    changes, results = apply(desired_of())
    [pad] = [change for change in changes if change["instance"] == NAME]
    assert pad["action"] == "create" and "compose.yaml" in pad["files"] and results[NAME]["ok"]


def test_archive_takes_files_volumes_and_state(
    removed: FakeDocker, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "volumes" / "foyer_pad_data" / "_data"
    data.mkdir(parents=True)
    (data / "text").write_text("what a member wrote")
    removed.answers(volume__ls={"out": "foyer_pad_data\n"}, volume__inspect={"out": f"{data}\n"})
    purge.archive(NAME)
    told = capfd.readouterr().out
    assert "what a member wrote" in told and "foyer_pad/compose.yaml" in told and "state/foyer_pad.json" in told


def test_archive_of_a_volume_that_cannot_be_read_fails(removed: FakeDocker) -> None:
    removed.answers(volume__ls={"out": "foyer_pad_data\n"}, volume__inspect={"code": 1, "err": "no such volume"})
    with pytest.raises(docker.Failed):
        purge.archive(NAME)


def test_wishes_of_an_association_go_with_its_last_instance(removed: FakeDocker) -> None:
    wish = layout.state_root() / "wishes" / "foyer.json"
    layout.write_json(wish, {})
    purge.purge(NAME)
    assert wish.is_file(), "another instance of it is still there"
    for path in (layout.root() / "instances").glob("foyer_*"):
        layout.update_state(path.name, removed=True)
        purge.purge(path.name)
    assert not wish.exists()
