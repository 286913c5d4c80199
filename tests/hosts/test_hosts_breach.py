"""A breach with one service stopped, with the whole engine down, and with the host away: register, evidence, seal."""

import io
import json
import subprocess
import tarfile
import time
from pathlib import Path
from typing import Any

import pyrage
import pytest
from rehearsal import HostMaker, Outcome, Stack, StackMaker

from provisioner.gdpr.breach_evidence import digest_of

pytestmark = pytest.mark.lab
MARKER = "GET /seen-in-the-log-of-the-proxy"


@pytest.fixture(scope="module")
def stack(make_host: HostMaker, make_stack: StackMaker) -> Stack:
    """Return the stack `leak` (Etherpad, Radicale), applied, with a request in its proxy's log."""
    made = make_stack("leak", make_host("f7breach", "13"), ["etherpad", "radicale"], "none")
    made.apply()
    made.host.fetch("agenda.leak.lab.test", MARKER.split()[1])
    return made


def breach(stack: Stack, *words: str) -> Outcome:
    return stack.run("gdpr", "breach", *words, "--stack", str(stack.folder / "stack.yaml"))


def pieces(stack: Stack, breach_: dict[str, Any]) -> dict[str, str]:
    """Return the pieces of the last evidence of a breach, opened by hand: name -> text."""
    path = stack.folder / "gdpr" / "breaches" / breach_["id"] / breach_["evidence"][-1]["file"]
    assert path.stat().st_mode & 0o777 == 0o600 and digest_of(path) == breach_["evidence"][-1]["sha256"]
    line = next(each for each in stack.identity.read_text().splitlines() if each.startswith("AGE-SECRET-KEY-"))
    plain = pyrage.decrypt(path.read_bytes(), [pyrage.x25519.Identity.from_str(line)])
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        files = {each.name.removeprefix("evidence/"): tar.extractfile(each) for each in tar if each.isfile()}
        return {name: file.read().decode("utf-8", "replace") for name, file in files.items() if file}


def without_secrets(stack: Stack, found: dict[str, str]) -> None:
    """Nothing of the secrets of any instance is in any piece."""
    secrets = [text.strip() for text in stack.secrets_there().values() if len(text.strip()) >= 6]
    assert secrets
    assert not [name for name, text in found.items() if any(secret in text for secret in secrets)]


def test_breach_with_one_service_stopped(stack: Stack) -> None:
    stack.host.run("docker stop $(docker ps -q --filter label=com.docker.compose.project=leak_radicale)")
    stack.host.run("logger -t somebody password=hunter2-hunter2")
    opened = breach(
        stack, "open", "Somebody was inside", "--kind", "confidentiality", "--service", "radicale", "--json"
    )
    assert opened.code == 0 and not opened.json["trouble"], opened.err
    assert opened.json["evidence"][0]["signed"] == "yes" and opened.json["state"] == "running"
    found = pieces(stack, opened.json)
    assert MARKER.split()[1] in found["logs/provisioner_proxy-caddy-1.txt"]
    assert "Accepted publickey" in found["sign_ins.txt"] and "sshd" in found["processes.txt"]
    assert ":443" in found["listening.txt"] and "instances/leak_radicale/compose.yaml" in found["checksums.txt"]
    radicale = [each for each in json.loads(found["containers.json"]) if "leak_radicale" in each["Name"]]
    assert radicale and not any(each["State"]["Running"] for each in radicale)
    assert "debian" in found["accounts.json"] and '"outcome"' in found["runs.jsonl"]
    assert "hunter2" not in "".join(found.values()) and "password=[secret]" in found["journal.txt"]
    without_secrets(stack, found)
    stack.host.run("docker start $(docker ps -aq --filter label=com.docker.compose.project=leak_radicale)")
    assert not stack.host.run("ls /var/lib/provisioner/evidence 2>/dev/null", check=False), "nothing is left there"


