"""Who audits a host is not shut out of it for knocking; and is counted again afterwards, come what may."""

from pathlib import Path
from typing import Any

import pytest

from provisioner.host import audit_uncounted, docker

FREE = "These IP addresses/networks are ignored:\n|- 127.0.0.0/8\n`- ::1"


def process(proc: Path, pid: int, parent: int, environment: str = "") -> None:
    (proc / str(pid)).mkdir(parents=True)
    (proc / str(pid) / "environ").write_text(environment)
    (proc / str(pid) / "status").write_text(f"Name:\tx\nPid:\t{pid}\nPPid:\t{parent}\n")


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("SSH_CONNECTION=192.0.2.7 50000 198.51.100.1 22", "192.0.2.7"),
        ("SSH_CONNECTION=fe80::1%eth0 50000 fe80::2%eth0 22", "fe80::1"),
        ("LANG=C\0SSH_CONNECTION=2001:db8::7 1 2001:db8::1 22\0X=1", "2001:db8::7"),
        ("SSH_CONNECTION=", ""),
        ("LANG=C", ""),
    ],
)
def test_caller_is_who_opened_the_session_above_sudo(told: str, address: str, tmp_path: Path) -> None:
    process(tmp_path, 30, 20)
    process(tmp_path, 20, 10, told)
    process(tmp_path, 10, 1)
    assert audit_uncounted.caller(30, tmp_path) == address
    assert audit_uncounted.caller(99, tmp_path) == ""


def answered(monkeypatch: pytest.MonkeyPatch, ignored: str, failing: str = "") -> list[list[str]]:
    ran: list[list[str]] = []

    def run(command: list[str], **_options: Any) -> str:
        ran.append(command)
        if failing and failing in command:
            raise docker.Failed(failing)
        return ignored if "ignoreip" in command else ""

    monkeypatch.setattr(docker, "run", run)
    monkeypatch.setattr(audit_uncounted, "caller", lambda _pid: "192.0.2.7")
    monkeypatch.setattr(audit_uncounted, "SETTLING", 0)
    return ran


def test_timer_that_counts_again_is_there_before_counting_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = answered(monkeypatch, FREE)
    begun = audit_uncounted.begin({})
    assert begun["address"] == "192.0.2.7" and f"--unit={begun['timer']}" in ran[1]
    assert [command[0] for command in ran] == ["fail2ban-client", "systemd-run", "fail2ban-client"]
    assert ran[1][-5:] == ["fail2ban-client", "set", "sshd", "delignoreip", "192.0.2.7"]
    assert ran[2][-2:] == ["addignoreip", "192.0.2.7"]
    audit_uncounted.end(begun)
    assert ran[3:] == [
        ["fail2ban-client", "set", "sshd", "delignoreip", "192.0.2.7"], ["systemctl", "stop", begun["timer"]],
    ]  # fmt: skip


def test_what_is_free_already_is_not_ours_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = answered(monkeypatch, FREE + "\n`- 192.0.2.7")
    assert audit_uncounted.begin({}) == {"address": ""} and len(ran) == 1


@pytest.mark.parametrize("failing", ["ignoreip", "systemd-run"])
def test_without_fail2ban_or_a_timer_nothing_is_left_uncounted(failing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = answered(monkeypatch, FREE, failing)
    assert audit_uncounted.begin({}) == {"address": ""}
    assert not [command for command in ran if "addignoreip" in command]
