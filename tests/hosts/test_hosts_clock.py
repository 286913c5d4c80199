"""A hardened host 400 days later: SSH, sudo, apply, cron, timers and backups still work.

The clock is moved for every program of the host by libfaketime. Docker and restic are Go programs, which ask the kernel
itself: for them it stays today, and so their certificates seem long expired to the others. Content is read afterwards.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from rehearsal import Host, Stack, StackMaker
from saved import BLOCK, RESTING

from provisioner import runner
from provisioner.commands import docker
from provisioner.lab_host import PREFIX

pytestmark = pytest.mark.lab
DAYS = 400
RAN = "/root/cron-ran"
JOB = f"* * * * * root date --iso-8601=seconds >> {RAN}"  # in a crontab a % sign ends the line


def below(host: Host, line: str) -> str:
    """Run a line on the host without SSH, sudo or PAM, so that what is tried cannot stand in its own way."""
    return runner.run(docker.execute(PREFIX + host.lab.name, ["sh", "-c", line]), timeout=300).stdout


@contextmanager
def later(host: Host) -> Iterator[None]:
    """Move the clock of a host's programs, and back again."""
    below(host, "apt-get install -qy --no-install-recommends libfaketime cron >/dev/null 2>&1")
    below(host, f"echo +{DAYS}d > /etc/faketimerc; ls /usr/lib/*/faketime/libfaketime.so.1 > /etc/ld.so.preload")
    try:
        yield
    finally:
        below(host, "rm -f /etc/ld.so.preload /etc/faketimerc /etc/cron.d/proof; systemctl restart cron ssh")


def cron_ran(host: Host) -> list[float]:
    """Give cron a job of root's for a minute and a bit; return the times at which it ran."""
    below(host, f"rm -f {RAN}; echo '{JOB}' > /etc/cron.d/proof; chmod 600 /etc/cron.d/proof; systemctl restart cron")
    time.sleep(64)
    below(host, "rm -f /etc/cron.d/proof")
    lines = below(host, f"cat {RAN} 2>/dev/null || true").split()
    return [datetime.fromisoformat(line).timestamp() for line in lines]


def test_everything_still_works_400_days_later(alpha: Stack, make_stack: StackMaker) -> None:
    host, far = alpha.host, time.time() + DAYS * 86400
    stack = make_stack("later", host, ["radicale"])
    path = stack.folder / "stack.yaml"
    path.write_text(path.read_text("utf-8") + BLOCK, "utf-8")
    stack.apply()
    markers = stack.write()
    try:
        with later(host):
            below(host, "systemctl restart ssh")
            assert abs(float(host.run("date +%s")) - far) < 3600, "a new login, sudo, and the clock is moved"
            assert stack.apply().json["changed"] == 0
            assert alpha.apply().json["changed"] == 0
            host.run("systemctl start provisioner-tick.service", timeout=300)
            listed = stack.run("backup", "list", "--stack", str(path), "--json")
            assert "later_radicale" in listed.out and listed.code == 0, listed.out + listed.err
            ran = cron_ran(host)
            assert ran and all(abs(when - far) < 3600 for when in ran)
            # The test can fail: with an age that counts, root's jobs stop in silence.
            below(host, f"chage -d $(date -d '-{DAYS} days' +%F) -M 365 root")
            assert cron_ran(host) == []
    finally:
        below(host, f"chage -d -1 root; mkdir -p {RESTING}")
        below(host, f"printf '[Unit]\\nConditionPathExists=/nowhere\\n' > {RESTING}/rest.conf; systemctl daemon-reload")
    assert alpha.apply().json["changed"] == 0
    stack.read(markers)