def test_breach_with_the_whole_engine_down(stack: Stack) -> None:
    stack.host.run("systemctl stop docker.socket docker", timeout=180)
    try:
        opened = breach(stack, "open", "Everything is down", "--kind", "availability", "--json")
        assert opened.code == 0, opened.err
        found = pieces(stack, opened.json)
        assert MARKER.split()[1] in found["logs/provisioner_proxy-caddy-1.txt"], "from the engine's own files"
        assert len(json.loads(found["containers.json"])) >= 3
        without_secrets(stack, found)
        assert not opened.json["counts"], "nothing could be counted"
        form = json.loads((Path(opened.json["folder"]) / "form.json").read_text("utf-8"))["fields"]
        assert form["people_number"]["to_fill"] and all(each["answer"]["fr"] for each in form.values())
    finally:
        stack.host.run("systemctl start docker", timeout=180)
    for _try in range(30):
        if "unhealthy" not in (told := stack.host.run("docker ps --format '{{.Status}}'")) and "starting" not in told:
            break
        time.sleep(2)
    collected = breach(stack, "collect", "last", "--json")
    assert collected.code == 0 and collected.json["counts"]["radicale"]["accounts"] == 0, collected.err
    assert len(collected.json["evidence"]) == 2


def test_breach_with_the_host_away_is_noted_all_the_same(stack: Stack) -> None:
    stack.edit(r"^  port: 22$", "  port: 9")
    opened = breach(stack, "open", "The host is gone", "--json")
    assert opened.code == 0 and opened.json["trouble"] and not opened.json["evidence"], opened.err
    assert breach(stack, "collect", "last").code == 1
    stack.edit(r"^  port: 9$", "  port: 22")
    collected = breach(stack, "collect", "last", "--json")
    assert collected.code == 0 and not collected.json["trouble"] and collected.json["evidence"]


def test_tampered_seal_is_refused(stack: Stack, tmp_path: Path) -> None:
    good = breach(stack, "show", "last", "--extract", str(tmp_path / "pieces"), "--json")
    assert good.code == 0 and list(good.json["seals"].values()) == ["yes"], good.err
    [folder] = (tmp_path / "pieces").iterdir()
    signer = folder / "manifest.json.sig"
    known = stack.host.lab.known_hosts.read_text()
    (tmp_path / "signers").write_text(
        "".join(f"host {' '.join(row.split()[1:3])}\n" for row in known.splitlines() if row)
    )
    verify = ["ssh-keygen", "-Y", "verify", "-f", str(tmp_path / "signers"), "-I", "host", "-n", "provisioner-breach"]
    checked = subprocess.run(
        [*verify, "-s", str(signer)], input=(folder / "manifest.json").read_bytes(), capture_output=True
    )
    assert checked.returncode == 0, "by hand, with ssh-keygen alone"
    path = stack.folder / "gdpr" / "breaches" / good.json["id"] / good.json["evidence"][0]["file"]
    before = path.read_bytes()
    path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
    refused = breach(stack, "show", "last")
    assert refused.code == 1 and "THE SEAL DOES NOT HOLD" in refused.out and "SHA-256" in refused.err
    path.write_bytes(before)
    assert breach(stack, "show", "last").code == 0


def test_piece_changed_by_one_who_can_encrypt_is_refused(stack: Stack) -> None:
    shown = breach(stack, "show", "last", "--json").json
    folder = stack.folder / "gdpr" / "breaches" / shown["id"]
    path, register = folder / shown["evidence"][0]["file"], folder / "breach.json"
    before = path.read_bytes(), register.read_bytes()
    line = next(each for each in stack.identity.read_text().splitlines() if each.startswith("AGE-SECRET-KEY-"))
    identity = pyrage.x25519.Identity.from_str(line)
    changed = io.BytesIO()
    plain = io.BytesIO(pyrage.decrypt(before[0], [identity]))
    with tarfile.open(fileobj=plain) as old, tarfile.open(fileobj=changed, mode="w:gz") as new:
        for member in old:
            file = old.extractfile(member)
            data = file.read().replace(b"Accepted publickey", b"Accepted something") if file else b""
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))
    path.write_bytes(pyrage.encrypt(changed.getvalue(), [identity.to_public()]))
    register.write_text(register.read_text().replace(shown["evidence"][0]["sha256"], digest_of(path)))
    refused = breach(stack, "show", "last")
    assert refused.code == 1 and "sign_ins.txt" in refused.err
    path.write_bytes(before[0])
    register.write_bytes(before[1])
    assert breach(stack, "show", "last").code == 0
