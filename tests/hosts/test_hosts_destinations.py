"""Damage and attackers: what the host program finds and brings back, with the restic of both Debians. No host."""

import base64
import http.client
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from rehearsal import HostMaker
from restic_site import CERTIFICATE, NAME, Site, cut, flip, free_port, largest, served, summed

from provisioner import runner
from provisioner.commands import docker as engine
from provisioner.host import checks, due, layout, record, restic, settings
from provisioner.host.restic import Destination, Trouble

pytestmark = pytest.mark.lab
CHANCE = random.Random(5)  # content that does not compress, the same each time
FIRST = {"a": CHANCE.randbytes(300_000), "b": b"kept", "c/d": b"gone later"}
SECOND = {"a": CHANCE.randbytes(200_000), "b": b"kept"}
LOGIN = {"user": "asso", "password": "pa$$ w/ord"}
FETCH = (
    "apt-get update -q && cd /tmp && apt-get download restic rclone && "
    "for each in *.deb; do dpkg-deb -x $each found; done && cp found/usr/bin/* /out/"
)


@pytest.fixture(scope="module", params=["12", "13"])
def programs(request: Any, tmp_path_factory: pytest.TempPathFactory, make_host: HostMaker) -> Path:
    """Return a folder with the restic and rclone that a Debian release has."""
    image, folder = f"provisioner/lab-host:{request.param}", tmp_path_factory.mktemp(f"debian{request.param}")
    if runner.run(engine.inspect("image", image), check=False).code:
        make_host("image", request.param)
    options = ["--rm", "--network=host", "--entrypoint=sh", f"--volume={folder}:/out"]
    runner.run(["docker", "run", *options, image, "-c", FETCH], timeout=300)
    return folder


