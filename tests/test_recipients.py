"""Recipients: stack.yaml changes by one person and nothing else, secrets.age follows at once, who leaves is told of."""

import json
from pathlib import Path

import pyrage
import pytest
from click.testing import CliRunner
from stack_fixture import GOOD, small_catalog

from provisioner import recipients, secrets
from provisioner.bundle import Bundle, load_bundle
from provisioner.cli.recipients import command
from provisioner.errors import InputError
from provisioner.load import model_from, read_text
from provisioner.models.stack import Recipient, Stack
from provisioner.recipients_text import comment_above
from provisioner.stackfile import stack_text

STACK = """\
# ours
stack: "1.0"
association: {{id: foyer, name: Foyer, contact: contact@foyer.example}}   # the office
domain: foyer.example
certificates: internal
host: {{name: h1, address: 203.0.113.7}}
{recipients}
backup:
  destinations:
    - {{name: disk, url: /mnt/backup, offsite: false}}
    - {{name: away, url: "sftp:foyer@b.example:/x", host_key: ssh-ed25519 AAAA}}
services:
  notes: {{}}
  pad: {{}}
# the end"""
FORMS = {
    "lines": "recipients:   # who\n  - {own}   # me\n  # the board's\n  - {other}\n",
    "no indent": "recipients:\n- {own}\n- {other}\n",
    "named": "recipients:\n  - key: {own}\n    name: Me   # the treasurer\n  - key: {other}   # hers\n    name: Ada\n",
    "flow": "recipients: [{own}, {other}]   # both",
    "flow, named": "recipients: [{{key: {own}, name: Me}}, {{key: {other}, name: Ada}}]",
    "flow in lines": "recipients: [\n  {own},\n  {other},\n]",
    "quoted": "recipients:\n  - \"{own}\"\n  - '{other}'",
}


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PROVISIONER_IDENTITY", str(tmp_path / "me" / "identity.txt"))
    return secrets.own_recipient(create=True)


def somebody() -> str:
    return str(pyrage.x25519.Identity.generate().to_public())


def stack_at(folder: Path, form: str, **keys: str) -> Bundle:
    """Write a stack whose recipients are written in a form, with its secrets, and return it."""
    path = folder / "stack.yaml"
    path.write_text(STACK.format(recipients=form.format(**keys)), "utf-8")
    bundle = load_bundle(path, small_catalog())
    secrets.ensure_secrets(bundle.secrets_path, bundle.stack, small_catalog())
    return bundle


def again(bundle: Bundle) -> Bundle:
    return load_bundle(bundle.path, small_catalog())


def readers(bundle: Bundle) -> list[str]:
    return secrets._open(bundle.secrets_path)[1]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["unix", "windows"])
def test_add_changes_the_recipients_and_keeps_every_other_sign(
    tmp_path: Path, own: str, form: str, newline: str
) -> None:
    bundle = stack_at(tmp_path, form, own=own, other=somebody())
    bundle.path.write_bytes(bundle.path.read_bytes().replace(b"\n", newline.encode()))
    before, values, new = bundle.path.read_bytes().decode(), secrets.read_secrets(bundle.secrets_path), somebody()
    recipients.add_recipient(again(bundle), new, 'Zoé: "la #1"', True)
    after, found = bundle.path.read_bytes().decode(), again(bundle).stack
    assert found.recipients == [*bundle.stack.recipients, Recipient(key=new, name='Zoé: "la #1"', offline=True)]
    assert readers(bundle) == found.recipient_keys and secrets.read_secrets(bundle.secrets_path) == values
    rest = iter(after)
    assert all(sign in rest for sign in before), "something a person wrote is gone"
    assert after.count("\n") == after.count(newline)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("number", [0, 1])
def test_remove_takes_one_out_and_keeps_the_comments_of_others(
    tmp_path: Path, own: str, form: str, number: int
) -> None:
    bundle = stack_at(tmp_path, form, own=own, other=somebody())
    values = secrets.read_secrets(bundle.secrets_path)
    recipients.remove_recipient(bundle, number)
    found = again(bundle).stack
    assert found.recipients == [bundle.stack.recipients[1 - number]]
    text = bundle.path.read_text("utf-8")
    assert text.startswith("# ours\n") and text.endswith("# the end") and "# the office" in text
    assert ("# me" in text) == (number == 1 and "# me" in form) and ("# the board's" in text) == ("board" in form)
    if number == 1:
        kept = {name: each for name, each in secrets.read_secrets(bundle.secrets_path).items() if "+" not in name}
        assert kept == values and readers(bundle) == [own]


