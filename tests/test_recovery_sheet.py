"""The recovery sheet: what is printed, typed by hand, is the sheet itself; keys go into files of ours alone."""

import html
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from command_line import run_all
from stack_fixture import GOOD, small_catalog, stack_of
from test_documents_files import needs_pdf

from provisioner import secrets
from provisioner.documents.pdf import pdf_of
from provisioner.documents.recovery import Around, recovery_page, services_of, sheet_of, sheet_text
from provisioner.errors import InputError
from provisioner.load import load_model, model_from, read_text
from provisioner.models.recovery import Sheet, check_characters, printed, typed
from provisioner.models.stack import Stack
from provisioner.secrets import Secrets, complete
from provisioner.ssh_keys import ssh_public, ssh_seed
from provisioner.stackfile import stack_text

HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8OTsqM5hNCMLcBKjNyhEAGMVoMcHNsiMnuO3mS1Rbx"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB+zCCAaGgAwIB\nAQID\n-----END CERTIFICATE-----\n"
DESTINATIONS: list[dict[str, Any]] = [
    {"name": "disk", "url": "/mnt/backup", "offsite": False},
    {"name": "off-site", "url": "sftp:foyer@b.example:/data", "host_key": HOST_KEY},
    {"name": "bucket", "url": "s3:https://s3.example/foyer", "append_only": True, "certificate": CERTIFICATE},
]
PASSWORD = 'p\'w "x" \\ =1a2b #<é>'
GIVEN = {"foyer": {"backup_user_bucket": "AKIA", "backup_password_bucket": PASSWORD}}


def stack(**changes: Any) -> Stack:
    return stack_of(backup={"destinations": DESTINATIONS}, portal={}, **changes)


def sheet() -> tuple[Sheet, Secrets]:
    found = complete(GIVEN, stack(), small_catalog())
    return sheet_of(stack(), found, "2026-11-22"), found


def page_of(given: Sheet, language: str, keys: bool = True, **changes: Any) -> str:
    about = stack(**changes)
    return recovery_page(
        given, Around(about, services_of(about, small_catalog()), [("Ada <x>", "06 12")], keys), language
    )


def secret_values(found: Secrets) -> list[str]:
    """Return every secret of the backups in each way it could be written."""
    mine = {name: value for name, value in found["foyer_backup"].items() if value and not name.startswith("user_")}
    mine["seed"] = ssh_seed(mine["ssh_off-site"])
    return [part for value in mine.values() for part in (value, html.escape(value), printed(value).partition(" =")[0])]


def test_the_sheet_holds_what_the_destinations_need() -> None:
    made, found = sheet()
    mine = found["foyer_backup"]
    assert [each.key for each in made.destinations] == [mine[f"key_{each['name']}"] for each in DESTINATIONS]
    assert made.destinations[1].ssh == mine["ssh_off-site"] and made.destinations[1].host_key == HOST_KEY
    assert (made.destinations[2].user, made.destinations[2].password) == ("AKIA", PASSWORD)
    assert (made.services, made.domain, made.association) == (["notes", "pad"], "foyer.example", "foyer")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_is_printed_and_typed_by_hand_is_the_sheet(language: str) -> None:
    made, _found = sheet()
    shown = re.search(r'<pre id="sheet">(.*?)</pre>', page_of(made, language), re.DOTALL)
    assert shown
    again = model_from(read_text(html.unescape(shown[1]), "sheet.yaml"), Sheet)
    assert again.fingerprint == made.fingerprint
    assert ssh_public(again.destinations[1].ssh, "") == ssh_public(made.destinations[1].ssh, "")
    for one, other in zip(again.destinations, made.destinations, strict=True):
        assert one.model_copy(update={"ssh": ""}) == other.model_copy(update={"ssh": ""})


def test_the_data_read_back_is_the_same_sheet(tmp_path: Path) -> None:
    made, _found = sheet()
    (tmp_path / "sheet.json").write_text(json.dumps(made.model_dump(mode="json")), "utf-8")
    assert load_model(tmp_path / "sheet.json", Sheet) == made


def test_a_typed_sheet_may_lack_what_other_places_need() -> None:
    made, _found = sheet()
    lines = [line for line in sheet_text(made).splitlines() if not re.match(r" +(ssh|user|password): |services", line)]
    found = model_from(read_text("\n".join(lines), "sheet.yaml"), Sheet)
    assert [each.key for each in found.destinations] == [each.key for each in made.destinations]
    assert [each.ssh + each.user + each.password for each in found.destinations] == ["", "", ""]


