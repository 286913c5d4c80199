"""New values for secrets: cut off at any moment, old or new ones hold everywhere; what is pending is never lost."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from provisioner.errors import InputError
from provisioner.host import act, docker, layout, leftovers, locks, operate, rotate, rotate_steps, rotating
from provisioner.host.converge import foreign_secrets
from provisioner.host.progress import Progress
from provisioner.recipients_left import still_seen, with_departure

NAME = "asso_notes"
HOW = {"db_password": {"postgres": "notes"}, "admin_password": {"after": [{"in": "app", "run": ["/set"]}]}}
OLD = {"db_password": "old-database-word", "admin_password": "old-admin-word"}
NEW = {"db_password": "new-database-word", "admin_password": "new-admin-word"}


class Killed(BaseException):
    """The power went."""


class World:
    """An application as a rotation sees it: what its database and its accounts take, what its containers read."""

    def __init__(self) -> None:
        self.takes = dict(OLD)
        self.running = dict(OLD)
        self.calls = 0
        self.cut = 0
        self.refuses = False

    def reach(self) -> None:
        """Count a moment at which the power may go."""
        self.calls += 1
        if self.calls == self.cut:
            raise Killed

    def files(self) -> dict[str, str]:
        """Return the files of the secrets."""
        return {key: (layout.instance_dir(NAME) / "secrets" / key).read_text() for key in OLD}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Give an instance on a host of its own, and an application that is told things."""
    monkeypatch.setenv("PROVISIONER_ROOT", str(tmp_path / "srv"))
    monkeypatch.setenv("PROVISIONER_STATE", str(tmp_path / "var"))
    found, folder = World(), layout.instance_dir(NAME)
    layout.write_json(folder / "instance.json", {"containers": [], "variables": {}})
    for key, value in OLD.items():
        layout.write(folder / "secrets" / key, value)
    layout.update_state(NAME, settled="yes", probe={"ok": True, "marker": "probe1"})
    write = layout.write

    def told(_line: list[str], stdin: str = "", **_more: Any) -> str:
        found.reach()
        if stdin.startswith("SCRAM"):
            word = next(w for w in (OLD, NEW) if verifies(stdin.splitlines()[0], w["db_password"]))
            found.takes["db_password"] = word["db_password"]
        elif stdin:
            found.takes["admin_password"] = stdin.splitlines()[0]
        found.reach()
        return ""

    def up(*_words: Any) -> None:
        found.reach()
        found.running = found.files()
        if found.refuses and found.running == NEW:
            raise docker.Failed("compose up: exit code 1", "it does not start")
        found.reach()
        layout.update_state(NAME, settled="again")

    def written(path: Path, content: str | bytes, mode: int = 0o644) -> None:
        found.reach()
        write(path, content, mode)

    monkeypatch.setattr(docker, "run", told)
    monkeypatch.setattr(docker, "containers", list)
    monkeypatch.setattr(act, "bring_up", up)
    monkeypatch.setattr(layout, "write", written)
    monkeypatch.setattr(
        operate, "probe_instance", lambda *_a, **_k: {"ok": found.takes == found.running, "message": "no"}
    )
    yield found


def verifies(verifier: str, password: str) -> bool:
    """Tell whether a verifier is that of a password."""
    import base64

    salt = verifier.split("$")[1].split(":")[1]
    return rotate_steps.scram(password, base64.b64decode(salt)) == verifier


def turn() -> dict[str, Any]:
    return rotate.rotate({"instance": NAME, "secrets": NEW, "how": HOW}, Progress("test"))


def everywhere(world: World) -> dict[str, str]:
    """Return the values, which must be the same in files, application and containers; nothing is under way."""
    assert world.files() == world.takes == world.running
    assert not list((layout.state_root() / "rotations").glob("*/*"))
    return world.takes


def test_rotate_changes_files_database_and_application(world: World) -> None:
    assert turn() == {"rotated": ["admin_password", "db_password"], "proved": True}
    assert everywhere(world) == NEW
    state = layout.read_json(layout.state_path(NAME), {})
    assert state["former"] == {key: [layout.digest(value)] for key, value in OLD.items()}


def test_rotate_goes_back_when_the_new_values_do_not_hold(world: World) -> None:
    world.refuses = True
    answer = turn()
    assert answer["refused"] == "went_back" and "does not start" in answer["message"]
    assert everywhere(world) == OLD


@pytest.mark.parametrize("refuses", [False, True])
def test_rotate_killed_at_any_moment_ends_with_old_or_new_values_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, refuses: bool
) -> None:
    world: World = request.getfixturevalue("world")
    world.refuses, kills = refuses, 0
    for cut in range(1, 200):
        world.cut, world.calls = cut, 0
        try:
            turn()
        except Killed:
            kills += 1
            world.cut = 0
            rotate.finish_all(Progress("test"))
            assert everywhere(world) in (OLD, NEW)
        else:
            break
        for key, value in OLD.items():
            (layout.instance_dir(NAME) / "secrets" / key).write_text(value)
        world.takes, world.running = dict(OLD), dict(OLD)
        layout.update_state(NAME, settled="yes", former={})
    assert kills > 15