def test_a_comment_above_who_left_is_told_of(tmp_path: Path, own: str) -> None:
    bundle = stack_at(tmp_path, FORMS["lines"], own=own, other=somebody())
    assert [comment_above(bundle.path.read_text("utf-8"), number) for number in (0, 1)] == [0, 9]
    flow = stack_at(tmp_path, FORMS["flow"], own=own, other=somebody())
    assert [comment_above(flow.path.read_text("utf-8"), number) for number in (0, 1)] == [0, 0]


def test_who_was_added_opens_and_who_was_removed_opens_no_more(
    tmp_path: Path, own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle, ada = stack_at(tmp_path, "recipients: [{own}]", own=own), tmp_path / "ada.txt"
    recipients.add_recipient(bundle, recipients.new_offline(ada), "Ada", False)
    values = secrets.read_secrets(bundle.secrets_path)
    with monkeypatch.context() as patch:
        patch.setenv("PROVISIONER_IDENTITY", str(ada))
        assert secrets.read_secrets(bundle.secrets_path) == values
    recipients.remove_recipient(again(bundle), recipients.find_recipient(again(bundle).stack, "Ada"))
    monkeypatch.setenv("PROVISIONER_IDENTITY", str(ada))
    with pytest.raises(secrets.ProvisionerError, match="cannot be opened"):
        secrets.read_secrets(bundle.secrets_path)


def test_add_tells_all_that_is_wrong_and_changes_nothing(tmp_path: Path, own: str) -> None:
    bundle = stack_at(tmp_path, "recipients: [{own}]", own=own)
    before = bundle.path.read_bytes(), bundle.secrets_path.read_bytes()
    with pytest.raises(InputError) as caught:
        recipients.add_recipient(bundle, "age1" + "q" * 58, "a\nb", False)
    assert {finding.path for finding in caught.value.findings} == {"KEY", "--name"}
    identity = str(pyrage.x25519.Identity.generate())
    with pytest.raises(InputError) as caught:
        recipients.add_recipient(bundle, identity, "Ada", False)
    assert identity not in "".join(map(str, caught.value.findings)) and "secret identity" in str(caught.value.findings)
    with pytest.raises(InputError, match="a recipient already"):
        recipients.add_recipient(bundle, own, "Me", False)
    assert (bundle.path.read_bytes(), bundle.secrets_path.read_bytes()) == before


def test_two_people_cannot_have_one_name_and_an_unknown_one_is_told_who_there_is(tmp_path: Path, own: str) -> None:
    bundle = stack_at(tmp_path, "recipients:\n  - key: {own}\n    name: Ada", own=own)
    with pytest.raises(InputError, match="already a recipient called Ada"):
        recipients.add_recipient(bundle, somebody(), "Ada", False)
    with pytest.raises(InputError, match="no recipient 'Eve'") as caught:
        recipients.find_recipient(bundle.stack, "Eve")
    assert f"{own} Ada" in caught.value.hint
    with pytest.raises(InputError, match="the last recipient"):
        recipients.remove_recipient(bundle, 0)


def test_a_list_that_cannot_be_changed_in_place_is_left_alone(
    tmp_path: Path, own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = stack_at(tmp_path, "recipients:\n  -\n    {own}\n  -\n    {other}", own=own, other=somebody())
    before = bundle.path.read_bytes(), bundle.secrets_path.read_bytes()
    with pytest.raises(InputError, match="cannot be changed here"):
        recipients.remove_recipient(bundle, 1)
    monkeypatch.setattr(recipients, "with_recipient", lambda text, _new: text.replace("foyer.example", "evil.example"))
    with pytest.raises(InputError, match="cannot be changed here"):
        recipients.add_recipient(bundle, somebody(), "Ada", False)
    assert (bundle.path.read_bytes(), bundle.secrets_path.read_bytes()) == before


def test_without_our_identity_nothing_is_changed(tmp_path: Path, own: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = stack_at(tmp_path, "recipients: [{own}]", own=own)
    before = bundle.path.read_bytes()
    recipients.new_offline(tmp_path / "stranger.txt")
    monkeypatch.setenv("PROVISIONER_IDENTITY", str(tmp_path / "stranger.txt"))
    with pytest.raises(secrets.ProvisionerError, match="cannot be opened"):
        recipients.add_recipient(bundle, somebody(), "Ada", False)
    assert bundle.path.read_bytes() == before


def test_a_crash_between_the_two_files_is_mended_by_the_next_apply(
    tmp_path: Path, own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = stack_at(tmp_path, "recipients: [{own}]", own=own)
    values = secrets.read_secrets(bundle.secrets_path)
    with monkeypatch.context() as patch, pytest.raises(OSError, match="full"):
        patch.setattr(recipients, "write_secrets", lambda *_given: (_ for _ in ()).throw(OSError("full")))
        recipients.add_recipient(bundle, somebody(), "Ada", False)
    found = again(bundle).stack
    assert len(found.recipients) == 2 and readers(bundle) == [own]
    assert secrets.ensure_secrets(bundle.secrets_path, found, small_catalog()) == values
    assert readers(bundle) == found.recipient_keys


def test_readable_names_every_secret_by_what_to_do_and_no_value(tmp_path: Path, own: str) -> None:
    bundle = stack_at(tmp_path, "recipients: [{own}]", own=own)
    secrets.set_secret(bundle.secrets_path, bundle.stack, "mail_password", "relay")
    values = secrets.ensure_secrets(bundle.secrets_path, bundle.stack, small_catalog())
    values["foyer_gone"] = {"db_password": "x"}
    secrets.write_secrets(bundle.secrets_path, values, [own])
    found = recipients.readable(bundle, small_catalog())
    assert [(each.kind, each.instance, each.name) for each in found] == [
        ("shown", "foyer_notes", "admin_password"), ("given", "foyer", "mail_password"),
        ("ssh", "foyer_backup", "ssh_away"), ("repository", "foyer_backup", "key_away"),
        ("repository", "foyer_backup", "key_disk"), ("inner", "foyer_gone", "db_password"),
        ("inner", "foyer_pad", "db_password"), ("fixed", "foyer_backup", "erasure_salt"),
    ]  # fmt: skip
    told = json.dumps(found)
    assert all(value not in told for each in values.values() for value in each.values() if len(value) > 8)
    assert all(each.purpose for each in found)


def test_escrow_wants_three_and_one_in_a_safe(tmp_path: Path, own: str) -> None:
    bundle = stack_at(tmp_path, "recipients: [{own}]", own=own)
    assert len(recipients.escrow_warnings(bundle.stack)) == 2
    recipients.add_recipient(bundle, somebody(), "Ada", False)
    recipients.add_recipient(again(bundle), somebody(), "Bo", False)
    assert [("safe" in text) for text in recipients.escrow_warnings(again(bundle).stack)] == [True]
    recipients.add_recipient(again(bundle), somebody(), "The safe", True)
    assert recipients.escrow_warnings(again(bundle).stack) == []


def test_new_offline_is_ours_alone_and_never_overwrites(tmp_path: Path) -> None:
    file = tmp_path / "safe.txt"
    public = recipients.new_offline(file)
    text = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600 and text.startswith(f"# public key: {public}\n")
    assert str(pyrage.x25519.Identity.from_str(text.splitlines()[1]).to_public()) == public
    with pytest.raises(InputError, match="exists already"):
        recipients.new_offline(file)
    assert file.read_text() == text


@pytest.mark.parametrize(
    ("given", "place", "said"),
    [
        ("age1short", "recipients[0]", "does not have the right form"),
        ("{key: age1short, name: Ada}", "recipients[0].key", "does not have the right form"),
        ("{key: KEY}", "recipients[0].name", "required"),
        ("{key: KEY, name: Ada, ofline: true}", "recipients[0].ofline", "did you mean 'offline'"),
        ("12", "recipients[0]", "expected text"),
    ],
)
def test_a_wrong_recipient_has_one_finding_at_its_place(given: str, place: str, said: str) -> None:
    text = STACK.format(recipients=f"recipients:\n  - {given.replace('KEY', somebody())}")
    with pytest.raises(InputError) as caught:
        model_from(read_text(text, "stack.yaml"), Stack)
    [finding] = caught.value.findings
    assert finding.path == place and said in finding.message and finding.line == 8


def test_names_and_backups_survive_being_written_as_stack_yaml(tmp_path: Path, own: str) -> None:
    bundle = stack_at(tmp_path, "recipients: [{own}]", own=own)
    recipients.add_recipient(bundle, somebody(), 'The "safe" #1', True)
    stack = again(bundle).stack
    for language in ("fr", "en"):
        bundle.path.write_text(stack_text(stack, small_catalog(), language), "utf-8")
        assert (again(bundle).stack.recipients, again(bundle).stack.backup) == (stack.recipients, stack.backup)


BAD_BACKUPS = {
    "offsite": ("{name: a, url: /mnt/x}", "write offsite: true or false"),
    "ours": ("{name: a, url: /srv/provisioner/x, offsite: false}", "belongs to the system or to the provisioner"),
    "dots": ("{name: a, url: /mnt/../srv, offsite: false}", "plain path"),
    "here": ('{name: a, url: "rest:https://203.0.113.7:8000/x"}', "this is the host itself"),
    "host key": (
        '{name: a, url: "rest:https://b.example/x", host_key: ssh-ed25519 AAAA}',
        "only a destination by sftp",
    ),
    "certificate": ('{name: a, url: "rest:https://b.example/x", certificate: ca.pem}', "BEGIN CERTIFICATE"),
    "twice": ("{name: a, url: /mnt/x, offsite: true}\n    - {name: b, url: /mnt/x/, offsite: true}", "the same place"),
}


@pytest.mark.parametrize("name", BAD_BACKUPS)
def test_a_backup_that_contradicts_itself_is_refused(tmp_path: Path, own: str, name: str) -> None:
    given, said = BAD_BACKUPS[name]
    text = STACK.format(recipients=f"recipients: [{own}]")
    head, _mark, tail = text.partition("    - {name: disk")
    (tmp_path / "stack.yaml").write_text(head + "    - " + given + "\n" + tail[tail.index("services:") :], "utf-8")
    with pytest.raises(InputError) as caught:
        load_bundle(tmp_path / "stack.yaml", small_catalog())
    [finding] = caught.value.findings
    assert said in finding.message and finding.path.startswith("backup.destinations[") and finding.line > 9


def test_all_that_is_wrong_with_a_backup_comes_at_once(tmp_path: Path, own: str) -> None:
    text = STACK.format(recipients=f"recipients: [{own}]").replace(
        "services:", "  every_hours: 48\n  window: 22:00-22:00\n  mail: [a@b.example]\nservices:"
    )
    (tmp_path / "stack.yaml").write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        load_bundle(tmp_path / "stack.yaml", small_catalog())
    assert {finding.path for finding in caught.value.findings} == {"backup.late_hours", "backup.window", "backup.mail"}


def run(bundle: Bundle, *words: str) -> str:
    """Run `provisioner recipients` on a stack and return what it prints."""
    given = [*words, "--stack", str(bundle.path), "--catalog", str(GOOD)]
    return CliRunner().invoke(command, given, catch_exceptions=False, standalone_mode=False).output


def test_command_remove_lists_what_to_change_first_and_repository_keys_need_a_new_repository(
    tmp_path: Path, own: str
) -> None:
    bundle, ada = stack_at(tmp_path, "recipients: [{own}]", own=own), somebody()
    assert "Ada can open" in run(bundle, "add", ada, "--name", "Ada")
    assert f"Ada   {ada}" in run(bundle, "list") and own in run(bundle, "list")
    told = run(bundle, "remove", "Ada")
    places = [
        told.index(name) for name in ("foyer_notes  admin_password", "ssh_away", "key_disk", "foyer_pad  db_pass")
    ]
    assert places == sorted(places) and "one master key" in told[: places[2]] and "authorized_keys" in told[: places[1]]
    values = secrets.read_secrets(bundle.secrets_path)
    assert not [value for each in values.values() for value in each.values() if value and value in told]
    assert again(bundle).stack.recipients == [own] == readers(bundle)


def test_command_remove_asks_before_one_shuts_oneself_out(tmp_path: Path, own: str) -> None:
    bundle = stack_at(tmp_path, "recipients: [{own}, {other}]", own=own, other=somebody())
    with pytest.raises(InputError, match="this is you"):
        run(bundle, "remove", own)
    assert again(bundle).stack == bundle.stack
    data = json.loads(run(bundle, "remove", own, "--yes", "--json"))
    assert data["removed"] == own and {"kind", "name", "instance", "purpose"} == set(data["rotate"][0])


def test_command_list_for_scripts(tmp_path: Path, own: str) -> None:
    bundle = stack_at(tmp_path, "recipients: [{own}]", own=own)
    data = json.loads(run(bundle, "list", "--json"))
    assert data["recipients"] == [{"key": own, "name": "", "offline": False, "own": True}]
    assert data["enough"] is False
