"""Who may come in and what containers may reach: texts of the firewall, lists, and what is refused. All pure."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter, ValidationError
from stack_fixture import stack_of

from provisioner import firewall
from provisioner.access import SSHD, access_request, sshd_text
from provisioner.apply import by_host
from provisioner.bundle import Bundle
from provisioner.errors import InputError, ProvisionerError
from provisioner.follow_access import KEEP, SAID, explain, lost
from provisioner.host import egress, egress_text
from provisioner.models.outgoing import Egress, Outgoing
from provisioner.models.security import Security
from provisioner.outgoing import needed

CASES = Path(__file__).parent / "cases"
WALLS = sorted((CASES / "firewall").glob("*.yaml"))
DECISIONS = yaml.safe_load((CASES / "egress" / "decisions.yaml").read_text("utf-8"))
DAY = 86400.0


@pytest.mark.parametrize("path", WALLS, ids=lambda path: path.stem)
def test_text_of_the_firewall(path: Path, golden: Callable[[Path, str], None]) -> None:
    wall = dict(yaml.safe_load(path.read_text("utf-8"))["wall"])
    wall["ssh_from"] = tuple(wall.get("ssh_from", ()))
    text = firewall.nftables(firewall.Wall(**wall))
    assert not [row for row in text.splitlines() if row.lstrip().startswith("flush ruleset")]
    golden(path.with_suffix(".nft"), text)


def test_chains_that_the_host_fills_are_never_flushed_by_the_main_file() -> None:
    text = firewall.nftables(firewall.Wall())
    for chain in firewall.KEPT:
        assert f"\tchain {chain} {{ }}\n" in text and f"flush chain inet provisioner {chain}" not in text
    assert all(f"flush chain inet provisioner {chain}\n" in text for chain in firewall.STATIC)


@pytest.mark.parametrize("case", DECISIONS, ids=lambda case: case["about"])
def test_what_a_list_opens(case: dict[str, Any]) -> None:
    text = egress_text.rules(
        case["lists"], case["networks"], case.get("known", {}), ["192.0.2.53"], case.get("open", {})
    )
    found = [row.removeprefix("add rule inet provisioner ") for row in text.splitlines() if row.startswith("add rule")]
    assert found == case["rules"]
    assert text == egress_text.rules(
        case["lists"], case["networks"][::-1], case.get("known", {}), ["192.0.2.53"], case.get("open", {})
    )


def test_addresses_of_a_name_are_kept_for_a_day_also_when_the_clock_goes_back() -> None:
    state = {"n": {"198.51.100.1": 1000.0, "198.51.100.2": 9 * DAY}}
    later = egress.remember(state, {"n": ["198.51.100.3"]}, 1000.0 + DAY)
    assert later == {"n": {"198.51.100.2": 1000.0 + DAY, "198.51.100.3": 1000.0 + DAY}}
    assert egress.remember(later, {}, 500.0) == {"n": {"198.51.100.2": 500.0, "198.51.100.3": 500.0}}
    assert egress.remember({"n": {}}, {}, 0.0) == {"n": {}}


@pytest.mark.parametrize(
    ("networks", "source", "inside"),
    [([], "198.51.100.7", True), (["198.51.100.0/24"], "198.51.100.7", True), (["198.51.100.0/24"], "", True),
     (["198.51.100.0/24"], "192.0.2.1", False), (["2001:db8::/48"], "192.0.2.1", False),
     (["198.51.100.0/24"], "::ffff:198.51.100.7", True), (["fe80::/10"], "fe80::1%eth0", True)],
)  # fmt: skip
def test_own_address_is_looked_for_in_ssh_from(networks: list[str], source: str, inside: bool) -> None:
    assert firewall.lets_in(networks, source) is inside


def test_settings_that_shut_us_out_are_refused() -> None:
    stack = stack_of(security={"ssh_from": ["192.0.2.0/24"]})
    with pytest.raises(ProvisionerError, match=r"we come from 198\.51\.100\.7"):
        access_request([stack], 13, "198.51.100.7", 22)
    request = access_request([stack], 13, "192.0.2.9", 2222)
    assert "ip saddr { 192.0.2.0/24 } tcp dport 2222 accept" in request["files"][firewall.PATH]["content"]
    assert request["files"][SSHD]["content"].endswith("\nPort 2222\n") and request["files"][SSHD]["mode"] == "0600"


def test_root_keeps_its_door_while_a_stack_of_the_host_comes_in_by_it() -> None:
    where = {"name": "h1", "address": "203.0.113.7"}
    ada, root = stack_of(host={**where, "user": "ada"}), stack_of(host=where)
    for stacks, word in (([ada, root], "prohibit-password"), ([root, ada], "prohibit-password"), ([ada], "no")):
        text = access_request(stacks, 13, "", 22)["files"][SSHD]["content"]
        assert f"\nPermitRootLogin {word}\n" in text


def test_a_source_that_is_no_address_is_one_that_is_not_known() -> None:
    assert firewall.lets_in(["192.0.2.0/24"], "UNKNOWN")


def test_two_stacks_of_a_host_have_one_door() -> None:
    one, other = stack_of(), stack_of(security={"ssh_from": ["192.0.2.0/24"]})
    with pytest.raises(InputError, match="ssh_from"):
        firewall.ssh_from([one, other])
    assert firewall.ssh_from([one, one]) == ()


def test_all_that_two_stacks_of_a_host_want_different_is_told_at_once() -> None:
    nets = ["192.0.2.0/24", "198.51.100.0/24"]

    def bundle(**security: Any) -> Bundle:
        return Bundle(Path("stack.yaml"), stack_of(security=security), None)  # type: ignore[arg-type]

    with pytest.raises(InputError) as caught:
        by_host([bundle(ssh_from=nets), bundle(tls="modern", reboot="never", log_days=200)])
    told = " ".join(finding.message for finding in caught.value.findings)
    assert all(f"security.{field}" in told for field in ("ssh_from", "tls", "reboot")) and "log_days" not in told
    assert len(by_host([bundle(ssh_from=nets), bundle(ssh_from=nets[::-1])])["h1"]) == 2


def test_level_none_leaves_ssh_alone_and_has_the_firewall_all_the_same() -> None:
    request = access_request([stack_of(security={"level": "none"})], 13, "", 22)
    assert sorted(request["files"]) == sorted([firewall.PATH, firewall.DROP_IN])
    assert sshd_text("A yes\n", 22) == "A yes\n"


@pytest.mark.parametrize(
    ("to", "when", "settings", "place"),
    [("any:443", "", {}, "any:443"), ("any:443", "OPEN=yes", {"OPEN": "no"}, ""),
     ("any:443", "OPEN=yes", {"OPEN": "yes"}, "any:443"), ("setting:URL", "", {"URL": ""}, ""),
     ("setting:URL", "", {"URL": "https://Maps.example.org/x"}, "maps.example.org:443"),
     ("setting:URL", "", {"URL": "http://maps.example.org:8080"}, "maps.example.org:8080")],
)  # fmt: skip
def test_needs_of_the_catalog_follow_the_settings(to: str, when: str, settings: dict[str, str], place: str) -> None:
    each = Egress.model_validate({"to": to, "when": when, "why": {"fr": "x", "en": "x"}})
    assert needed(each, settings) == place


def test_every_way_a_trial_ends_has_words() -> None:
    for code in SAID:
        said = explain({"guard": code, "detail": "line 3: bad", "user": "debian"})
        assert said and "{" not in said
    assert explain({"msg": "another module"}) == "" and lost("another task") == "" and "by themselves" in lost(KEEP)


def test_name_servers_are_addresses_elsewhere_whatever_resolv_conf_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        "127.0.0.53",
        "::1",
        "fe80::1%eth0",
        "2001:db8::1%eth0",
        "[2001:db8::2]:53",
        "dns.example",
        "",
        "192.0.2.53",
    ]
    (tmp_path / "resolv.conf").write_text("".join(f"nameserver {row}\n" for row in [*rows, "::1234 # ours"]))
    monkeypatch.setattr(egress, "RESOLVERS", (tmp_path / "resolv.conf",))
    assert egress.resolvers() == ["192.0.2.53", "::1234"]
    lists, networks = {"asso_notes": ["any:443"]}, [{"project": "asso_notes", "bridge": "br-1", "internal": False}]
    assert "ip daddr 192.0.2.53" in egress_text.rules(lists, networks, {}, egress.resolvers(), {})


@pytest.mark.parametrize(
    "text", ["fe80::1%eth0", "fe80::1%x }\n\t\taccept\n\t\tip6 saddr { ::1", "fe80::1%x\naction = evil/128"]
)
def test_a_network_carries_no_text_of_its_own_into_rules(text: str) -> None:
    for given in ({"ssh_from": [text]}, {"never_banned": [text]}):
        with pytest.raises(ValidationError, match="no address or network"):
            Security.model_validate(given)
    with pytest.raises(ValidationError, match=r"no address or network|has no port"):
        TypeAdapter(Outgoing).validate_python(f"[{text}]:443")


@pytest.mark.parametrize("port", ["\u00b2", "\uff14\uff14\uff13", "9" * 5000, "0", "65536", ""])
def test_a_port_is_a_number_in_plain_digits(port: str) -> None:
    with pytest.raises(ValidationError, match="has no port"):
        TypeAdapter(Outgoing).validate_python(f"any:{port}")
