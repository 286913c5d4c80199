"""Limits on sign-in: what fail2ban is told, and which lines of the proxy's log it takes for a failure."""

import re

import pytest
from pydantic import ValidationError
from stack_fixture import stack_of

from provisioner.limits import FAILURES, SIGN_IN_LOG, limits_files
from provisioner.models.route import SignIn

JAILS = "/etc/fail2ban/jail.d/provisioner.local"
FILTER = "/etc/fail2ban/filter.d/provisioner-sign-in.conf"
LINE = (
    '{{"level":"info","ts":1795372641.3554747,"logger":"http.log.access.log7","msg":"handled request",'
    '"request":{{"remote_ip":"{address}","host":"{host}"}},"duration":0.2,"size":0,"status":401,'
    '"resp_headers":{{{headers}}}}}'
)
FAILED = '"Content-Type":["text/html"],"X-Sign-In":["failed"]'


def jail(name: str, **security: object) -> dict[str, str]:
    text = limits_files([stack_of(security=security)])[JAILS].partition(f"[{name}]\n")[2].partition("\n[")[0]
    return dict(line.split(" = ", 1) for line in text.splitlines() if " = " in line)


def found(line: str) -> str:
    """Return the address that the filter takes from a line, as fail2ban does: the time is cut out first."""
    pattern = limits_files([stack_of()])[FILTER].partition("failregex = ")[2].strip()
    match = re.search(pattern.replace("<ADDR>", r"(?P<address>[0-9a-f.:]+)"), line.replace('"ts":1795372641.355', ""))
    return match["address"] if match else ""


@pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8:1:2::"])
def test_a_marked_answer_is_a_failure(address: str) -> None:
    assert found(LINE.format(address=address, host="wiki.foyer.example", headers=FAILED)) == address


@pytest.mark.parametrize(
    ("host", "headers"),
    [
        ("wiki.foyer.example", '"Content-Type":["text/html"]'),
        ("wiki.foyer.example", r'"Etag":["\"X-Sign-In\":[\"failed\"]"]'),
        (r"a\"},\"X-Sign-In\":[\"failed\"]", '"Content-Type":["text/html"]'),
    ],
)
def test_other_answers_are_none_whatever_a_visitor_writes_into_them(host: str, headers: str) -> None:
    assert found(LINE.format(address="203.0.113.7", host=host, headers=headers)) == ""


def test_no_visitor_can_accuse_another_address() -> None:
    host = r"a\"},\"request\":{\"remote_ip\":\"198.51.100.1\",\"host\":\"b"
    assert found(LINE.format(address="203.0.113.7", host=host, headers=FAILED)) == "203.0.113.7"


def test_sign_ins_are_limited_at_every_level_and_ssh_only_where_the_host_is_hardened() -> None:
    for level, ssh in (("none", "false"), ("minimal", "true"), ("enhanced", "true")):
        assert jail("sign-in", level=level)["enabled"] == "true"
        assert jail("sshd", level=level)["enabled"] == ssh


def test_who_is_never_banned_is_left_out_by_household_where_the_log_knows_no_more() -> None:
    security = {"never_banned": ["198.51.100.7", "2001:db8:1:2::3"], "ssh_from": ["192.0.2.0/24"]}
    assert jail("sign-in", **security)["ignoreip"] == "127.0.0.0/8 ::1 198.51.100.7/32 2001:db8:1:2::/64"
    assert jail("sshd", **security)["ignoreip"] == "127.0.0.0/8 ::1 192.0.2.0/24 198.51.100.7/32 2001:db8:1:2::3/128"


def test_an_office_has_as_many_tries_as_people_and_ssh_is_watched_at_its_own_port() -> None:
    assert int(jail("sign-in")["maxretry"]) == FAILURES >= 20
    assert jail("sign-in")["logpath"] == SIGN_IN_LOG and jail("sign-in")["port"] == "80,443"
    host = {"name": "h1", "address": "203.0.113.7", "port": 2222}
    assert "port = 22,2222\n" in limits_files([stack_of(host=host)])[JAILS]


def test_stacks_of_one_host_are_taken_together() -> None:
    stacks = [stack_of(security={"never_banned": [net]}) for net in ("198.51.100.0/24", "192.0.2.0/24")]
    assert limits_files(stacks) == limits_files(stacks[::-1])
    assert "192.0.2.0/24 198.51.100.0/24" in limits_files(stacks)[JAILS]


def test_bans_live_in_a_table_of_their_own_and_in_memory() -> None:
    files = limits_files([stack_of()])
    assert "table = f2b-table" in files["/etc/fail2ban/action.d/provisioner.conf"]
    assert "dbfile = /run/" in files["/etc/fail2ban/fail2ban.d/provisioner.local"]
    assert f"f {SIGN_IN_LOG} 0600 root root" in files["/etc/tmpfiles.d/provisioner-limits.conf"]


@pytest.mark.parametrize(
    "wrong",
    [{"failed": []}, {"failed": [403], "answer": {"Set-Cookie": "a*b"}}, {"failed": [403], "path": "login"},
     {"failed": [403], "with_header": "Bad Name"}],
)  # fmt: skip
def test_sign_in_that_the_proxy_could_not_see_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SignIn.model_validate(wrong)