@pytest.fixture(scope="module")
def site(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return an association that was backed up twice to two folders."""
    folder = tmp_path_factory.mktemp("site") / "site"
    with Site(folder, programs).here() as found:
        for name in ("disk", "second"):
            found.add(name, str(folder / name))
        for content in (FIRST, SECOND):
            found.write(content)
            done = found.backup()
            assert all(item["ok"] for item in done.values()), done
    yield found


@pytest.fixture
def mine(site: Site) -> Iterator[Site]:
    """Return the site to be damaged: afterwards it is as it was. Snapshots know their paths: it stays in its place."""
    kept = site.folder.with_name("kept")
    if not kept.is_dir():
        shutil.copytree(site.folder, kept)
    destinations = list(site.destinations)
    with site.here():
        yield site
    site.destinations[:] = destinations
    shutil.rmtree(site.folder)
    shutil.copytree(kept, site.folder)


def old(found: Site) -> bool:
    """Tell whether restic is Debian 12's: it tries for most of a minute to read a file that is cut or missing."""
    return "0.14" in runner.run([str(found.program / "restic"), "version"]).stdout


def repository(found: Site, name: str = "disk") -> Path:
    """Return the folder of a repository."""
    return Path(settings.destination("asso", name).about["url"])


def pack_of(found: Site) -> Path:
    """Return the largest pack: it holds data of files."""
    return largest(repository(found), "data")


def good_one(_found: Site) -> str:
    """Return a good snapshot of the first destination."""
    known: list[dict[str, Any]] = layout.read_json(record.local("asso", "disk"), [])
    return str(known[0]["snapshot"])


Damage = Callable[[Site], None]
# What was done; the depths that find it, cheapest first. A flipped bit in data is for reading alone to find.
DAMAGES: dict[str, tuple[Damage, str]] = {
    "a bit of a pack": (lambda found: flip(pack_of(found)), "round"),
    "half of a pack": (lambda found: cut(pack_of(found)), "structure"),
    "a pack": (lambda found: pack_of(found).unlink(), "structure"),
    "an index": (lambda found: largest(repository(found), "index").unlink(), "structure"),
    "a bit of an index": (lambda found: flip(largest(repository(found), "index")), "structure"),
    "a snapshot": (lambda found: (repository(found) / "snapshots" / good_one(found)).unlink(), "structure"),
    "a bit of a snapshot": (lambda found: flip(largest(repository(found), "snapshots")), "structure"),
    "a bit of the config": (lambda found: flip(repository(found) / "config"), "structure"),
    "a bit of the key": (lambda found: flip(largest(repository(found), "keys")), "structure"),
    "the key": (lambda found: largest(repository(found), "keys").unlink(), "structure"),
    "the config": (lambda found: (repository(found) / "config").unlink(), "structure"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found_and_never_restored_in_silence(mine: Site, damage: str) -> None:
    good = mine.good(settings.destination("asso", "disk"))
    pack = pack_of(mine).name
    do, depth = DAMAGES[damage]
    do(mine)
    shutil.rmtree(layout.state_root() / "cache", ignore_errors=True)  # a bare host has none

    structure = checks.check("asso", "disk", "structure")
    assert structure["ok"] == (depth == "round"), structure
    if depth == "round":  # restic puts packs into rounds by the first byte of their name: one of thirty must find it
        hit = int(pack[:2], 16) % due.ROUNDS + 1
        assert checks.check("asso", "disk", "round", hit)["code"] == "damaged"
        assert checks.check("asso", "disk", "round", hit % due.ROUNDS + 1)["ok"]
        assert checks.check("asso", "disk", "all")["code"] == "damaged"
    else:
        assert structure["code"] in ("damaged", "wrong_key", "no_repository") and structure["message"]

    for entry, content in zip(good, (FIRST, SECOND), strict=True):
        if old(mine) and damage in ("half of a pack", "a pack"):
            break
        with suppress(Trouble):  # an error is an answer; other bytes are none
            assert mine.restored(settings.destination("asso", "disk"), entry["snapshot"]) == summed(content)


@pytest.mark.parametrize("damage", ["an index", "the config", "a bit of a snapshot"])
def test_the_second_destination_takes_over(mine: Site, damage: str) -> None:
    DAMAGES[damage][0](mine)
    shutil.rmtree(layout.state_root() / "cache", ignore_errors=True)
    brought: dict[str, Any] = {}
    for where, entry in record.candidates("asso", NAME, "latest"):
        with suppress(Trouble):
            brought[where.name] = mine.restored(where, entry["snapshot"])
            break
    assert list(brought.values()) == [summed(SECOND)]


def test_a_lost_disk_is_no_reason_for_a_new_repository(mine: Site) -> None:
    shutil.rmtree(repository(mine))
    done = mine.backup()
    assert done["disk"]["message"].startswith("no_repository")
    assert done["second"]["ok"] and not repository(mine).exists()


def test_a_full_destination_is_told_and_the_other_one_is_written(mine: Site) -> None:
    small = mine.folder / "small"
    small.mkdir()
    runner.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)])
    try:
        mine.add("small", str(small / "copies"))
        mine.write({"a": random.randbytes(4_000_000)})
        done = mine.backup()
        assert done["disk"]["ok"] and done["second"]["ok"]
        assert done["small"]["message"].startswith("full")
        with (small / "rest").open("wb", buffering=0) as filling, suppress(OSError):
            while filling.write(bytes(4096)):
                pass
        assert mine.backup()["small"]["message"].startswith("full")
    finally:
        runner.run(["umount", str(small)])


class Server:
    """A REST server on this machine that refuses to delete, and what an attacker with the host's login asks of it."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port, self.folder = port, folder
        self.url = f"rest:http://127.0.0.1:{port}/asso"

    def ask(self, method: str, path: str, body: bytes = b"") -> int:
        """Return the status of a request with the host's own login."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        login = base64.b64encode(":".join(LOGIN.values()).encode()).decode()
        try:
            connection.request(method, f"/asso/{path}", body or None, {"Authorization": f"Basic {login}"})
            return connection.getresponse().status
        finally:
            connection.close()

    def files(self) -> dict[str, bytes]:
        """Return what the server holds but for locks: path -> content."""
        base = self.folder / "asso"
        found = [path for path in base.rglob("*") if path.is_file() and path.parent.name != "locks"]
        return {str(path.relative_to(base)): path.read_bytes() for path in found}


