"""New values on the controller: two runs at once lose none that a host may hold, and nothing that others wrote."""

import copy
import hashlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from provisioner import rotation, rotation_backup
from provisioner.cli import secrets_rotate
from provisioner.errors import ProvisionerError
from provisioner.models.secret import Secret

NAME = "asso_notes"
OLD = {"db_password": "old-database-word", "admin_password": "old-admin-word"}
SECRET = {"purpose": {"fr": "Base", "en": "Database"}, "length": 24, "rotate": {"postgres": "notes"}}


class Store:
    """secrets.age of a stack and its host, as a rotation on the controller sees them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.secrets: dict[str, dict[str, str]] = {NAME: dict(OLD), "asso": {"mail_password": "relay"}}
        self.host = dict(OLD)
        self.meanwhile: Callable[[], Any] = lambda: None
        self.bundle: Any = SimpleNamespace(secrets_path="", stack=SimpleNamespace(recipient_keys=[]))
        monkeypatch.setattr(rotation, "read_secrets", lambda _path: copy.deepcopy(self.secrets))
        monkeypatch.setattr(rotation, "write_secrets", lambda _path, found, _keys: setattr(self, "secrets", found))
        monkeypatch.setattr(rotation, "stream", self.stream)

    def stream(self, _bundle: Any, command: str, request: dict[str, Any], _say: Any) -> dict[str, Any]:
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        if command == "rotate":
            self.host |= request["secrets"]
            return {"rotated": sorted(request["secrets"])}
        found = {
            name: {key: rotate_holds(self.host.get(key, ""), about) for key, about in asked.items()}
            for name, asked in request["instances"].items()
        }
        return {"instances": found, "unfinished": []}

    def rotate(self) -> list[rotation.Outcome]:
        """Rotate one secret of the instance."""
        about = SimpleNamespace(service=SimpleNamespace(secrets={"db_password": Secret.model_validate(SECRET)}))
        catalog: Any = SimpleNamespace(entry=lambda _service: about)
        item = rotation.Item(NAME, "notes", "db_password", "", "database")
        return rotation.rotate(self.bundle, catalog, [item], lambda *_words: None)


def rotate_holds(value: str, asked: dict[str, str]) -> str:
    return "same" if hashlib.sha256((asked["salt"] + value).encode()).hexdigest() == asked["digest"] else "other"


def test_new_value_is_kept_though_another_run_settled_its_note_away(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(monkeypatch)
    store.meanwhile = lambda: rotation.settle(store.bundle)  # before the host was told: it holds the old value
    assert store.rotate()[0].ok
    assert store.secrets[NAME] == store.host and store.host["db_password"] != OLD["db_password"]
    assert set(store.secrets) == {NAME, "asso"}


def test_what_others_write_while_the_host_is_asked_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(monkeypatch)
    store.secrets[f"{NAME}+new"] = {"db_password": "told", "admin_password": "first"}
    store.host["db_password"] = "told"

    def others() -> None:
        store.secrets["asso"]["mail_password"] = "changed"
        store.secrets[f"{NAME}+new"]["admin_password"] = "second"

    store.meanwhile = others
    assert rotation.settle(store.bundle) == [NAME]
    assert store.secrets == {
        "asso": {"mail_password": "changed"}, NAME: {**OLD, "db_password": "told"},
        f"{NAME}+new": {"admin_password": "second"},
    }  # fmt: skip


def test_keys_that_wait_to_be_let_in_wait_on(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(monkeypatch)
    store.secrets["asso_backup+next"] = {"ssh_offsite": "waits", "db_password": OLD["db_password"]}
    rotation.settle(store.bundle)
    assert store.secrets["asso_backup+next"] == {"ssh_offsite": "waits"}
    assert store.secrets["asso_backup"] == {"db_password": OLD["db_password"]}


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, str]]:
    """Give the secrets of a stack with one destination over SSH, which does not answer."""
    found = {"asso_backup": {"key_away": "old", "ssh_away": "old"}}
    monkeypatch.setattr(rotation_backup, "read_secrets", lambda _path: copy.deepcopy(found))
    monkeypatch.setattr(rotation_backup, "write_secrets", lambda _path, new, _keys: found.update(new))
    monkeypatch.setattr(rotation_backup, "destination", lambda _b, _n: (SimpleNamespace(name="away"), ["key", "ssh"]))

    def silent(*_words: Any) -> dict[str, Any]:
        raise ProvisionerError("no answer")

    monkeypatch.setattr(rotation_backup, "stream", silent)
    return found


def test_host_that_does_not_answer_hides_nothing_that_was_done(
    keys: dict[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle: Any = SimpleNamespace(
        secrets_path="", stack=SimpleNamespace(recipient_keys=[], association=SimpleNamespace(id="asso"))
    )
    monkeypatch.setattr(secrets_rotate, "say", lambda *_words: None)
    for waits in (True, False):
        done, turned = secrets_rotate._done(bundle, None, [], ["away"], True)  # type: ignore[arg-type]
        assert not done and not any(key.ok for key in turned)
        assert [key.kind for key in turned] == ["key", "ssh"], "the repository's key is tried until it was changed"
        assert "no answer" in turned[0].message
        assert turned[-1].kind == "ssh" and turned[-1].authorise and turned[-1].waits is waits
    assert set(keys["asso_backup+next"]) == {"key_away", "ssh_away"}
    assert keys["asso_backup"] == {"key_away": "old", "ssh_away": "old"}
