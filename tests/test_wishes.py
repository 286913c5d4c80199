"""Associations that share a host and are applied one by one: the strictest counts, and nobody loosens unseen."""

import json
from typing import Any

import pytest
from stack_fixture import stack_of

from provisioner.errors import InputError, ProvisionerError
from provisioner.models.security import Security
from provisioner.models.stack import Stack
from provisioner.ssh import judge
from provisioner.wishes import FOLDER, remembered, together, whose_level, wish_files

OTHER = {"level": "enhanced", "ssh_from": ["203.0.113.0/24", "2001:db8::/48"], "log_days": 200}
FIELDS = [
    ("ssh_from", ["203.0.113.0/24"]), ("never_banned", ["203.0.113.7/32"]), ("reboot", "never"), ("tls", "modern"),
]  # fmt: skip


def mine(**security: Any) -> Stack:
    return stack_of().model_copy(update={"security": Security(**security)})


def kept(**values: Any) -> dict[str, Security]:
    return remembered("h", json.dumps({"chorale": values}))


@pytest.mark.parametrize(("field", "value"), FIELDS)
def test_what_holds_for_the_host_must_be_the_same(field: str, value: object) -> None:
    with pytest.raises(InputError) as caught:
        together("h", [mine(**{field: value})], kept())
    assert all(word in caught.value.message for word in (f"security.{field} ", "'chorale'", json.dumps(value)))
    assert caught.value.exit_code == 2 and f"{FOLDER}/chorale.json" in caught.value.hint
    assert together("h", [mine(**{field: value})], kept(**{field: value}))


def test_all_that_differs_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        together("h", [mine(tls="modern", reboot="never")], kept())
    told = [finding.message for finding in caught.value.findings]
    assert len(told) == 2 and "security.reboot" in told[0] + told[1] and "security.tls" in told[0] + told[1]


def test_strictest_level_counts_and_is_told() -> None:
    stack = mine(**{**OTHER, "level": "auto", "data": "public", "ssh_from": OTHER["ssh_from"][::-1]})
    [found] = together("h", [stack], kept(**OTHER))
    assert found.security.effective == "enhanced" and whose_level([stack], kept(**OTHER)) == "chorale"
    strict = mine(level="enhanced")
    assert together("h", [strict], kept(level="minimal")) == [strict] and whose_level([strict], kept()) == ""


@pytest.mark.parametrize(("own", "other", "days"), [(200, 300, 200), (300, 184, 184), (184, 366, 366), (366, 183, 366)])
def test_logs_of_a_host_stay_as_a_law_wants_else_as_short_as_anyone_wishes(own: int, other: int, days: int) -> None:
    [found] = together("h", [mine(log_days=own)], kept(log_days=other))
    assert found.security.log_days == days


def test_stack_that_is_given_takes_the_place_of_what_it_wished_before() -> None:
    stack = mine(level="minimal", ssh_from=["203.0.113.0/24"])
    before = remembered("h", json.dumps({stack.association.id: OTHER}))
    [found] = together("h", [stack], before)
    assert found.security == stack.security and whose_level([stack], before) == ""


def test_what_is_written_is_read_again() -> None:
    stack = mine(**OTHER)
    [(path, text)] = wish_files([stack]).items()
    assert path == f"{FOLDER}/{stack.association.id}.json"
    found = remembered("h", json.dumps({"chorale": {**json.loads(text), "of_a_later_release": 1}}))
    assert found["chorale"].model_copy(update={"data": stack.security.data}) == stack.security
    assert json.loads(next(iter(wish_files([mine(data="health")]).values())))["level"] == "enhanced"


@pytest.mark.parametrize("bad", [{"": "unreadable"}, {"level": "loose"}, [], "x", None])
def test_file_nobody_can_read_stops_it(bad: object) -> None:
    with pytest.raises(ProvisionerError, match="chorale") as caught:
        remembered("h", json.dumps({"chorale": bad}))
    assert f"{FOLDER}/chorale.json" in caught.value.hint


def test_host_that_was_never_applied_wishes_nothing() -> None:
    answer = "ID=debian\nVERSION_ID=13\nUID=0\nPython 3.13\nSSH=a 1 b 22\n"
    facts = judge(stack_of().host, answer + "WISHES={}\n")
    assert remembered("h", facts.wishes) == {}
    with pytest.raises(ProvisionerError, match="OSError"):  # nobody could look: nothing is loosened unseen
        judge(stack_of().host, answer + "OSError: no\n")
    assert remembered("h", judge(stack_of().host, answer + 'WISHES={"chorale": {"tls": "modern"}}\n').wishes)