@pytest.fixture
def server(programs: Path, tmp_path: Path) -> Iterator[Server]:
    """Start Debian's rclone as an append-only REST server."""
    folder, port = tmp_path / "served", free_port()
    folder.mkdir()
    line = [str(programs / "rclone"), "serve", "restic", "--append-only", "--addr", f"127.0.0.1:{port}"]
    line += ["--user", LOGIN["user"], "--pass", LOGIN["password"], str(folder)]
    with served(line, port, tmp_path / "server.log"):
        yield Server(port, folder)


def lie(where: Destination, entries: list[dict[str, Any]]) -> None:
    """Write a bogus record, as whoever has the host can."""
    layout.write_json(record.local("asso", where.name), entries)
    record.write(where)


def test_who_takes_the_host_over_cannot_take_the_copies(programs: Path, server: Server, tmp_path: Path) -> None:
    with Site(tmp_path / "site", programs).here() as found:
        disk = found.add("disk", str(tmp_path / "site" / "disk"))
        away = found.add("away", server.url, LOGIN, append_only=True)
        for content in (FIRST, SECOND):
            found.write(content)
            assert all(item["ok"] for item in found.backup().values())
        good, held = found.good(away), server.files()
        assert len(good) == 2

        # What restic offers. 0.14 tries again for a quarter of an hour what the server refuses.
        for words in (["forget", "--keep-last", "1", "--group-by", "", "--prune"], ["forget", good[0]["snapshot"]]):
            with suppress(Trouble):
                restic.run(away, *words, timeout=8)
        for path in held:
            if path.startswith("keys/"):
                with suppress(Trouble):
                    restic.run(away, "key", "remove", Path(path).name, timeout=8)
        with suppress(Trouble):
            restic.run(away, "unlock", "--remove-all", timeout=8)
        # What the server's own protocol offers.
        for path, data in held.items():
            assert server.ask("DELETE", _address(path)) in (403, 405), path
            assert server.ask("POST", _address(path), b"x" * len(data)) in (403, 405), path
        server.ask("DELETE", "")
        # What may be added: snapshots and records that lie.
        found.write({"a": b"pay us"})
        found.backup()
        lie(away, [])
        lie(away, [{**good[0], "time": good[0]["time"] + 7}, {**good[1], "instance": "asso_other"}])
        lie(away, [{**each, "volumes": {}, "dumps": {"db": {"bytes": 1, "sha256": "0"}}} for each in good])
        shutil.rmtree(str(disk.about["url"]))
        shutil.rmtree(layout.state_root())

        # A bare host, later.
        now = server.files()
        assert {path: now.get(path) for path in held} == held
        kept = {each["snapshot"]: each for each in record.read(away)}
        for entry, content in zip(good, (FIRST, SECOND), strict=True):
            assert entry["snapshot"] in kept
            assert record.true(away, kept[entry["snapshot"]]) == entry
            assert found.restored(away, entry["snapshot"]) == summed(content)
        when = record.choose(list(kept.values()), NAME, good[1]["snapshot"])
        assert when["time"] == good[1]["time"]


def _address(path: str) -> str:
    """Return the address of a file in the protocol: packs lie in folders on the disk only."""
    kind, _sep, rest = path.partition("/")
    return f"data/{Path(rest).name}" if kind == "data" else path


def keys(folder: Path, *names: str) -> dict[str, str]:
    """Make SSH key pairs and return name -> private key, and name.pub -> public key without its comment."""
    found = {}
    for name in names:
        runner.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)])
        found |= {
            name: (folder / name).read_text(),
            f"{name}.pub": " ".join((folder / f"{name}.pub").read_text().split()[:2]),
        }
    return found


