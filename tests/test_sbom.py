"""What is installed (read from file systems as tar), its CycloneDX, and advisories from files of the real formats."""

import io
import json
import os
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from provisioner.errors import InputError
from provisioner.host.package_files import kind_of
from provisioner.host.packages import read_simulation, read_tar
from provisioner.models.stack import Lock
from provisioner.sbom import cyclonedx
from provisioner.sbom.feeds import read_feed
from provisioner.sbom.inventory import Contents, Inventory, Package, inventory
from provisioner.sbom.match import compare
from provisioner.sbom.versions import older

CASES = Path(__file__).parent / "cases" / "sbom"
FILES: dict[str, str] = yaml.safe_load((CASES / "files.yaml").read_text("utf-8"))["files"]
EXPECTED = yaml.safe_load((CASES / "files.yaml").read_text("utf-8"))["expect"]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DIGEST = f"sha256:{'a' * 64}"


def tar_of(files: dict[str, bytes], executable: tuple[str, ...] = ()) -> io.BytesIO:
    """Return a file system as `docker export` writes it: paths without a leading slash."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(path)
            member.size, member.mode = len(content), 0o755 if path in executable else 0o644
            archive.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("etc/os-release")
        link.type, link.linkname = tarfile.SYMTYPE, "../usr/lib/os-release"
        archive.addfile(link)
    target.seek(0)
    return target


def go_program(lines: str, padding: int = 5 * 2**20) -> bytes:
    """Return bytes as a Go program has them: the word alone (as in Go's own tools), then the word with what follows."""
    texts = b""
    for text in (b"go1.24.3", lines.encode()):
        length, size = len(text), b""
        while length > 0x7F:
            size, length = size + bytes([length & 0x7F | 0x80]), length >> 7
        texts += size + bytes([length]) + text
    word = b"\xff Go buildinf:"
    return b"\x7fELF" + b"\0" * padding + word + b"\0" * 40 + word + b"\x08\x02" + b"\0" * 16 + texts + b"\0" * 99


def test_every_kind_of_list_is_read() -> None:
    found = read_tar(tar_of({path: text.encode() for path, text in FILES.items()}))
    told = [f"{p['type']} {p['name']} {p['version']}" for p in found["packages"]]
    assert told == EXPECTED["packages"]
    assert found["release"]["VERSION_CODENAME"] == "trixie"
    licensed = {p["name"]: p["licenses"] for p in found["packages"] if "licenses" in p}
    assert licensed == EXPECTED["licenses"]
    sources = {p["name"]: (p["source"], p["source_version"]) for p in found["packages"] if p["type"] == "deb"}
    assert sources["libssl3t64"] == ("openssl", "3.5.1-1+deb13u1")


def test_go_programs_tell_their_modules_and_others_are_named() -> None:
    parts = ["path\tcaddy", "mod\tcaddy\t(devel)\t", "dep\tgolang.org/x/net\tv0.40.0\th1:x=", "dep\tother\tv1.0.0"]
    lines = "\n".join([*parts, "=>\tfork\tv1.0.1", ""])
    files = {
        "usr/lib/os-release": b"ID=alpine\nVERSION_ID=3.22.1\n",
        "usr/bin/caddy": go_program(lines),
        "opt/app/server": b"\x7fELF" + b"\0" * 2**20,
        "usr/bin/of-apk": b"\x7fELF" + b"\0" * 2**20,
        "lib/apk/db/installed": b"P:of-apk\nV:1.0-r0\nF:usr/bin\nR:of-apk\n\n",
        "opt/site-packages/x.so": b"\x7fELF" + b"\0" * 2**20,
        "opt/big.txt": b"x" * 2**20,
    }
    found = read_tar(tar_of(files, tuple(files)))
    told = [(p["name"], p["version"]) for p in found["packages"] if p["type"] == "golang"]
    assert told == [("caddy", "(devel)"), ("fork", "v1.0.1"), ("golang.org/x/net", "v0.40.0"), ("stdlib", "1.24.3")]
    assert found["opaque"] == ["/opt/app/server"]


def test_what_belongs_to_no_package_manager_is_not_a_list() -> None:
    for path in ("srv/dpkg/status", "app/package.json", "node_modules/a/b/package.json", "x/composer/installed.json"):
        assert kind_of(path) == ""


def test_apt_simulation_tells_what_is_for_security() -> None:
    said = (
        "Inst libssl3t64 [3.5.1-1] (3.5.1-1+deb13u1 Debian-Security:13/stable-security [amd64])\n"
        "Inst tzdata [2025b-4] (2025b-5 Debian:13.2/stable [all]) []\nConf tzdata (2025b-5 Debian:13.2/stable [all])\n"
    )
    assert [(each["name"], each["to"], each["security"]) for each in read_simulation(said)] == [
        ("libssl3t64", "3.5.1-1+deb13u1", True), ("tzdata", "2025b-5", False),
    ]  # fmt: skip


def installed() -> Inventory:
    """Return an instance on Debian 13 with packages of every kind, one on Alpine, and one image that cannot be read."""
    debian = {"ID": "debian", "VERSION_ID": "13", "VERSION_CODENAME": "trixie", "PRETTY_NAME": "Debian 13"}
    packages = (
        Package("deb", "libssl3t64", "3.5.1-1+deb13u1", "openssl", "3.5.1-1+deb13u1", "amd64", ("Apache-2.0", "GPL-2")),
        Package("deb", "zlib1g", "1:1.3", "zlib", "1:1.3", "amd64"),
        Package("deb", "curl", "8.14.1-2+deb13u1", "curl", "8.14.1-2+deb13u1", "amd64"),
        Package("npm", "@scope/thing", "3.1.0", licenses=("MIT",)),
        Package("pypi", "Made_Up_Lib", "2.0.1", licenses=("GPL v3 or so",)),
        Package("composer", "vendor/part", "1.0"),
        Package("golang", "golang.org/x/net", "v0.40.0"),
    )
    app = Contents(
        "app", debian, packages, "registry.example:5000/pad", DIGEST, "1.2", ("/opt/x",), stands_for="pad:1.2"
    )
    alpine = {"ID": "alpine", "VERSION_ID": "3.22.1"}
    proxy = Contents("caddy", alpine, (Package("apk", "musl", "1.2.5-r9", "musl", "1.2.5-r9"),), "caddy:2", DIGEST)
    return Inventory({}, {"one_pad": [app], "one_proxy": [proxy, Contents("gone", {}, (), error="no such image")]})


def test_cyclonedx_is_valid_and_the_same_each_time() -> None:
    texts, again = cyclonedx.write_all(installed()), cyclonedx.write_all(installed())
    assert texts == again
    dated = cyclonedx.write_all(installed(), NOW)
    for text in [*texts.values(), *dated.values()]:
        assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    pad = json.loads(texts["one_pad"])
    assert "timestamp" not in pad["metadata"]
    assert json.loads(dated["one_pad"])["metadata"]["timestamp"] == "2026-11-22T12:00:00+00:00"
    [image] = pad["components"]
    assert {each["purl"] for each in image["components"]} == {
        "pkg:deb/debian/libssl3t64@3.5.1-1%2Bdeb13u1?arch=amd64&distro=debian-13",
        "pkg:deb/debian/zlib1g@1:1.3?arch=amd64&distro=debian-13",
        "pkg:deb/debian/curl@8.14.1-2%2Bdeb13u1?arch=amd64&distro=debian-13",
        "pkg:npm/%40scope/thing@3.1.0", "pkg:pypi/made-up-lib@2.0.1", "pkg:composer/vendor/part@1.0",
        "pkg:golang/golang.org/x/net@v0.40.0",
    }  # fmt: skip
    assert image["purl"].startswith(f"pkg:oci/pad@{DIGEST}?repository_url=")
    depends = {each["ref"]: each.get("dependsOn", []) for each in pad["dependencies"]}
    assert (depends["one_pad"], len(depends["one_pad/app"])) == (["one_pad/app"], 7)


@pytest.mark.parametrize(
    ("ecosystem", "left", "right", "expected"), yaml.safe_load((CASES / "versions.yaml").read_text("utf-8"))
)
def test_older(ecosystem: str, left: str, right: str, expected: bool | None) -> None:
    assert older(left, right, ecosystem) is expected


def known_in(found: Inventory, *names: str) -> list[str]:
    compared = compare(found, [read_feed(CASES / name) for name in names], NOW)
    return [f"{k.id} {k.package} {k.installed} {k.fixed or '-'} {','.join(k.where)}" for k in compared["known"]]


def test_debian_tracker_by_source_package_and_release() -> None:
    assert known_in(installed(), "debian.json") == [
        "CVE-2030-0001 openssl 3.5.1-1+deb13u1 3.5.1-1+deb13u2 one_pad/app",
        "CVE-2030-0004 zlib 1:1.3 - one_pad/app",
    ]


def test_osv_by_ecosystem_and_without_what_was_withdrawn() -> None:
    assert known_in(installed(), "osv.json") == [
        "ALPINE-CVE-2030-2000 musl 1.2.5-r9 1.2.5-r10 one_proxy/caddy",
        "PYSEC-2030-1 made-up-lib 2.0.1 2.0.3 one_pad/app",
        "GHSA-aaaa-bbbb-cccc @scope/thing 3.1.0 - one_pad/app",
    ]


def test_what_was_not_compared_is_told(tmp_path: Path) -> None:
    file = tmp_path / "tracker.json"
    file.write_text((CASES / "debian.json").read_text())
    os.utime(file, (NOW.timestamp() - 9 * 86400,) * 2)
    odd = Inventory({}, {"one": [Contents("app", {}, (Package("npm", "@scope/thing", "latest"),))]})
    both = Inventory({}, {**installed().instances, **odd.instances})
    compared = compare(both, [read_feed(file), read_feed(CASES / "osv.json")], NOW)
    assert compared["uncovered"] == {"Go": 1, "Packagist": 1}
    assert compared["undecided"] == ["@scope/thing latest: GHSA-aaaa-bbbb-cccc"]
    first, second = compared["feeds"]
    assert (first["days"], first["stale"], first["dated_by"]) == (9, True, "file")
    assert (second["days"], second["stale"], second["dated_by"]) == (1, False, "newest")


def test_osv_is_read_from_folders_of_yaml_and_from_zips(tmp_path: Path) -> None:
    items = json.loads((CASES / "osv.json").read_text())
    (tmp_path / "vulns").mkdir()
    for item in items:
        (tmp_path / "vulns" / f"{item['id']}.yaml").write_text(yaml.safe_dump(item))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for item in items:
            archive.writestr(f"{item['id']}.json", json.dumps(item))
    wanted = read_feed(CASES / "osv.json")
    for path in (tmp_path / "vulns", tmp_path / "all.zip"):
        feed = read_feed(path)
        assert (feed.count, feed.date, feed.ecosystems) == (wanted.count, wanted.date, wanted.ecosystems)


@pytest.mark.parametrize("text", ["", "{}", "[]", "[1]", '{"a": 1}', '{"a": {"CVE": {}}}', "{not json", '{"id": "X"}'])
def test_a_file_that_is_no_feed_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "feed.json").write_text(text)
    with pytest.raises(InputError, match="is no feed of advisories"):
        read_feed(tmp_path / "feed.json")


def test_inventory_names_what_runs_and_what_it_stands_for() -> None:
    lock = Lock.model_validate(
        {"lock": "1.0", "images": {"pad:3.3": {"image": f"reg:5000/pad:1.8@{DIGEST}", "source": "stand-in"}}}
    )
    image: dict[str, Any] = {
        "release": {}, "packages": [{"type": "npm", "name": "a", "version": "1"}, {"type": "odd", "name": "x"}],
        "opaque": [], "references": [], "digests": [f"reg:5000/pad@{DIGEST}"], "version": "1.8",
    }  # fmt: skip
    answer = {"host": None, "images": {"id": image, "bad": {"error": "gone"}},
              "instances": {"one_pad": {"app": "id", "old": "bad"}, "provisioner_proxy": {"caddy": "id"}}}  # fmt: skip
    found = inventory({"h1": answer}, [lock])
    app, old = found.instances["one_pad"]
    assert (app.reference, app.stands_for, app.digest, len(app.packages)) == ("reg:5000/pad:1.8", "pad:3.3", DIGEST, 1)
    assert old.error == "gone"
    assert list(found.instances) == ["one_pad", "h1-proxy"]
