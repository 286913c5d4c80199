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
from provisioner.secrets_backup import sftp_destination
from provisioner.ssh_keys import ssh_private, ssh_public, ssh_seed


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


HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8OTsqM5hNCMLcBKjNyhEAGMVoMcHNsiMnuO3mS1Rbx"
DISK = {"name": "disk", "url": "/mnt/backup", "offsite": False}
SFTP = {"name": "off-site", "url": "sftp:foyer@backup.example:/data", "host_key": HOST_KEY}
S3 = {"name": "bucket", "url": "s3:https://s3.example/foyer"}
REST = {"name": "rest", "url": "rest:https://rest.example/foyer"}


def backed_up(*destinations: dict[str, object], **changes: object) -> Stack:
    changes.setdefault("recipients", [secrets.own_recipient(create=True)])
    return stack_of(backup={"destinations": list(destinations)}, **changes)


def test_backup_secrets_are_made_once_for_each_destination(tmp_path: Path) -> None:
    path, stack = tmp_path / "s.age", backed_up(DISK, SFTP)
    made = secrets.ensure_secrets(path, stack, small_catalog())
    mine = made["foyer_backup"]
    assert set(mine) == {
        "key_disk", "user_disk", "password_disk", "key_off-site", "user_off-site", "password_off-site", "ssh_off-site",
        "alert_urls", "mail_password", "erasure_salt",
    }  # fmt: skip
    keys = [mine["key_disk"], mine["key_off-site"]]
    assert [len(key) for key in keys] == [48, 48] and keys[0] != keys[1] and len(mine["erasure_salt"]) == 32
    assert all(key.isalnum() and key.isascii() and not set(key) & set("0O1lI") for key in keys)
    assert [mine[name] for name in ("user_disk", "password_off-site", "alert_urls", "mail_password")] == [""] * 4
    before = path.read_bytes()
    assert secrets.ensure_secrets(path, stack, small_catalog()) == made and path.read_bytes() == before


def test_a_stack_without_backup_has_no_backup_secrets(tmp_path: Path) -> None:
    stack = stack_for(secrets.own_recipient(create=True))
    assert "foyer_backup" not in secrets.ensure_secrets(tmp_path / "s.age", stack, small_catalog())


def test_a_destination_that_leaves_keeps_its_key(tmp_path: Path) -> None:
    path = tmp_path / "s.age"
    old = secrets.ensure_secrets(path, backed_up(DISK, SFTP), small_catalog())["foyer_backup"]
    secrets.ensure_secrets(path, backed_up(DISK), small_catalog())
    secrets.ensure_secrets(path, stack_for(secrets.own_recipient()), small_catalog())
    assert secrets.read_secrets(path)["foyer_backup"] == old
    assert secrets.ensure_secrets(path, backed_up(SFTP), small_catalog())["foyer_backup"] == old


def test_what_a_person_gives_reaches_the_backups(tmp_path: Path) -> None:
    path, stack = tmp_path / "s.age", backed_up(S3, REST, mail={"host": "mail.example"})
    given = {
        "backup_user_bucket": "AKIA", "backup_password_bucket": "p w=", "mail_password": "relay",
        "alert_urls": "ntfys://ntfy.example/foyer\n  mailtos://u:p@mail.example\n",
    }  # fmt: skip
    for name, value in given.items():
        secrets.set_secret(path, stack, name, value)
    found = secrets.ensure_secrets(path, stack, small_catalog())["foyer_backup"]
    assert (found["user_bucket"], found["password_bucket"], found["mail_password"]) == ("AKIA", "p w=", "relay")
    assert found["alert_urls"] == "ntfys://ntfy.example/foyer\nmailtos://u:p@mail.example"
    secrets.set_secret(path, stack, "backup_password_bucket", "new")
    assert secrets.ensure_secrets(path, stack, small_catalog())["foyer_backup"]["password_bucket"] == "new"


def test_every_login_that_is_missing_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    path, stack = tmp_path / "s.age", backed_up(S3, REST, mail={"host": "mail.example", "user": "foyer"})
    with pytest.raises(InputError) as caught:
        secrets.ensure_secrets(path, stack, small_catalog())
    wanted = ["mail_password", "backup_user_bucket", "backup_password_bucket"]
    assert caught.value.hint.splitlines() == [f"Give it: provisioner secrets set {name}" for name in wanted]
    assert len(caught.value.findings) == 3 and not path.exists()


def test_a_rest_server_may_have_no_login_but_not_half_of_one(tmp_path: Path) -> None:
    path, stack = tmp_path / "s.age", backed_up(REST)
    secrets.ensure_secrets(path, stack, small_catalog())
    secrets.set_secret(path, stack, "backup_user_rest", "foyer")
    with pytest.raises(InputError, match="'rest': its password is not known"):
        secrets.ensure_secrets(path, stack, small_catalog())


@pytest.mark.parametrize(
    "name", ["nope", "backup_user_disk", "backup_key_bucket", "backup_password_gone", "key_bucket"]
)
def test_a_secret_nobody_can_give_is_refused_with_those_there_are(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=f"no secret '{name}' to give") as caught:
        secrets.set_secret(tmp_path / "s.age", backed_up(DISK, S3), name, "x")
    assert "mail_password, alert_urls, backup_user_bucket, backup_password_bucket" in caught.value.hint
    assert not (tmp_path / "s.age").exists()


def test_addresses_of_alerts_that_are_none_are_counted_and_never_repeated(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        secrets.set_secret(tmp_path / "s.age", backed_up(DISK), "alert_urls", "ntfys://a/b hunter2 x://y secret-topic")
    told = " ".join([caught.value.message, caught.value.hint, *map(str, caught.value.findings)])
    assert "entry 2" in told and "entry 4" in told and "entry 3" not in told
    assert "hunter2" not in told and "secret-topic" not in told


def test_a_recipient_with_a_typing_error_is_named_and_the_file_stays(tmp_path: Path) -> None:
    path, own = tmp_path / "s.age", secrets.own_recipient(create=True)
    secrets.ensure_secrets(path, stack_for(own), small_catalog())
    before, broken = path.read_bytes(), own[:-1] + ("q" if own[-1] != "q" else "p")
    with pytest.raises(InputError) as caught:
        secrets.ensure_secrets(path, stack_for(own, broken), small_catalog())
    assert broken in str(caught.value.findings[0]) and len(caught.value.findings) == 1 and path.read_bytes() == before


def test_the_ssh_key_is_one_that_openssh_and_paramiko_read(tmp_path: Path) -> None:
    import io

    import paramiko

    made = secrets.ensure_secrets(tmp_path / "s.age", backed_up(SFTP), small_catalog())["foyer_backup"]["ssh_off-site"]
    read = paramiko.Ed25519Key.from_private_key(io.StringIO(made))
    assert ssh_public(made, "foyer") == f"ssh-ed25519 {read.get_base64()} foyer" and made.endswith("-----\n")
    again = ssh_private(ssh_seed(made))
    assert len(ssh_seed(made)) == 64 and ssh_public(again, "x") == ssh_public(made, "x")


@pytest.mark.parametrize(("name", "said"), [("disk", "not reached by SSH"), ("gone", "no backup destination 'gone'")])
def test_only_an_sftp_destination_has_an_ssh_key(name: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        sftp_destination(backed_up(DISK, SFTP), name)
    assert caught.value.hint.endswith(": off-site")