@contextmanager
def all_kinds(programs: Path, folder: Path) -> Iterator[dict[str, dict[str, Any]]]:
    """Run an SSH, an append-only REST (TLS, own authority) and an S3 server; give name -> how `Site.add` is called."""
    pair, address = keys(folder, "server", "stranger", "login"), f"127.0.0.{random.randint(20, 250)}"
    layout.write(folder / "allowed", pair["login.pub"], 0o600)
    text = f"ListenAddress {address}\nPort 22\nHostKey {folder}/server\nAuthorizedKeysFile {folder}/allowed\n"
    layout.write(folder / "sshd_config", text + "StrictModes no\nPidFile none\nSubsystem sftp internal-sftp\n")
    Path("/run/sshd").mkdir(exist_ok=True)
    tls = [
        "-keyout",
        str(folder / "tls.key"),
        "-out",
        str(folder / "tls.crt"),
        "-addext",
        "subjectAltName=IP:127.0.0.1",
    ]
    runner.run([*CERTIFICATE, *tls])
    rest, s3 = free_port(), free_port()
    (folder / "served").mkdir()
    line = [str(programs / "rclone"), "serve", "restic", "--append-only", "--addr", f"127.0.0.1:{rest}"]
    line += ["--cert", str(folder / "tls.crt"), "--key", str(folder / "tls.key")]
    line += ["--user", LOGIN["user"], "--pass", LOGIN["password"], str(folder / "served")]
    moto = [str(Path(sys.executable).with_name("moto_server")), "-H", "127.0.0.1", "-p", str(s3)]
    with (
        served(["/usr/sbin/sshd", "-D", "-e", "-f", str(folder / "sshd_config")], 22, folder / "sshd.log", address),
        served(line, rest, folder / "rest.log"),
        served(moto, s3, folder / "s3.log"),
    ):
        yield {
            "sftp": {"url": f"sftp:root@{address}:{folder}/sftp", "secrets": {"ssh": pair["login"]},
                     "host_key": pair["server.pub"], "other": {"host_key": pair["stranger.pub"]}},
            "rest": {"url": f"rest:https://127.0.0.1:{rest}/asso", "secrets": LOGIN, "append_only": True,
                     "certificate": (folder / "tls.crt").read_text(), "other": {"certificate": ""}},
            "s3": {"url": f"s3:http://127.0.0.1:{s3}/asso", "secrets": {"user": "me", "password": "word"},
                   "other": {"url": f"s3:http://127.0.0.1:{free_port()}/asso"}},
        }  # fmt: skip


def test_every_kind_of_destination(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restic, "QUICK", 8)
    with Site(tmp_path / "site", programs).here() as found, all_kinds(programs, tmp_path) as kinds:
        others = {name: about.pop("other") for name, about in kinds.items()}
        # The nearest is sftp: the others are copied from there; the path is read a second time by nobody.
        for name, about in kinds.items():
            found.add(name, **about)
        found.add("disk", str(tmp_path / "disk"))
        for content in (FIRST, SECOND):
            found.write(content)
            done = found.backup()
            assert all(item["ok"] for item in done.values()), done
        for name in ("sftp", "rest", "s3", "disk"):
            where = settings.destination("asso", name)
            assert [found.restored(where, each["snapshot"]) for each in found.good(where)] == [
                summed(FIRST), summed(SECOND)]  # fmt: skip
            assert checks.check("asso", name, "all")["ok"]
            assert checks.prune("asso", name)["code"] == ("append_only" if name == "rest" else "")
        # Somebody else answers under its name, or nobody: it is told, and nothing is made there.
        for each in found.destinations:
            each.update(others.get(each["name"], {}))
        layout.write_json(
            settings.folder_of("asso") / "backup.json", {"association": "asso", "destinations": found.destinations}
        )
        for name in others:
            with pytest.raises(Trouble) as caught:
                restic.exists(settings.destination("asso", name))
            assert caught.value.code == "unreachable", caught.value.output
        assert record.find("asso", NAME, "latest")[0].name == "disk"
