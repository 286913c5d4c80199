"""The lab: what makes a container a host (pure), then real hosts."""

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from provisioner import lab, lab_host, lab_keys, runner
from provisioner.cli import root
from provisioner.commands import docker
from provisioner.errors import InputError, ProvisionerError

INSTALL = """
set -eu
sudo apt-get update -q
sudo DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends docker.io {client}
echo '{{"insecure-registries": ["provisioner-registry:5000"]}}' | sudo tee /etc/docker/daemon.json
sudo systemctl restart docker
sudo docker info --format '{{{{.Driver}}}}'
"""


def test_missing_capabilities_are_those_the_bounding_set_lacks() -> None:
    assert lab_host.missing_capabilities("Name: x\nCapBnd:\t000001fffeffffff\n") == ["SYS_RESOURCE"]
    assert lab_host.missing_capabilities("CapBnd:\t000001ffffffffff\n") == []
    assert len(lab_host.missing_capabilities("CapBnd:\t0000000000000000\n")) == len(lab_host.CAPABILITIES) == 41


def test_nameservers_skip_those_only_this_machine_reaches() -> None:
    resolved, real = "nameserver 127.0.0.53\n", "search x\nnameserver 192.0.2.1\nnameserver fe80::1%eth0\n"
    assert lab_host.nameservers(resolved, real) == ["192.0.2.1", "fe80::1%eth0"]
    assert lab_host.nameservers(resolved) == lab_host.nameservers() == []


def test_addresses_of_registry_hosts_and_engine_never_meet() -> None:
    subnet = lab_host.SUBNETS[0]
    assert lab_host.registry_address(subnet) == "10.213.0.2"
    assert lab_host.free_address(subnet, ["10.213.0.10/24", "10.213.0.11"]) == "10.213.0.12"
    assert lab_host.dynamic_range(subnet) == "10.213.0.128/25"


def test_host_options_drop_what_is_missing_and_what_belongs_to_the_machine() -> None:
    machine = lab_host.Machine(["SYS_RESOURCE", "SYS_TIME"], ["192.0.2.1", "192.0.2.2"])
    addresses = {"own": "10.213.0.10", "registry": "10.213.0.2"}
    text = " ".join(lab_host.host_options("one", machine, addresses, "ssh-ed25519 AAAA me", "2g"))
    assert "--cap-add=ALL --cap-drop=SYS_RESOURCE --cap-drop=SYS_TIME --cap-drop=SYS_MODULE --security" in text
    assert "--hostname one --network provisioner-lab --ip 10.213.0.10" in text
    assert "--volume provisioner-lab-one:/var/lib/docker --memory=2g" in text
    assert "--env NAMESERVERS=192.0.2.1 192.0.2.2" in text
    assert "--privileged" not in text


def test_run_leaves_out_capabilities_the_engine_never_heard_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client, seen = tmp_path / "docker", tmp_path / "seen"
    refuse = 'echo "docker: invalid CapDrop: unknown capability: \\"CAP_BPF\\"." >&2; exit 125'
    client.write_text(f'#!/bin/sh\necho "$*" >> {seen}\ncase "$*" in *BPF*) {refuse};; *bad*) exit 1;; esac\n')
    client.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    lab._run(["docker", "run", "--cap-drop=BPF", "--cap-drop=SYS_TIME", "image"])
    assert seen.read_text().splitlines()[-1] == "run --cap-drop=SYS_TIME image"
    with pytest.raises(ProvisionerError, match="cannot be started"):
        lab._run(["docker", "run", "--cap-drop=SYS_TIME", "bad"])


def test_hosts_without_docker_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert lab.hosts() == []


def test_ssh_command_trusts_only_our_files() -> None:
    host = lab.LabHost("one", "10.0.0.1", 22, "debian", Path("/k"), Path("/h"), "13")
    text = " ".join(lab_keys.ssh_command(host, ["true"]))
    assert "-o UserKnownHostsFile=/h -o StrictHostKeyChecking=yes -o GlobalKnownHostsFile=/dev/null" in text
    assert text.startswith("ssh -F none -i /k -p 22") and text.endswith("debian@10.0.0.1 true")


@pytest.mark.parametrize(("name", "debian"), [("One", "13"), ("a b", "13"), ("-a", "13"), ("", "13"), ("a", "11")])
def test_up_bad_input_is_refused_before_anything_is_made(name: str, debian: str) -> None:
    with pytest.raises(InputError):
        lab.up(name, debian)


def ssh(host: lab.LabHost, line: str) -> str:
    return runner.run(lab.ssh_command(host, [line]), timeout=300).stdout


@pytest.fixture(scope="module", params=["13", "12"])
def host(request: pytest.FixtureRequest) -> Iterator[lab.LabHost]:
    name = f"test-{request.param}-{uuid.uuid4().hex[:6]}"
    yield lab.up(name, request.param)
    if name in [each.name for each in lab.hosts()]:
        lab.down(name)


