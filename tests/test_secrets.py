"""Secrets: made once, the same in every run, readable by each recipient and nobody else, never half written."""

import json
import os
import string
from pathlib import Path

import pyrage
import pytest
from stack_fixture import small_catalog, stack_of

from provisioner import secrets
from provisioner.errors import InputError, ProvisionerError
from provisioner.host.layout import write as write_atomically
from provisioner.models.stack import Stack


@pytest.fixture(autouse=True)
def identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "me" / "identity.txt"
    monkeypatch.setenv("PROVISIONER_IDENTITY", str(path))
    return path


def stack_for(*recipients: str) -> Stack:
    return stack_of(recipients=list(recipients))


def test_own_recipient_is_made_once_and_only_when_wished(identity: Path) -> None:
    with pytest.raises(ProvisionerError, match="there is no age identity at") as caught:
        secrets.own_recipient()
    assert "PROVISIONER_IDENTITY" in caught.value.hint
    made = secrets.own_recipient(create=True)
    assert made.startswith("age1") and secrets.own_recipient() == secrets.own_recipient(create=True) == made
    assert identity.stat().st_mode & 0o777 == 0o600


def test_identity_path_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PROVISIONER_IDENTITY")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert secrets.identity_path() == tmp_path / "provisioner" / "identity.txt"


def test_own_recipient_reads_the_file_that_age_keygen_writes(identity: Path) -> None:
    key = pyrage.x25519.Identity.generate()
    identity.parent.mkdir()
    identity.write_text(f"# created: 2026-11-22\n# public key: {key.to_public()}\n{key}\n")
    assert secrets.own_recipient() == str(key.to_public())