def test_blanks_do_not_count_and_a_typing_error_is_told_without_the_key() -> None:
    made, _found = sheet()
    key = made.destinations[0].key
    assert (
        typed(printed(key))
        == typed(f"  {key[:20]}\n {key[20:]} ")
        == typed(f"{key}={check_characters(key).upper()}")
        == key
    )
    wrong = ("A" if key[7] != "A" else "B").join([key[:7], key[8:]])
    for bad in (f"{wrong} = {check_characters(key)}", f"{key[:-1]} = {check_characters(key)}", key[:-1] + "é"):
        text = sheet_text(made).replace(printed(key), bad)
        with pytest.raises(InputError) as caught:
            model_from(read_text(text, "sheet.yaml"), Sheet)
        [finding] = caught.value.findings
        assert finding.path == "destinations[0].key" and "typing error" in finding.message
        assert key[8:16] not in str(finding)


@pytest.mark.parametrize("bad", ["zz", "ab" * 31, "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"])
def test_an_ssh_key_that_is_none_is_refused(bad: str) -> None:
    data = sheet()[0].model_dump(mode="json")
    data["destinations"][1]["ssh"] = bad
    with pytest.raises(ValueError, match="this is no SSH key"):
        Sheet.model_validate(data)


def test_the_fingerprint_changes_with_any_key_and_not_with_the_day() -> None:
    made, found = sheet()
    assert re.fullmatch(r"([0-9a-f]{4} ){3}[0-9a-f]{4}", made.fingerprint)
    assert sheet_of(stack(), found, "2027-01-01").fingerprint == made.fingerprint
    for name in ("key_disk", "ssh_off-site"):
        new = complete({}, stack(), small_catalog())["foyer_backup"][name]
        other = {**found, "foyer_backup": {**found["foyer_backup"], name: new}}
        assert sheet_of(stack(), other, "2026-11-22").fingerprint != made.fingerprint


def test_no_sheet_before_there_are_keys() -> None:
    with pytest.raises(InputError) as caught:
        sheet_of(stack(), GIVEN, "2026-11-22")
    assert [
        f"'{each['name']}'" in str(found) for each, found in zip(DESTINATIONS, caught.value.findings, strict=True)
    ] == [True] * 3
    with pytest.raises(InputError, match="this stack has no backup"):
        sheet_of(stack_of(), {}, "2026-11-22")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_says_what_a_person_needs(language: str) -> None:
    made, found = sheet()
    page = html.unescape(page_of(made, language)).replace("\u00a0", " ")
    mine = found["foyer_backup"]
    for wanted in (
        f'<html lang="{language}">', "provisioner recover sheet.json --host ADDRESS --domain foyer.example",
        printed(mine["key_disk"]), printed(ssh_seed(mine["ssh_off-site"])), HOST_KEY, PASSWORD, "Ada <x>", "06 12",
        check_characters(PASSWORD), "contact@foyer.example", "carnet.foyer.example", "accueil.foyer.example",
        made.fingerprint, {"fr": "22 novembre 2026", "en": "22 November 2026"}[language], CERTIFICATE.splitlines()[1],
    ):  # fmt: skip
        assert wanted in page, wanted
    assert "Ada &lt;x&gt;" in page_of(made, language) and "{" not in re.sub(r"<style>.*?</style>", "", page, flags=re.S)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_without_keys_no_secret_is_on_the_page(language: str) -> None:
    made, found = sheet()
    page, whole = page_of(made, language, keys=False), page_of(made, language)
    assert not [value for value in secret_values(found) if value in page]
    assert found["foyer_backup"]["erasure_salt"] not in whole
    assert printed(found["foyer_backup"]["key_disk"]) in whole and HOST_KEY in page and CERTIFICATE in page


@pytest.mark.parametrize("keys", [True, False])
def test_the_page_can_be_read_by_machines_for_people(keys: bool) -> None:
    page = page_of(sheet()[0], "fr", keys)
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert levels[0] == 1 and levels.count(1) == 1 and all(b - a <= 1 for a, b in pairwise(levels))
    for table in re.findall(r"<table.*?</table>", page, re.DOTALL):
        assert '<th scope="col">' in table or '<th scope="row">' in table
    identifiers = re.findall(r' id="([^"]+)"', page)
    assert len(set(identifiers)) == len(identifiers)
    assert set(re.findall(r'aria-labelledby="([^"]+)"', page)) <= set(identifiers)
    assert "<script" not in page and "default-src 'none'" in page


