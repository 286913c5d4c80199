"""Limits on sign-in: who guesses is shut out of the web alone, everybody else goes on; restarts; letting in again."""

import time

import pytest
from rehearsal import Host, Stack

from provisioner import lab
from provisioner.limits import FAILURES, SSH_FAILURES

pytestmark = pytest.mark.lab
AGENDA = "agenda.alpha.lab.test"
# Asks so often with one name and password, and tells the statuses; "shut" once the connection is refused.
ASK = """
import base64, http.client, socket, ssl, sys
address, domain, name, password, times = sys.argv[1:6]
context = ssl._create_unverified_context()
told = []
for number in range(int(times)):
    connection = http.client.HTTPSConnection(domain, timeout=15, context=context)
    try:
        plain = socket.create_connection((address, 443), timeout=15)
        connection.sock = context.wrap_socket(plain, server_hostname=domain)
        header = base64.b64encode(f"{name}:{password}".encode()).decode()
        connection.request("PROPFIND", "/admin/", headers={"Authorization": "Basic " + header})
        told.append(str(connection.getresponse().status))
    except OSError:
        told.append("shut")
        break
print(" ".join(told))
"""


def ask(guest: Host, alpha: Stack, password: str, times: int) -> list[str]:
    """Ask the calendar from another host with a password, and return the statuses."""
    guest.run("cat > /root/ask.py", ASK)
    return guest.run(f"python3 /root/ask.py {alpha.host.lab.address} {AGENDA} admin '{password}' {times}").split()


def banned(alpha: Stack, jail: str) -> str:
    return alpha.host.from_below(f"fail2ban-client get {jail} banip").strip()


def wait_for_ban(alpha: Stack, jail: str, address: str) -> None:
    deadline = time.monotonic() + 30
    while address not in banned(alpha, jail).split():
        assert time.monotonic() < deadline, alpha.host.from_below(f"fail2ban-client status {jail}")
        time.sleep(0.5)


def own_password(alpha: Stack) -> str:
    secrets = alpha.secrets_there()
    return next(text for path, text in secrets.items() if path.endswith("radicale/secrets/admin_password"))


def test_right_passwords_of_many_behind_one_address_shut_nobody_out(alpha: Stack, bare: Host) -> None:
    told = ask(bare, alpha, own_password(alpha), 3 * FAILURES)
    assert set(told) == {"207"} and len(told) == 3 * FAILURES
    assert banned(alpha, "sign-in") == ""


def test_programs_that_ask_without_a_name_first_shut_nobody_out(alpha: Stack) -> None:
    for _time in range(FAILURES + 1):
        assert alpha.host.fetch(AGENDA, "/admin/", "PROPFIND")[0] == 401
    assert banned(alpha, "sign-in") == ""


def test_who_guesses_is_shut_out_of_the_web_and_nobody_else(alpha: Stack, bare: Host) -> None:
    guest = bare.lab.address
    told = ask(bare, alpha, "wrong", FAILURES + 1)
    assert set(told) <= {"401", "shut"} and told.count("401") >= FAILURES
    wait_for_ban(alpha, "sign-in", guest)
    assert ask(bare, alpha, own_password(alpha), 1) == ["shut"], "even with the right password, for a while"
    assert alpha.host.fetch(AGENDA, "/.web/")[0] == 200, "this machine is served"
    banner = f"import socket; print(socket.create_connection(('{alpha.host.lab.address}', 22), 5).recv(8))"
    assert "SSH-2.0" in bare.run(f'python3 -c "{banner}"'), "SSH is another matter"
    tables = alpha.host.run("nft list tables")
    assert "inet f2b-table" in tables
    # A ban outlives a restart of fail2ban, of Docker and of the proxy, and ends when a person says so.
    alpha.host.run("systemctl restart fail2ban && docker restart provisioner_proxy-caddy-1")
    wait_for_ban(alpha, "sign-in", guest)
    assert alpha.host.run(f"fail2ban-client set sign-in unbanip {guest}").strip() == "1"
    assert ask(bare, alpha, own_password(alpha), 1) == ["207"]


def test_a_second_apply_changes_nothing(alpha: Stack) -> None:
    assert alpha.apply().json["changed"] == 0


def test_failures_count_on_after_the_log_was_rolled_and_the_proxy_made_anew(alpha: Stack, bare: Host) -> None:
    alpha.host.run("docker rm -f provisioner_proxy-caddy-1")
    alpha.apply()
    ask(bare, alpha, "wrong", FAILURES + 1)
    wait_for_ban(alpha, "sign-in", bare.lab.address)
    alpha.host.run("fail2ban-client unban --all")


def test_wrong_keys_shut_out_of_ssh_alone(alpha: Stack, bare: Host) -> None:
    address = alpha.host.lab.address
    options = "-o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=5"
    bare.run("rm -f /root/k; ssh-keygen -q -t ed25519 -N '' -f /root/k")
    for _time in range(SSH_FAILURES + 2):
        bare.run(f"ssh {options} -o IdentitiesOnly=yes -i /root/k debian@{address} true", check=False)
    wait_for_ban(alpha, "sshd", bare.lab.address)
    assert ask(bare, alpha, own_password(alpha), 1) == ["207"], "the web stays open"
    assert alpha.host.run("true") == "", "so does SSH for us"


def test_after_a_restart_of_the_host_nobody_is_shut_out_of_the_web_and_guesses_count_again(
    alpha: Stack, bare: Host
) -> None:
    """The restart comes while somebody is shut out of both; of SSH the journal tells the last ten minutes."""
    guest = bare.lab.address
    ask(bare, alpha, "wrong", FAILURES + 1)
    wait_for_ban(alpha, "sign-in", guest)
    lab.restart(alpha.host.lab.name)
    alpha.host.from_below("systemctl is-system-running --wait || true")
    assert alpha.host.from_below("systemctl is-active fail2ban nftables docker").split() == ["active"] * 3
    deadline = time.monotonic() + 120
    while ask(bare, alpha, own_password(alpha), 1) != ["207"]:
        assert time.monotonic() < deadline, "the calendar is served again"
        time.sleep(2)
    assert banned(alpha, "sign-in") == ""
    wait_for_ban(alpha, "sshd", guest)
    ask(bare, alpha, "wrong", FAILURES + 1)
    wait_for_ban(alpha, "sign-in", guest)
    assert ask(bare, alpha, own_password(alpha), 1) == ["shut"]
    alpha.host.run("systemctl restart nftables docker")
    wait_for_ban(alpha, "sign-in", guest)
    assert ask(bare, alpha, own_password(alpha), 1) == ["shut"] and "inet provisioner" in alpha.host.run(
        "nft list tables"
    )
    alpha.host.run("kill -9 $(pidof -x fail2ban-server); until fail2ban-client ping; do sleep 1; done")
    wait_for_ban(alpha, "sign-in", guest)
    assert ask(bare, alpha, own_password(alpha), 1) == ["shut"]
    alpha.host.run("fail2ban-client unban --all")
    assert ask(bare, alpha, own_password(alpha), 1) == ["207"]