def test_own_recipient_of_a_file_without_a_key_is_refused(identity: Path) -> None:
    identity.parent.mkdir()
    identity.write_text("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    with pytest.raises(InputError, match="holds no age identity"):
        secrets.own_recipient()


def test_ensure_secrets_makes_each_of_its_length_and_alphabet(tmp_path: Path) -> None:
    made = secrets.ensure_secrets(tmp_path / "s.age", stack_for(secrets.own_recipient(create=True)), small_catalog())
    assert {name: set(values) for name, values in made.items()} == {
        "foyer_pad": {"db_password", "mail_password"}, "foyer_notes": {"admin_password"},
    }  # fmt: skip
    assert (len(made["foyer_pad"]["db_password"]), len(made["foyer_notes"]["admin_password"])) == (32, 24)
    allowed = set(string.ascii_letters + string.digits)
    assert all(set(value) <= allowed for values in made.values() for value in values.values())
    assert made["foyer_pad"]["db_password"][:24] != made["foyer_notes"]["admin_password"]


def test_ensure_secrets_again_changes_not_one_byte(tmp_path: Path) -> None:
    path, stack = tmp_path / "s.age", stack_for(secrets.own_recipient(create=True))
    first = secrets.ensure_secrets(path, stack, small_catalog())
    raw, moment = path.read_bytes(), path.stat().st_mtime_ns
    assert secrets.ensure_secrets(path, stack, small_catalog()) == first
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (raw, moment)


def test_ensure_secrets_one_more_service_keeps_the_others(tmp_path: Path) -> None:
    path, own = tmp_path / "s.age", secrets.own_recipient(create=True)
    one = secrets.ensure_secrets(path, stack_of(recipients=[own], services={"pad": {}}), small_catalog())
    both = secrets.ensure_secrets(path, stack_for(own), small_catalog())
    assert both["foyer_pad"] == one["foyer_pad"] and set(both) == {"foyer_pad", "foyer_notes"}


def test_ensure_secrets_keeps_those_of_a_service_that_left(tmp_path: Path) -> None:
    path, own = tmp_path / "s.age", secrets.own_recipient(create=True)
    both = secrets.ensure_secrets(path, stack_for(own), small_catalog())
    assert secrets.ensure_secrets(path, stack_of(recipients=[own], services={"pad": {}}), small_catalog()) == both


def test_file_is_ours_alone_and_shows_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s.age"
    made = secrets.ensure_secrets(path, stack_for(secrets.own_recipient(create=True)), small_catalog())
    assert path.stat().st_mode & 0o777 == 0o600
    raw = path.read_bytes()
    assert raw.startswith(b"age-encryption.org/v1\n") and b"foyer" not in raw
    assert made["foyer_pad"]["db_password"].encode() not in raw


def test_every_recipient_reads_the_same(tmp_path: Path, identity: Path) -> None:
    colleague = pyrage.x25519.Identity.generate()
    stack = stack_for(secrets.own_recipient(create=True), str(colleague.to_public()))
    made = secrets.ensure_secrets(tmp_path / "s.age", stack, small_catalog())
    identity.write_text(str(colleague))
    assert secrets.read_secrets(tmp_path / "s.age") == made


def test_a_new_recipient_reads_after_the_next_run_and_one_who_left_does_not(tmp_path: Path, identity: Path) -> None:
    path, own = tmp_path / "s.age", secrets.own_recipient(create=True)
    mine, colleague = identity.read_text(), pyrage.x25519.Identity.generate()
    made = secrets.ensure_secrets(path, stack_for(own), small_catalog())
    assert secrets.ensure_secrets(path, stack_for(own, str(colleague.to_public())), small_catalog()) == made
    identity.write_text(str(colleague))
    assert secrets.read_secrets(path) == made
    assert secrets.ensure_secrets(path, stack_for(str(colleague.to_public())), small_catalog()) == made
    identity.write_text(mine)
    with pytest.raises(ProvisionerError, match="cannot be opened"):
        secrets.read_secrets(path)


def test_a_recipient_added_to_the_stack_can_open_after_the_next_apply(tmp_path: Path, identity: Path) -> None:
    path, own = tmp_path / "s.age", secrets.own_recipient(create=True)
    made = secrets.ensure_secrets(path, stack_for(own), small_catalog())
    colleague = pyrage.x25519.Identity.generate()
    assert secrets.ensure_secrets(path, stack_for(own, str(colleague.to_public())), small_catalog()) == made
    identity.write_text(str(colleague))
    assert secrets.read_secrets(path) == made


def test_a_recipient_taken_out_cannot_open_what_is_written_next(tmp_path: Path, identity: Path) -> None:
    path, own = tmp_path / "s.age", secrets.own_recipient(create=True)
    colleague = pyrage.x25519.Identity.generate()
    secrets.ensure_secrets(path, stack_for(own, str(colleague.to_public())), small_catalog())
    secrets.ensure_secrets(path, stack_for(own), small_catalog())
    identity.write_text(str(colleague))
    with pytest.raises(ProvisionerError, match="cannot be opened"):
        secrets.read_secrets(path)


def test_wrong_identity_is_told_what_to_do(tmp_path: Path, identity: Path) -> None:
    secrets.ensure_secrets(tmp_path / "s.age", stack_for(secrets.own_recipient(create=True)), small_catalog())
    stranger = pyrage.x25519.Identity.generate()
    identity.write_text(str(stranger))
    with pytest.raises(ProvisionerError, match="cannot be opened with the identity") as caught:
        secrets.read_secrets(tmp_path / "s.age")
    assert str(identity) in caught.value.message and str(stranger.to_public()) in caught.value.hint
    assert str(stranger) not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("damage", [b"", b"not age at all", b"age-encryption.org/v1\n"])
def test_damaged_file_is_told_and_kept(tmp_path: Path, damage: bytes) -> None:
    path, stack = tmp_path / "s.age", stack_for(secrets.own_recipient(create=True))
    path.write_bytes(damage)
    with pytest.raises(ProvisionerError, match="cannot be opened"):
        secrets.ensure_secrets(path, stack, small_catalog())
    assert path.read_bytes() == damage


def test_read_secrets_without_a_file_asks_for_no_identity(tmp_path: Path) -> None:
    assert secrets.read_secrets(tmp_path / "none.age") == {}


@pytest.mark.parametrize("failing", ["replace", "fsync", "chmod"])
def test_crash_while_writing_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    path, own = tmp_path / "s.age", secrets.own_recipient(create=True)
    old = secrets.ensure_secrets(path, stack_of(recipients=[own], services={"pad": {}}), small_catalog())

    def crash(*_arguments: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space left"):
        patch.setattr(os, failing, crash)
        secrets.ensure_secrets(path, stack_for(own), small_catalog())
    assert secrets.read_secrets(path) == old
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["s.age"]


def test_write_atomically_never_shows_a_readable_moment(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_atomically(tmp_path / "x", "secret", mode=0o600)
        assert (tmp_path / "x").stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(before)


def test_complete_gives_back_what_there_is() -> None:
    old = {"foyer_pad": {"db_password": "kept", "other": "kept too"}, "gone_wiki": {"x": "y"}}
    found = secrets.complete(old, stack_of(), small_catalog())
    assert found["foyer_pad"] == {**old["foyer_pad"], "mail_password": ""} and found["gone_wiki"] == {"x": "y"}
    assert json.dumps(old) == json.dumps({"foyer_pad": old["foyer_pad"], "gone_wiki": {"x": "y"}})


def test_set_secret_reaches_every_service_that_sends_mail(tmp_path: Path) -> None:
    path, own = tmp_path / "s.age", secrets.own_recipient(create=True)
    relay = {"host": "mail.example", "user": "foyer"}
    stack = stack_of(recipients=[own], mail=relay)
    with pytest.raises(InputError, match="the relay's password is not known") as caught:
        secrets.ensure_secrets(path, stack, small_catalog())
    assert "provisioner secrets set mail_password" in caught.value.hint and not path.exists()
    secrets.set_secret(path, stack, "mail_password", "first")
    before = secrets.ensure_secrets(path, stack, small_catalog())
    secrets.set_secret(path, stack, "mail_password", "second")
    after = secrets.ensure_secrets(path, stack, small_catalog())
    assert [found["foyer_pad"]["mail_password"] for found in (before, after)] == ["first", "second"]
    assert after["foyer_pad"]["db_password"] == before["foyer_pad"]["db_password"]
    assert "mail_password" not in after["foyer_notes"]
    assert b"second" not in path.read_bytes()
