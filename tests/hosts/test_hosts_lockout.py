"""Settings that would shut us out: refused, or gone by themselves. Afterwards the host lets us in, as it did before."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from doors import Door
from outside import scan
from rehearsal import HostMaker, Stack

from provisioner import firewall, lab
from provisioner.access import SSHD

pytestmark = pytest.mark.lab
Request = dict[str, Any]
OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsNn3R6bNQ0rOZnmrRz1Ze0y7q3cm4gl7u5qGmiR1sV nobody's\n"


@pytest.fixture(scope="module")
def door(alpha: Stack, tmp_path_factory: pytest.TempPathFactory) -> Door:
    """Return the way into the host of `alpha`."""
    return Door(alpha, tmp_path_factory.mktemp("door"))


@pytest.fixture
def unchanged(door: Door) -> Iterator[None]:
    """Nothing that decides who comes in is another afterwards, and a session that was open stays open."""
    before = door.state()
    yield
    assert door.state() == before
    assert not door.stack.host.run("systemctl list-timers --all --no-legend 'provisioner-guard*'").strip()


def change(request: Request, path: str, old: str, new: str) -> None:
    """Make one of the files worse."""
    text, count = re.subn(old, new, request["files"][path]["content"], count=1, flags=re.M)
    assert count == 1
    request["files"][path]["content"] = text


def unknown_option(request: Request) -> None:
    change(request, SSHD, r"\Z", "PermitRootLogins no\n")


def no_keys(request: Request) -> None:
    change(request, SSHD, r"\Z", "AuthorizedKeysFile .ssh/none\n")


def keys_off(request: Request) -> None:
    change(request, SSHD, "^PubkeyAuthentication yes", "PubkeyAuthentication no")


def broken_rules(request: Request) -> None:
    change(request, firewall.PATH, "tcp dport 22 accept", "tcp dport twentytwo accept")


def nobody_allowed(request: Request) -> None:
    change(request, SSHD, r"\Z", "AllowUsers nobody-at-all\n")


def another_key(request: Request) -> None:
    change(request, SSHD, r"\Z", "AuthorizedKeysFile /etc/ssh/another\n")


def another_network(request: Request) -> None:
    change(request, firewall.PATH, "tcp dport 22 accept", "ip saddr 192.0.2.0/24 tcp dport 22 accept")


@pytest.mark.parametrize(
    ("worse", "code"),
    [(unknown_option, "invalid"), (broken_rules, "invalid"), (no_keys, "no_keys"), (keys_off, "no_keys"),
     (nobody_allowed, "no_second_login"), (another_key, "no_second_login"), (another_network, "no_second_login")],
)  # fmt: skip
@pytest.mark.usefixtures("unchanged")
def test_bad_settings_are_refused_or_go_back(door: Door, worse: Callable[[Request], None], code: str) -> None:
    if worse is another_key:
        door.stack.host.run("cat > /etc/ssh/another; chmod 644 /etc/ssh/another", OTHER)
    request = door.request()
    worse(request)
    result, said = door.run(request)
    assert result == 2 and f'"guard": "{code}"' in said, said


@pytest.mark.usefixtures("unchanged")
def test_controller_that_dies_between_leaves_the_old_settings(door: Door) -> None:
    request = door.request() | {"seconds": 8}
    nobody_allowed(request)
    process = door.start(request, login=["sleep", "120"])
    journal = "test -e /var/lib/provisioner/guard/journal && echo there"
    # A session of before: nobody new gets in now.
    wait_for(lambda: "there" in door.stack.host.from_below(f"{journal} || true"))
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    wait_for(lambda: "there" not in door.stack.host.from_below(f"{journal} || true"))


@pytest.mark.usefixtures("unchanged")
def test_reboot_in_between_leaves_the_old_settings(door: Door) -> None:
    request = door.request() | {"seconds": 600}
    nobody_allowed(request)
    process = door.start(request, login=["sleep", "120"])
    host = door.stack.host
    wait_for(lambda: "there" in host.from_below("test -e /var/lib/provisioner/guard/journal && echo there || true"))
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    lab.restart(host.lab.name)  # waits until SSH lets us in


def wait_for(what: Callable[[], bool]) -> None:
    """Wait until something is so, a minute at most."""
    end = time.monotonic() + 60
    while not what():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.5)


def test_own_address_left_out_is_refused_before_anything_happens(alpha: Stack) -> None:
    text = (alpha.folder / "stack.yaml").read_text("utf-8")
    try:
        alpha.edit(r"^  ssh_from: \[\]", "  ssh_from: [192.0.2.0/24]")
        done = alpha.run("apply", str(alpha.folder))
        assert done.code == 1 and "security.ssh_from would shut us out" in done.err
    finally:
        (alpha.folder / "stack.yaml").write_text(text, "utf-8")


def test_ssh_from_lets_in_those_it_names_and_the_rest_stays_out(door: Door, make_host: HostMaker) -> None:
    outside = make_host("outside")  # that nothing was ever held against
    address, request = door.stack.host.lab.address, door.request()
    source = request["source"]
    change(request, firewall.PATH, "tcp dport 22 accept", f"ip saddr {source} tcp dport 22 accept")
    assert door.run(request)[0] == 0
    try:
        assert not scan(outside, address, "22-22") and scan(outside, address, "443-443")
    finally:
        assert door.run(door.request())[0] == 0
    assert scan(outside, address, "22-22")
    result, said = door.run(door.request())
    assert result == 0 and "changed=0" in said