def test_rotate_that_cannot_even_go_back_stays_and_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_words: Any) -> None:
        raise docker.Failed("docker: gone")

    good: Callable[..., None] = act.bring_up
    monkeypatch.setattr(act, "bring_up", down)
    assert turn()["refused"] == "stuck"
    with pytest.raises(rotate.Refused, match="stuck"):
        turn()
    monkeypatch.setattr(act, "bring_up", good)
    rotate.finish_all(Progress("test"))
    assert everywhere(world) == OLD


def test_rotate_that_has_begun_is_never_told_as_one_that_has_not(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    good: Callable[..., None] = act.bring_up

    def busy(*words: Any) -> None:
        if world.files() == NEW:
            raise locks.Busy("busy: egress")
        good(*words)

    monkeypatch.setattr(act, "bring_up", busy)
    monkeypatch.setattr(rotating, "take_over", lambda: None)
    answer = rotating.rotated({"instance": NAME, "secrets": NEW, "how": HOW})
    assert answer == {"refused": "went_back", "message": "busy: egress"}
    assert everywhere(world) == OLD


def test_rotate_refuses_what_does_not_run(world: World) -> None:
    layout.update_state(NAME, removed=True)
    with pytest.raises(rotate.Refused, match="not_running"):
        turn()
    assert everywhere(world) == OLD


def test_values_wait_in_a_folder_for_root_alone(world: World) -> None:
    world.cut = 12
    with pytest.raises(Killed):
        turn()
    folder = rotate.folder_of(NAME)
    assert [path.stat().st_mode & 0o777 for path in (folder.parent, folder)] == [0o700, 0o700]
    assert {path.stat().st_mode & 0o777 for path in (folder / "secrets").iterdir()} == {0o600}


def test_scram_is_what_postgresql_keeps() -> None:
    import base64

    # The example of RFC 7677.
    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    assert rotate_steps.scram("pencil", salt) == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
        "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )


def test_a_step_that_fails_does_not_repeat_the_values(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_words: Any, **_more: Any) -> str:
        raise docker.Failed("exit code 1", "cannot set new-admin-word")

    monkeypatch.setattr(docker, "run", fails)
    with pytest.raises(docker.Failed) as caught:
        rotate_steps.after(NAME, HOW["admin_password"], "new-admin-word", "old-admin-word")
    assert caught.value.output == "cannot set ***"


def test_holds_compares_by_salted_digest(world: World) -> None:
    import hashlib

    asked = {"salt": "s", "digest": hashlib.sha256(b"sold-admin-word").hexdigest()}
    request = {"instances": {NAME: {"admin_password": asked, "db_password": asked, "spare": asked}}}
    assert rotate.holds(request) == {
        "instances": {NAME: {"admin_password": "same", "db_password": "other", "spare": "missing"}}, "unfinished": [],
    }  # fmt: skip


def test_a_command_that_never_ends_is_not_waited_for_for_ever(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(200))
    monkeypatch.setattr(leftovers, "_commands", lambda _session: [4_194_305])  # no process has such a number
    monkeypatch.setattr(leftovers.time, "monotonic", lambda: next(now))
    monkeypatch.setattr(leftovers.time, "sleep", lambda _seconds: None)
    with pytest.raises(locks.Busy):
        leftovers.end_commands(leftovers.acting())


def test_what_somebody_works_on_is_not_settled(world: World) -> None:
    with locks.hold(f"instance-{NAME}"):
        assert rotate.holds({"instances": {NAME: {}, "asso_pad": {}}})["unfinished"] == [NAME]


@pytest.mark.parametrize(
    ("wished", "former", "code"),
    [("new", [], "other_secrets"), ("new", ["new"], "old_secrets"), ("here", ["new"], ""), ("new", None, "")],
)
def test_apply_never_replaces_a_value_that_the_application_was_told(
    wished: str, former: list[str] | None, code: str
) -> None:
    desired = {"instances": {NAME: {"secrets": {"db_password": wished, "fresh": "any"}}}}
    state = {"former": {"db_password": former or []}}
    observed = {"instances": {NAME: {"secrets": {"db_password": "here"}, "state": state}}}
    steady = {} if former is None else {NAME: ["db_password", "fresh"]}
    found = foreign_secrets(desired, observed, steady)
    assert [each["code"] for each in found] == ([code] if code else [])


def test_what_somebody_saw_is_known_until_it_changes() -> None:
    stack: Any = SimpleNamespace(association=SimpleNamespace(id="asso"))
    secrets = {"asso": {"mail_password": "relay"}, NAME: dict(OLD), f"{NAME}+new": {"db_password": "x"}}
    noted = with_departure(secrets, stack, "Ada", "2026-11-22")
    assert not any(value in str(noted["asso+left"]) for value in [*OLD.values(), "relay"])
    noted[NAME]["db_password"] = "changed"
    assert still_seen(noted, stack, "Ada") == {("asso", "mail_password"), (NAME, "admin_password")}
    with pytest.raises(InputError, match="Bob"):
        still_seen(noted, stack, "Bob")
