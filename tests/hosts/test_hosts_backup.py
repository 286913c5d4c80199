"""The good way: two backups, a loss, and each of the two states back through the application, as a person does it."""

from dataclasses import dataclass

import pytest
from rehearsal import INSTANCES, Outcome
from saved import Saved

from provisioner.bundle import load_alone
from provisioner.secrets import read_secrets

pytestmark = pytest.mark.lab
PADS, AGENDA = "save_etherpad", "save_radicale"


@dataclass(frozen=True)
class Two:
    """Two states of both applications: what was written before each backup, and the snapshots."""

    markers: tuple[dict[str, str], dict[str, str]]
    snapshots: tuple[dict[str, str], dict[str, str]]


@pytest.fixture(scope="module")
def two(saved: Saved) -> Two:
    """Write A, back up, write B, back up, then lose both applications whole."""
    markers, snapshots = [], []
    for word in ("A", "B"):
        markers.append(saved.stack.write())
        saved.note(f"note-{word}", f"Sentence {word}")
        done = saved.stack.run("backup", "run", "--stack", str(saved.stack.folder / "stack.yaml"), "--json")
        assert done.code == 0, done.out + done.err
        snapshots.append({name: each["one"]["snapshot"] for name, each in done.json["instances"].items()})
    for name in (PADS, AGENDA):
        saved.wipe(name)
    return Two((markers[0], markers[1]), (snapshots[0], snapshots[1]))


def restore(saved: Saved, *words: str) -> Outcome:
    done = saved.restored(*words)
    assert done.code == 0, done.out + done.err
    return done


def test_what_was_lost_is_back_as_it_was_last(saved: Saved, two: Two) -> None:
    done = restore(saved, "--all")
    assert f"{PADS} is as it was on" in done.out and f"{AGENDA} is as it was on" in done.out
    saved.stack.read(two.markers[1])
    assert [saved.noted(f"note-{word}") for word in "AB"] == ["Sentence A", "Sentence B"]
    assert not saved.left() and not saved.unused()


def test_apply_after_a_restore_changes_nothing(saved: Saved, two: Two) -> None:
    assert saved.stack.apply().json["changed"] == 0


def test_an_earlier_snapshot_is_what_was_then_and_nothing_later(saved: Saved, two: Two) -> None:
    for service, name in (("etherpad", PADS), ("radicale", AGENDA)):
        restore(saved, service, "--at", two.snapshots[0][name][:12])
    saved.stack.read(two.markers[0])
    assert [saved.noted(f"note-{word}") for word in "AB"] == ["Sentence A", ""]
    assert saved.stack.apply().json["changed"] == 0


def test_undo_brings_back_what_the_restore_replaced(saved: Saved, two: Two) -> None:
    restore(saved, "radicale", "etherpad", "--undo")
    saved.stack.read(two.markers[1])
    assert [saved.noted(f"note-{word}") for word in "AB"] == ["Sentence A", "Sentence B"]


def test_drop_leaves_no_volume_of_what_was_replaced(saved: Saved, two: Two) -> None:
    assert saved.unused(), "what the undo replaced is kept until it is dropped"
    restore(saved, "radicale", "etherpad", "--drop")
    assert not saved.unused()
    assert not saved.host.run("find /srv/provisioner/replaced -mindepth 2").strip()
    again = saved.restored("radicale", "--drop")
    assert again.code == 2 and "nothing is kept" in again.err
    saved.stack.read(two.markers[1])


def test_the_same_restore_again_and_one_from_the_other_destination(saved: Saved, two: Two) -> None:
    restore(saved, "radicale", "--at", two.snapshots[0][AGENDA][:12], "--destination", "one")
    saved.stack.read({AGENDA: two.markers[0][AGENDA]})
    restore(saved, "radicale", "--destination", "two")
    saved.stack.read({AGENDA: two.markers[1][AGENDA]})
    assert saved.stack.apply().json["changed"] == 0
    restore(saved, "radicale", "--drop")
    assert not saved.left() and not saved.unused()


def test_a_copy_under_another_name_beside_the_live_one(saved: Saved, two: Two) -> None:
    first = two.snapshots[0][AGENDA][:12]
    restore(saved, "radicale", "--at", first, "--as", "copy", "--domain", "copy.save.lab.test")
    assert [saved.noted(f"note-{word}", "copy") for word in "AB"] == ["Sentence A", ""]
    assert [saved.noted(f"note-{word}") for word in "AB"] == ["Sentence A", "Sentence B"], "the live one is as it was"
    saved.stack.read({"save_copy": two.markers[0][AGENDA], AGENDA: two.markers[1][AGENDA]})
    saved.wipe("save_copy")


def test_secrets_of_a_restore_are_kept_in_secrets_age(saved: Saved, two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVISIONER_IDENTITY", str(saved.stack.identity))
    bundle = load_alone(saved.stack.folder / "stack.yaml")
    path = f"{INSTANCES}/{AGENDA}/secrets/admin_password"
    before = saved.secret("radicale", "admin_password")
    saved.host.run(f"printf changed > {path}")
    restore(saved, "radicale")
    assert saved.secret("radicale", "admin_password") == before
    assert read_secrets(bundle.secrets_path)[AGENDA]["admin_password"] == before
