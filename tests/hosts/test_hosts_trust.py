"""`provisioner trust` on an operator's Debian, installed from the wheel, against a host with its own authority."""

import io
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from rehearsal import Host, HostMaker, Stack, StackMaker

from provisioner import lab
from provisioner.paths import PACKAGE

pytestmark = pytest.mark.lab
NAME = "agenda.trusted.lab.test"
CURL = f"curl -sS -o /dev/null -w '%{{http_code}}' https://{NAME}/.web/ 2>&1 || true"
PYTHON = f"python3 -c \"import urllib.request as u; print(u.urlopen('https://{NAME}/.web/').status)\" 2>&1 || true"
BUNDLE = "stat -c %y /etc/ssl/certs/ca-certificates.crt"
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")


def send(host: Host, folder: Path, target: str) -> None:
    """Copy a folder to a host."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        tar.add(folder, target)
    command = lab.ssh_command(host.lab, ["sudo tar -x --no-same-owner -C /root"])
    subprocess.run(command, input=buffer.getvalue(), check=True, capture_output=True, timeout=300)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the project's wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(PACKAGE.parent)]
    subprocess.run([*PIP, "wheel", *options], check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def site(make_host: HostMaker, make_stack: StackMaker) -> Stack:
    """Return a stack (Radicale) whose host has an authority of its own, applied."""
    made = make_stack("trusted", make_host("site", "13"), ["radicale"], "none")
    made.apply()
    return made


def as_root(host: Host, line: str) -> str:
    """Run a command line in root's folder, as root."""
    return host.run(f"cd /root; {line}", timeout=300)


def operator(make_host: HostMaker, wheel: Path, site: Stack, folder: Path, debian: str) -> Host:
    """Return a Debian with the program installed, the stack, and the key to its host, in /root/mine."""
    host, python = make_host("operator", debian), {"12": "3.11", "13": "3.13"}[debian]
    options = ["--only-binary=:all:", "--python-version", python, "--dest", str(folder / "wheels"), str(wheel)]
    subprocess.run([*PIP, "download", *options], check=True, capture_output=True)
    send(host, folder / "wheels", "wheels")
    mine = folder / "mine"
    mine.mkdir()
    text = (site.folder / "stack.yaml").read_text("utf-8")
    for word, name in (("key", "id"), ("known_hosts", "known")):
        [line] = [row for row in text.splitlines() if row.startswith(f"  {word}: ")]
        source = site.folder / line.split('"')[1]
        (mine / name).write_bytes(source.read_bytes())
        (mine / name).chmod(0o600)
        text = text.replace(line, f"  {word}: {name}")
    (mine / "stack.yaml").write_text(text, "utf-8")
    (mine / "stack.lock.yaml").write_bytes((site.folder / "stack.lock.yaml").read_bytes())
    send(host, mine, "mine")
    as_root(host, "apt-get update -qq && apt-get install -y -qq python3-venv curl")
    as_root(host, "python3 -m venv v && v/bin/pip -q install --no-index --find-links wheels provisioner")
    host.run(f"echo {site.host.lab.address} {NAME} >> /etc/hosts")
    return host


def trust(host: Host, options: str, stack: str = "stack.yaml") -> tuple[int, str]:
    """Run the command there, and return its exit code and all it said."""
    said = host.run(f"cd /root/mine; /root/v/bin/provisioner --lang en trust {stack} {options} 2>&1; echo $?")
    lines = said.strip().splitlines()
    return int(lines[-1]), "\n".join(lines[:-1])


def believes(host: Host) -> bool:
    """Tell whether two programs there accept the site without being told anything; they must agree."""
    curl, python = host.run(CURL), host.run(PYTHON)
    accepted, refused = curl == "200" and python == "200\n", "certificate" in curl and "VERIFY_FAILED" in python
    assert accepted or refused, curl + python
    return accepted


@pytest.mark.parametrize("debian", ["12", "13"])
def test_debian_believes_after_install_and_no_more_after_remove(
    make_host: HostMaker, wheel: Path, site: Stack, tmp_path: Path, debian: str
) -> None:
    host = operator(make_host, wheel, site, tmp_path, debian)
    assert not believes(host)
    code, said = trust(host, "--install --yes")
    shown = site.host.run("openssl x509 -noout -fingerprint -sha256 -in /srv/provisioner/proxy/root.crt")
    assert code == 0 and shown.strip().partition("=")[2] in said and believes(host)
    before = host.run(BUNDLE)
    assert "already" in trust(host, "--install --yes")[1] and host.run(BUNDLE) == before
    host.run("sed -i '/BEGIN/,$d' /etc/ssl/certs/ca-certificates.crt")  # as if an earlier try had been cut off
    assert "trusts it now" in trust(host, "--install --yes")[1] and believes(host)
    assert trust(host, "--remove") == (0, "This machine no longer trusts it.") and not believes(host)
    assert trust(host, "--remove") == (0, "This machine did not trust it.")
    assert host.run("ls /usr/local/share/ca-certificates; ls /etc/ssl/certs | grep provisioner || true") == ""
    refusals(host)
    assert not believes(host)


def refusals(host: Host) -> None:
    """Nothing is trusted that comes by a wrong way, or at the word of somebody who is not root."""
    as_root(host, "ssh-keygen -q -t ed25519 -N '' -f other; cp mine/known mine/kept")
    as_root(host, "(cut -d' ' -f1 mine/kept | head -1; cut -d' ' -f1,2 other.pub) | paste -sd' ' > mine/known")
    code, said = trust(host, "--install --yes")
    assert code == 1 and "has CHANGED" in said
    as_root(
        host, "mv mine/kept mine/known; sed 's/^  address: .*/  address: 192.0.2.1/' mine/stack.yaml > mine/far.yaml"
    )
    code, said = trust(host, "--install --yes", "far.yaml")
    assert code == 1 and ("not pinned" in said or "cannot be reached" in said)
    as_root(host, "cp -r mine /home/debian/ && chown -R debian /home/debian/mine && chmod o+x /root")
    line = "cd ~/mine && /root/v/bin/provisioner --lang en trust --remove 2>&1; echo $?"
    said = host.run(f"su debian -c '{line}'; chmod o-x /root")
    assert "only root" in said and "sudo /root/v/bin/provisioner trust --remove" in said and said.endswith("1\n")