def test_who_holds_the_offline_identity_is_named_and_too_few_are_told() -> None:
    made, own = sheet()[0], "age1" + "q" * 58
    three = [
        own,
        {"key": "age1" + "p" * 58, "name": "Ada"},
        {"key": "age1" + "z" * 58, "name": "Coffre", "offline": True},
    ]
    page, few = page_of(made, "en", recipients=three), page_of(made, "en")
    assert "Too few" in few and "Too few" not in page
    assert re.search(r"<td>Coffre</td>.*?<td>in a safe</td>", page) and re.search(
        r"<td>Ada</td>.*?with this person", page
    )


@needs_pdf
def test_the_page_is_a_pdf_too() -> None:
    written = pdf_of(page_of(sheet()[0], "fr"))
    assert written.startswith(b"%PDF-") and len(written) > 10_000


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[int, str, str]], Secrets]:
    """Run the command as a person would: without a login, without keys, with all of it, with bad options."""
    home = tmp_path_factory.mktemp("home")
    folders = [home / name for name in ("no-login", "no-keys", "whole")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROVISIONER_IDENTITY", str(home / ".config" / "provisioner" / "identity.txt"))
        about = stack(recipients=[secrets.own_recipient(create=True)])
        for folder in folders:
            (folder / ".git").mkdir(parents=True)
            (folder / "stack.yaml").write_text(stack_text(about, small_catalog(), "en"), "utf-8")
        found = complete(GIVEN, about, small_catalog())
        secrets.write_secrets(folders[1] / "secrets.age", GIVEN, about.recipient_keys)
        secrets.write_secrets(folders[2] / "secrets.age", found, about.recipient_keys)
    out, common = home / "out", ["recovery-sheet", "--catalog", str(GOOD)]
    lines = [
        (folders[0], ["--out", "x.html"]),
        (folders[1], ["--out", "x.html"]),
        (folders[2], ["--out", str(out / "s.html"), "--json", str(out / "s.json"), "--call", "Ada, 06 12"]),
        (folders[2], ["--out", "in-git.html", "--json", "in-git.json"]),
        (folders[2], ["--out", str(out / "n.html"), "--without-keys", "--lang", "en"]),
        (folders[2], ["--json", "x", "--out", "x", "--without-keys", "--call", "Ada"]),
        (folders[2], []),
        (folders[2], ["--out", "stack.yaml/x"]),
    ]
    return home, run_all([(folder, [*common, *words]) for folder, words in lines], "en", home), found


def test_command_writes_files_of_ours_alone_and_tells_no_secret(ran: tuple[Path, list[Any], Secrets]) -> None:
    home, results, found = ran
    assert [code for code, _out, _err in results] == [2, 2, 0, 0, 0, 2, 2, 1], [err for _code, _out, err in results]
    files = [*(home / "out").iterdir(), home / "whole" / "in-git.json"]
    assert len(files) == 4 and {file.stat().st_mode & 0o777 for file in files} == {0o600}
    told = "".join(out + err for _code, out, err in results)
    values = secret_values(found)
    assert not [value for value in values if value in told]
    assert not [*home.glob("*/x*")]


def test_command_names_what_is_missing_or_wrong_all_at_once(ran: tuple[Path, list[Any], Secrets]) -> None:
    _home, results, _found = ran
    assert all(f"secrets set backup_{part}_bucket" in results[0][2] for part in ("user", "password"))
    assert results[1][2].count("has no key yet") == 3
    wrong = results[5][2]
    assert all(text in wrong for text in ("--call: 'Ada'", "--json --without-keys", "each needs a file of its own"))
    assert "say where to write" in results[6][2] and "cannot be written" in results[7][2]


def test_command_speaks_the_association_s_language_and_warns(ran: tuple[Path, list[Any], Secrets]) -> None:
    home, results, _found = ran
    whole, without = (home / "out" / "s.html").read_text("utf-8"), (home / "out" / "n.html").read_text("utf-8")
    assert '<html lang="fr">' in whole and "fiche de secours" in whole and '<html lang="en">' in without
    fingerprint = load_model(home / "out" / "s.json", Sheet).fingerprint
    assert f"Fingerprint: {fingerprint}" in results[2][1] and fingerprint.replace(" ", "\u00a0") in whole
    assert "Only 1 person can open" in results[2][2] and "new-offline" in results[2][2]
    assert results[3][2].count("never commit it") == 2 and "never commit it" not in results[2][2] + results[4][2]
