"""Images, package lists and feeds that somebody else wrote: told or refused, never a traceback and never left out."""

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from test_sbom import NOW, go_program, installed, tar_of

from provisioner.cli import sbom_tables
from provisioner.errors import InputError
from provisioner.host import package_files
from provisioner.host.packages import read_tar
from provisioner.sbom import cyclonedx, feeds
from provisioner.sbom.gather import absent, unread
from provisioner.sbom.inventory import Contents, Inventory, _packages
from provisioner.sbom.match import compare

COMPOSER = "srv/vendor/composer/installed.json"
NPM = "srv/node_modules/x/package.json"


def told(files: dict[str, bytes], executable: tuple[str, ...] = ()) -> dict[str, Any]:
    """Read files as an image, and take what was found all the way to CycloneDX in UTF-8."""
    found = read_tar(tar_of({"usr/lib/os-release": b"ID=debian\nVERSION_ID=13\n", **files}, executable))
    contents = Contents("app", found["release"], _packages(found["packages"]), opaque=tuple(found["opaque"]))
    cyclonedx.write("one", [contents]).encode()
    return found


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (NPM, b"[" * 200_000), (NPM, b'{"name": "", "version": "1"}'), (NPM, b'{"name": "@scope/", "version": "1"}'),
        (NPM, b'{"name": "x", "version": {}}'), (NPM, b"\xff\xfe\x00"), (NPM, b'[{"name": 5}]'),
        (COMPOSER, b'{"packages": 5}'), (COMPOSER, b"5"), (COMPOSER, b'[{"name": {}, "version": "1"}, 7, null]'),
        (COMPOSER, b'[{"name": 5, "version": "1"}, {"name": [], "version": "2"}]'), (COMPOSER, b"[" * 200_000),
        ("var/lib/dpkg/status", b"Package: \nVersion: 1\n\n\x00\xff\n\nPackage\n\nVersion: 2"),
        ("lib/apk/db/installed", b"P:\nV:1\n\nP\nV\n:\n\n" + b"\xff" * 99), ("lib/apk/db/installed", b"\n" * 9999),
        ("x/a-1.dist-info/METADATA", b"Name: /\nVersion: 1\n"), ("x/a-1.dist-info/METADATA", b"\xff" * 999),
        ("x/specifications/-1.gemspec", b"x"), ("x/specifications/a.gemspec", b".licenses = ["),
        ("bin/app", b"\x7fELF" + b"\xff Go buildinf:" * 9 + b"\xff" * 2**20),
    ],
)  # fmt: skip
def test_a_list_that_is_none_names_no_package(path: str, content: bytes) -> None:
    assert [each for each in told({path: content}, (path,))["packages"] if each["type"] != "golang"] == []


def test_names_that_are_no_text_do_not_stop_the_writing() -> None:
    odd = b'{"name": "a\\ud800", "version": "1\\u001b[2J", "license": "\\udfff"}'
    [package] = told({NPM: odd})["packages"]
    assert (package["name"], package["version"], package["licenses"]) == ("a?", "1?[2J", ["?"])
    path = b"opt/\xff\x1b]0;x".decode("utf-8", "surrogateescape")
    found = told({path: b"\x7fELF" + b"\0" * 2**20}, (path,))
    assert found["opaque"] == ["/opt/??]0;x"]
    assert go_program("")


def test_one_licence_as_plain_text_is_one_licence() -> None:
    found = told({COMPOSER: b'[{"name": "a/b", "version": "v1.0", "license": "MIT"}]'})
    assert [each["licenses"] for each in found["packages"]] == [["MIT"]]


def test_a_list_too_large_to_be_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_files, "MAX_BYTES", 50)
    text = b"Package: a\nVersion: 1\n" + b" padding" * 20
    assert told({"var/lib/dpkg/status": text})["opaque"] == ["/var/lib/dpkg/status"]


def test_an_image_that_cannot_be_read_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    [error] = unread(installed())
    assert "one_proxy/gone" in error.message and "no such image" in error.message
    assert unread(Inventory()) == []


def test_what_an_image_calls_itself_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    release = {"ID": "debian", "VERSION_ID": "13", "PRETTY_NAME": "[/red]"}
    sbom_tables.show(Inventory({}, {"one": [Contents("app", release, (), error="failed: [/nothing]")]}), None)
    out = capsys.readouterr().out
    assert "[/red]" in out and "[/nothing]" in out


def osv(**changes: Any) -> dict[str, Any]:
    package = {"ecosystem": "npm", "name": "@scope/thing"}
    item = {"id": "X-1", "modified": "2026-01-01T00:00:00Z", "affected": [{"package": package}]}
    return {**item, **changes}


def feed_files(folder: Path) -> dict[str, Path]:
    """Write files that are no feed, each in another way."""
    found = {"deep.json": "[" * 200_000, "deep.yaml": "[" * 200_000, "deeper.yaml": "- " * 5000 + "x"}
    found["tracker.json"] = json.dumps({"zlib": {"CVE-1": {"releases": {"trixie": 5}}}})
    found["text.zip"] = "PK\x03\x04 cut off"
    for name, text in found.items():
        (folder / name).write_text(text)
    whole = folder / "whole.zip"
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", json.dumps([osv()] * 50))
    data = bytearray(whole.read_bytes())
    (folder / "cut.zip").write_bytes(data[: len(data) // 2])
    data[45:60] = bytes(15)
    (folder / "damaged.zip").write_bytes(data)
    locked = bytearray(whole.read_bytes())
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    (folder / "locked.zip").write_bytes(locked)
    whole.unlink()
    os.mkfifo(folder / "pipe.json")
    return {path.name: path for path in folder.iterdir() if path.is_file()}


def test_files_that_are_no_feed_are_all_told_at_once(tmp_path: Path) -> None:
    files = feed_files(tmp_path)
    assert len(files) == 8
    for path in files.values():
        with pytest.raises(InputError, match="is no feed of advisories"):
            feeds.read_feed(path)
    with pytest.raises(InputError) as caught:
        feeds.read_feeds([*files.values(), tmp_path / "missing.json"])
    assert len(caught.value.findings) == 9 and caught.value.hint


def test_an_advisory_too_large_in_an_archive_is_not_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "f.zip", "w") as archive:
        archive.writestr("a.json", json.dumps(osv()))
        archive.writestr("b.json", json.dumps(osv(summary="x" * 2000)))
    monkeypatch.setattr(feeds, "MOST_BYTES", 1000)
    with pytest.raises(InputError, match="too large"):
        feeds.read_feed(tmp_path / "f.zip")


def test_numbers_where_texts_belong_are_compared_all_the_same(tmp_path: Path) -> None:
    state = {"status": "resolved", "fixed_version": 9, "urgency": 5}
    (tmp_path / "t.json").write_text(json.dumps({"curl": {"CVE-1": {"releases": {"trixie": state}}}}))
    affected = [{"package": {"ecosystem": "npm", "name": "@scope/thing"}, "versions": ["3.1.0"]}]
    (tmp_path / "o.json").write_text(json.dumps([osv(id=5, aliases=[7], affected=affected), osv(affected=affected)]))
    compared = compare(installed(), [feeds.read_feed(tmp_path / name) for name in ("t.json", "o.json")], NOW)
    assert {each.id for each in compared["known"]} == {"CVE-1", "5", "X-1"}
    sbom_tables.show_known(compared)


def test_an_instance_of_which_nothing_is_there_is_an_error() -> None:
    [error] = absent(installed(), ["one_pad", "one_wiki"])
    assert error.message.startswith("one_wiki: ")
