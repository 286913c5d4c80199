"""Two associations on one host, applied one by one: neither loosens what the other asked of it."""

import pytest
from rehearsal import HostMaker, Outcome, Stack, StackMaker

pytestmark = pytest.mark.lab
STATE = (
    "cat /etc/ssh/sshd_config /etc/sysctl.d/60-provisioner.conf /etc/fail2ban/jail.d/provisioner.local "
    "/etc/nftables.conf /etc/systemd/journald.conf /etc/apt/apt.conf.d/*; ls /var/lib/provisioner/wishes"
)


def plan(stack: Stack) -> Outcome:
    return stack.run("plan", str(stack.folder))


def test_who_comes_later_loosens_nothing(make_host: HostMaker, make_stack: StackMaker) -> None:
    host = make_host("shared", "13")
    strict, lax = (make_stack(name, host, ["radicale"], level) for name, level in
                   (("strict", "intermediary"), ("lax", "none")))  # fmt: skip
    networks = '["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]'
    strict.edit(r"^  ssh_from: \[\]", f"  ssh_from: {networks}")
    strict.apply()
    before = host.run(STATE)
    for command in ("plan", "apply"):
        refused = lax.run(command, str(lax.folder))
        assert refused.code == 2 and "security.ssh_from" in refused.err and "'strict'" in refused.err
    assert host.run(STATE) == before, "nothing was touched"
    lax.edit(r"^  ssh_from: \[\]", f"  ssh_from: {networks}")
    said = lax.run("apply", str(lax.folder))
    assert said.code == 0 and "level intermediary, which 'strict'" in said.err, said.err
    assert host.run(STATE) == before.replace("strict.json\n", "lax.json\nstrict.json\n"), "the level holds"
    assert lax.apply().json["changed"] == 0 and strict.apply().json["changed"] == 0
    together(strict, lax)
    gone(strict, lax)


def together(strict: Stack, lax: Stack) -> None:
    """What holds for the whole host changes when both are given, and only then."""
    for stack in (strict, lax):
        assert plan(stack).code == 0
        stack.edit(r'^  reboot: "04:00"', '  reboot: "03:00"')
        assert plan(stack).code == 2
    done = strict.run("apply", str(strict.folder), str(lax.folder), "--json")
    assert done.code == 0 and done.json["changed"] == 2, done.out + done.err
    assert strict.apply().json["changed"] == 0


def gone(strict: Stack, lax: Stack) -> None:
    """An association that has nothing on the host any more has no say there, and purge takes its file away."""
    strict.edit(r"^services:\n(?:  .*\n(?:    .*\n)*)+", "services: {}\n")
    strict.apply("--remove")
    lax.edit(r'^  reboot: "03:00"', '  reboot: "05:00"')
    assert plan(lax).code == 0
    done = strict.run("purge", "radicale", "--stack", str(strict.folder / "stack.yaml"), "--yes", "--without-copy")
    assert done.code == 0, done.err
    assert lax.host.run("ls /var/lib/provisioner/wishes") == "lax.json\n"