@pytest.mark.lab
def test_up_gives_a_bare_debian_with_ssh_sudo_and_python_only(host: lab.LabHost) -> None:
    assert f'VERSION_ID="{host.debian}"' in ssh(host, "cat /etc/os-release")
    assert ssh(host, "sudo id -u").strip() == "0"
    assert ssh(host, "systemctl is-system-running --wait").strip() == "running"
    assert ssh(host, "python3 -c 'import sys; print(sys.version_info >= (3, 11))'").strip() == "True"
    assert ssh(host, "command -v docker dockerd curl gcc ansible; true").strip() == ""
    assert ssh(host, "hostname").strip() == host.name
    assert ssh(host, "ls /.dockerenv 2>/dev/null; true") == ""


@pytest.mark.lab
def test_up_host_cannot_change_the_machine_beneath(host: lab.LabHost) -> None:
    assert "ok" in ssh(host, "sudo sysctl -w net.ipv4.conf.all.log_martians=1 >/dev/null && echo ok")
    assert "no" in ssh(host, "sudo sysctl -w vm.swappiness=61 2>/dev/null || echo no")
    assert "no" in ssh(host, "sudo date -s @0 2>/dev/null || echo no")


@pytest.mark.lab
def test_up_again_reuses_the_host_quickly(host: lab.LabHost) -> None:
    ssh(host, "echo kept > kept")
    started = time.monotonic()
    assert lab.up(host.name, host.debian) == host
    assert time.monotonic() - started < 10
    assert ssh(host, "cat kept").strip() == "kept"


@pytest.mark.lab
def test_up_with_another_release_is_refused(host: lab.LabHost) -> None:
    with pytest.raises(ProvisionerError, match=f"is there with Debian {host.debian}") as caught:
        lab.up(host.name, "12" if host.debian == "13" else "13")
    assert f"lab down --host {host.name}" in caught.value.hint


@pytest.mark.lab
def test_docker_installs_inside_and_runs_an_image_of_the_lab_registry_also_after_a_reboot(host: lab.LabHost) -> None:
    from provisioner.images_push import push_images

    reference = push_images(["registry:2"], lab.registry())["registry:2"]
    output = ssh(host, INSTALL.format(client="docker-cli" if host.debian == "13" else ""))
    assert output.splitlines()[-1] == "overlay2"
    ssh(host, f"sudo docker run --detach --restart=always --name inside --read-only --cap-drop=ALL {reference}")
    runner.run(lab.ssh_command(host, ["sudo reboot"]), check=False, timeout=60)
    deadline = time.monotonic() + 60
    while lab.find(host.name).running:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert lab.up(host.name, host.debian).address == host.address
    assert ssh(host, "systemctl is-system-running --wait; sudo docker ps --format '{{.Names}}'").split()[-1] == "inside"


@pytest.mark.lab
def test_list_json_gives_what_ansible_needs(host: lab.LabHost) -> None:
    listed = json.loads(CliRunner().invoke(root, ["lab", "list", "--json"], catch_exceptions=False).output)
    [found] = [each for each in listed if each["name"] == host.name]
    assert found["address"] == host.address and found["user"] == "debian" and found["port"] == 22
    assert host.address in Path(found["known_hosts"]).read_text()
    assert Path(found["key_file"]).stat().st_mode & 0o077 == 0


@pytest.mark.lab
def test_down_leaves_nothing_of_the_host_and_everything_else(host: lab.LabHost) -> None:
    stranger = f"provisioner-lab-stranger-{uuid.uuid4().hex[:6]}"
    runner.run(docker.create_volume(stranger, {"someone": "else"}))
    try:
        removed = CliRunner().invoke(root, ["lab", "down", "--host", host.name, "--yes"], catch_exceptions=False)
        assert removed.exit_code == 0 and f"provisioner-lab-{host.name}" in removed.output
        for kind in ("container", "volume", "network"):
            left = runner.run(docker.list_names(kind, f"{lab_host.LABEL}.name={host.name}")).stdout
            assert left == ""
        assert not (lab_keys.lab_dir() / host.name).exists()
        assert runner.run(docker.inspect("volume", stranger)).code == 0
        with pytest.raises(ProvisionerError, match=f"there is no lab host '{host.name}'"):
            lab.down(host.name)
    finally:
        runner.run(docker.remove("volume", stranger))


@pytest.mark.lab
def test_up_name_taken_by_a_strange_container_is_refused() -> None:
    name = f"stranger-{uuid.uuid4().hex[:6]}"
    runner.run(["docker", "create", "--name", f"provisioner-lab-{name}", "debian:trixie-slim", "true"])
    try:
        with pytest.raises(ProvisionerError, match="the lab did not make"):
            lab.up(name)
    finally:
        runner.run(docker.remove("container", f"provisioner-lab-{name}"))
