"""Judges of an audit against recorded answers of OpenSCAP, Lynis, ssh-audit and Docker: never a false green."""

import copy
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from provisioner.audit import docker, goals, oscap, others, web
from provisioner.audit.headers import grade, score
from provisioner.audit.visit import Seen, scripts
from provisioner.audit.waivers import waivers
from provisioner.catalog import Catalog, load_catalog
from provisioner.documents.audit_words import rule_words, scap_words, words
from provisioner.host import audit_docker, audit_read
from provisioner.models.base import Text
from provisioner.models.scorecard import Audited

CASES = Path(__file__).parent / "cases" / "audit"
WHY = Text(fr="raison", en="reason")


@cache
def catalog() -> Catalog:
    return load_catalog(None)


def results(name: str) -> dict[str, Any]:
    return audit_read.xccdf(CASES / f"{name}.xml")


def facts(**changes: Any) -> dict[str, Any]:
    daemon = {"no-new-privileges": True, "userland-proxy": False, "ip": "127.0.0.1", "log-opts": {"max-size": "10m"}}
    return {
        "present": True,
        "info": json.loads((CASES / "info-13.json").read_text()),
        "daemon": {**daemon, "tcp": []},
        "socket": {"mode": 0o660, "owner": 0},
        "group": 0,
        "containers": json.loads((CASES / "docker-13.json").read_text()),
        **changes,
    }


def failing(audited: Audited) -> set[str]:
    return {each.rule for each in audited.found if each.counts}


def test_profile_is_counted_as_oscap_counted_it() -> None:
    audited = oscap.score("anssi_bp28_intermediary", results("anssi_bp28_intermediary-13"), {})
    wanted = {
        "pass": 82,
        "fail": 92,
        "notapplicable": 51,
        "notchecked": 1,
        "evaluated": 174,
        "raw": 47.1,
        "xccdf": 44.1,
    }
    assert {key: audited.figures[key] for key in wanted} == wanted
    assert audited.figures["left"] == 92 == len(failing(audited)) and audited.version == "0.1.82"
    assert audited.not_run is None and not audited.notes


def test_both_releases_are_read() -> None:
    audited = oscap.score("anssi_bp28_minimal", results("anssi_bp28_minimal-12"), {})
    assert (audited.figures["pass"], audited.figures["fail"], audited.figures["evaluated"]) == (19, 8, 27)


@pytest.mark.parametrize("profile", ["anssi_bp28_minimal", "anssi_bp28_intermediary"])
def test_content_that_does_not_see_the_host_gives_no_figure_at_all(profile: Any) -> None:
    audited = oscap.score(profile, results("false-green-13"), {})
    assert audited.not_run and "0 of 35" in audited.not_run.en and not audited.figures
    assert {goal.met for goal in goals.judge("intermediary", [audited])} == {None}


def test_too_few_evaluated_rules_are_no_green_even_when_all_hold() -> None:
    answer = results("anssi_bp28_minimal-13")
    answer["results"] = {name: "pass" if r == "fail" else r for name, r in answer["results"].items()}
    audited = oscap.score("anssi_bp28_minimal", answer, {})
    assert audited.figures["raw"] == 100 and "only 27 rules" in audited.notes[0].en
    assert [goal.met for goal in goals.judge("minimal", [audited])] == [False, True]


def test_waived_rules_leave_the_tailored_figure_whether_they_hold_or_not() -> None:
    answer = results("anssi_bp28_minimal-13")
    fails = [name for name, result in answer["results"].items() if result == "fail"]
    passes = [name for name, result in answer["results"].items() if result == "pass"]
    audited = oscap.score("anssi_bp28_minimal", answer, dict.fromkeys([*fails[:8], *passes[:2]], WHY))
    assert (audited.figures["left"], audited.figures["waived"]) == (2, 8)
    assert audited.figures["tailored"] == 88.2  # 15 of 17
    assert audited.figures["raw"] == 62.9  # 17 of 27: waivers never touch it
    assert [each.waiver for each in audited.found if not each.counts] == [WHY] * 8


def test_share_is_rounded_down() -> None:
    assert oscap.percent(9499, 10000) == 94.9 and oscap.percent(2, 3) == 66.6 and oscap.percent(0, 0) == 0


@pytest.mark.parametrize("code", ["no_datastream", "not_fetched", "too_old", "unreachable", "never heard of"])
def test_every_way_not_to_run_has_words_in_both_languages(code: str) -> None:
    audited = oscap.not_run("lynis", {"error": code, "detail": "d{0}etail {x}"})
    assert audited.not_run and audited.not_run.fr and audited.not_run.en and audited.not_run.fr != audited.not_run.en
    assert [goal.met for goal in goals.judge("enhanced", [audited])] == [None, None]


def test_rules_that_fail_have_a_french_line_and_something_to_do() -> None:
    rules = results("anssi_bp28_intermediary-13")["rules"]
    untold = [name for name, rule in rules.items() if scap_words(name, rule["title"])[0].fr == rule["title"]]
    assert not untold
    title, action = scap_words("sysctl_net_ipv4_ip_forward", "Disable IP forwarding")
    assert (
        title == Text(fr="Réglage du noyau net ipv4 ip forward", en="Disable IP forwarding") and "sysctl" in action.en
    )


def test_lynis_report_is_read_and_one_cut_short_says_nothing() -> None:
    text = (CASES / "lynis-13.dat").read_text()
    audited = others.lynis(audit_read.lynis(text))
    assert audited.figures == {"index": 61, "tests": 249, "warnings": 0, "suggestions": 48}
    assert audited.version == "3.1.4" and all(each.kind == "advice" for each in audited.found)
    assert len({each.rule for each in audited.found}) == len(audited.found)
    cut = others.lynis(audit_read.lynis(text.replace("finish=true", "")))
    assert cut.not_run and not cut.figures
    warned = others.lynis(audit_read.lynis(text + "warning[]=FIRE-4512|iptables module(s) loaded, no rules|-|-|\n"))
    assert failing(warned) == {"FIRE-4512: iptables module(s) loaded, no rules"}


def test_ssh_audit_of_a_stock_server() -> None:
    text = (CASES / "ssh-audit-13-plain.json").read_text()
    audited = others.ssh_audit(text, "3.9.0")
    assert (audited.figures["fails"], audited.figures["warnings"], audited.figures["waived"]) == (6, 5, 2)
    assert "kex:ecdh-sha2-nistp256:fail" in failing(audited)
    without = json.loads(text)
    without["kex"] = [each for each in without["kex"] if not each["algorithm"].startswith(("mlkem", "sntrup"))]
    assert others.ssh_audit(json.dumps(without), "3.9.0").figures["waived"] == 0, "no hybrid beside it: no excuse"


@pytest.mark.parametrize(
    "text", ["", "[exception] cannot connect", "{}", '{"kex": [], "key": [], "enc": [], "mac": []}']
)
def test_ssh_that_did_not_answer_is_not_green(text: str) -> None:
    audited = others.ssh_audit(text, "3.9.0")
    assert audited.not_run and not audited.figures


def test_ports() -> None:
    seen = {"open": [22, 80, 443, 8080], "udp": [443, 161], "seconds": 5}
    audited = others.ports({"203.0.113.7": seen}, {(22, "tcp"), (80, "tcp"), (443, "tcp"), (443, "udp")}, (22, 80, 443))
    assert failing(audited) == {"8080/tcp", "161/udp"} and audited.figures["unexpected"] == 2
    blind = others.ports({"203.0.113.7": {"open": [], "udp": []}}, set(), (22, 80, 443))
    assert blind.not_run and "203.0.113.7" in blind.not_run.en


def test_our_containers_break_no_rule_without_a_reason() -> None:
    audited = docker.judge(facts(), catalog())
    assert failing(audited) == set() and audited.figures["containers"] == 4
    assert {each.rule.partition(".")[0] for each in audited.found} == {"provisioner_proxy-caddy-1"}
    assert audited.notes, "what this kernel cannot limit is told"


@pytest.mark.parametrize(
    ("broken", "change"),
    [
        ("socket", {"Mounts": [{"Type": "bind", "Source": "/var/run/docker.sock", "Destination": "/s", "RW": False}]}),
        ("socket", {"Mounts": [{"Type": "bind", "Source": "/", "Destination": "/host", "RW": False}]}),
        ("ports", {"HostConfig": {"PortBindings": {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}]}}}),
        ("ports", {"HostConfig": {"PortBindings": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}}}),
        ("privileged", {"HostConfig": {"Privileged": True}}),
        ("privileged", {"HostConfig": {"PidMode": "host"}}),
        ("privileged", {"HostConfig": {"IpcMode": "container:abc"}}),
        ("privileged", {"HostConfig": {"NetworkMode": "host"}}),
        ("cap_add", {"HostConfig": {"CapAdd": ["SYS_ADMIN"]}}),
        ("cap_drop", {"HostConfig": {"CapDrop": []}}),
        ("seccomp", {"HostConfig": {"SecurityOpt": ["no-new-privileges:true", "seccomp=unconfined"]}}),
        ("seccomp", {"HostConfig": {"SecurityOpt": ["no-new-privileges:true", "seccomp:unconfined"]}}),
        ("apparmor", {"AppArmorProfile": "unconfined"}),
        ("no_new_privileges", {"HostConfig": {"SecurityOpt": []}}),
        ("read_only", {"HostConfig": {"ReadonlyRootfs": False}}),
        ("user", {"Config": {"User": ""}}),
        ("user", {"Config": {"User": "0:0"}}),
        ("image", {"Config": {"Image": "radicale:latest"}}),
        ("healthcheck", {"Config": {"Healthcheck": False}}),
        ("restart", {"HostConfig": {"RestartPolicy": {"Name": "no"}}}),
        ("logging", {"HostConfig": {"LogConfig": {"Type": "json-file", "Config": {}}}}),
    ],
)
def test_each_seeded_fault_of_a_container_is_found(broken: str, change: dict[str, Any]) -> None:
    known = facts()
    container = next(each for each in known["containers"] if each["Name"] == "h3_radicale-app-1")
    for key, value in change.items():
        container[key] = {**container[key], **value} if isinstance(value, dict) else value
    assert f"h3_radicale-app-1.{broken}" in failing(docker.judge(known, catalog()))


def test_limits_are_judged_where_the_kernel_knows_them() -> None:
    known = facts()
    known["info"] |= {"MemoryLimit": True, "PidsLimit": True}
    assert {"h3_radicale-app-1.mem_limit", "h3_radicale-app-1.pids_limit"} <= failing(docker.judge(known, catalog()))


@pytest.mark.parametrize(
    "change",
    [{"Privileged": True}, {"PidMode": "host"}, {"CapAdd": ["NET_BIND_SERVICE", "NET_ADMIN"]}],
)
def test_the_proxys_exceptions_cover_nothing_wider(change: dict[str, Any]) -> None:
    known = facts()
    proxy = next(each for each in known["containers"] if each["Name"].startswith("provisioner_proxy"))
    proxy["HostConfig"] |= change
    assert failing(docker.judge(known, catalog()))


def test_a_container_that_nobody_declared_has_no_waiver() -> None:
    known = facts()
    stranger = copy.deepcopy(known["containers"][0])
    stranger["Name"], stranger["Config"]["Labels"] = "watchtower", {audit_docker.PROJECT: "", audit_docker.SERVICE: ""}
    stranger["HostConfig"] |= {"ReadonlyRootfs": False, "CapDrop": None}
    known["containers"].append(stranger)
    assert {"watchtower.read_only", "watchtower.cap_drop"} <= failing(docker.judge(known, catalog()))


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("engine.tcp", {"daemon": {"hosts": ["tcp://0.0.0.0:2375"]}}),
        ("engine.tcp", {"daemon": {"tcp": ["--host=tcp://0.0.0.0:2375"]}}),
        ("engine.ports_inside", {"daemon": {}}),
        ("engine.userland_proxy", {"daemon": {}}),
        ("engine.no_new_privileges", {"daemon": {}}),
        ("engine.socket", {"socket": {"mode": 0o666, "owner": 0}}),
        ("engine.group", {"group": 1}),
    ],
)
def test_each_seeded_fault_of_the_engine_is_found(rule: str, change: dict[str, Any]) -> None:
    assert rule in failing(docker.judge(facts(**change), catalog()))
    assert rule_words(rule)[0] != rule_words("never heard of")[0], "it has words of its own"


def test_no_engine_is_not_green() -> None:
    assert docker.judge({"present": False}, catalog()).not_run


def test_nothing_of_a_containers_environment_leaves_the_host() -> None:
    found = json.loads((CASES / "inspect-13.json").read_text())
    assert "hunter2" in json.dumps(found) and "hunter2" not in json.dumps(audit_docker.reduced(found))


def test_all_our_rules_have_words() -> None:
    assert {rule for rule in [*docker.OWN, *docker.ENGINE] if rule not in words().rules} == set()


def seen(**changes: Any) -> Seen:
    headers = {
        "content-security-policy": "default-src 'self'; frame-ancestors 'none'",
        "strict-transport-security": "max-age=31536000",
        "x-content-type-options": "nosniff",
    }
    protocols = {"TLS 1.0": False, "TLS 1.2": True, "TLS 1.3": True}
    values = {"protocols": protocols, "days": 60.0, "lifetime": 90.0, "redirects": True, "status": 200, **changes}
    return Seen("pad.example", headers={**headers, **values.pop("headers", {})}, **values)


@pytest.mark.parametrize(
    ("change", "points"),
    [
        ({}, 110),
        ({"headers": {"content-security-policy": ""}}, 55),
        ({"headers": {"content-security-policy": "default-src 'self' 'unsafe-inline'; frame-ancestors 'self'"}}, 80),
        ({"headers": {"content-security-policy": "default-src *; frame-ancestors 'self'"}}, 80),
        ({"headers": {"content-security-policy": "default-src 'self' 'unsafe-eval'; frame-ancestors 'self'"}}, 95),
        ({"headers": {"content-security-policy": "default-src 'none'; frame-ancestors 'none'"}}, 115),
        ({"headers": {"content-security-policy": "script-src 'nonce-a' 'unsafe-inline'; object-src 'none'"}}, 80),
        ({"headers": {"strict-transport-security": ""}}, 80),
        ({"headers": {"strict-transport-security": "max-age=300"}}, 100),
        ({"headers": {"x-content-type-options": ""}}, 105),
        ({"headers": {"referrer-policy": "unsafe-url"}}, 105),
        ({"headers": {"referrer-policy": "no-referrer"}}, 115),
        ({"headers": {"cross-origin-resource-policy": "same-origin"}}, 120),
        ({"redirects": False}, 80),
        ({"cookies": ["sessionid=1; Secure; HttpOnly; SameSite=Lax"]}, 115),
        ({"cookies": ["sessionid=1; Secure"]}, 70),
        ({"cookies": ["theme=dark"]}, 105),
        ({"cookies": ["sessionid=1; HttpOnly"], "headers": {"strict-transport-security": ""}}, 40),
        ({"scripts": [("https://cdn.example/a.js", False)]}, 105),
        ({"scripts": [("https://cdn.example/a.js", True)]}, 115),
    ],
)
def test_marks_of_headers_follow_the_observatory(change: dict[str, Any], points: int) -> None:
    assert score(seen(**change))[0] == points


@pytest.mark.parametrize(
    ("points", "letters"), [(130, "A+"), (100, "A+"), (99, "A"), (85, "A-"), (80, "B+"), (79, "B"), (24, "F"), (0, "F")]
)
def test_letters(points: int, letters: str) -> None:
    assert grade(points) == letters


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"protocols": {"TLS 1.0": True, "TLS 1.2": True}}, "pad.example:tls_old:TLS 1.0"),
        ({"protocols": {"TLS 1.2": False, "TLS 1.3": False}}, "pad.example:tls_none"),
        ({"untrusted": "certificate has expired"}, "pad.example:tls_certificate"),
        ({"days": 9.0}, "pad.example:tls_soon"),
        ({"redirects": False}, "pad.example:tls_plain"),
        ({"error": "refused"}, "pad.example:web_silent"),
    ],
)
def test_each_fault_of_tls_is_found(change: dict[str, Any], rule: str) -> None:
    audited = web.judge([seen(), seen(**change)])
    assert failing(audited) == {rule} and audited.figures["problems"] == 1


def test_short_lived_certificates_of_an_own_authority_are_not_late() -> None:
    assert failing(web.judge([seen(days=0.3, lifetime=0.5)])) == set()


def test_a_silent_site_is_the_lowest_mark() -> None:
    assert web.judge([seen(), seen(error="refused")]).figures["lowest"] == 0
    assert web.judge([]).not_run


def test_scripts_from_elsewhere() -> None:
    text = """<script src="/own.js"></script><script>1</script>
    <SCRIPT src='https://cdn.example/a.js' integrity="sha256-x">
    </SCRIPT><script async src=//other.example/b.js></script>"""
    assert scripts(text, "pad.example") == [("https://cdn.example/a.js", True), ("//other.example/b.js", False)]


def test_waivers_of_rehearsal_hosts_do_not_count_on_real_ones() -> None:
    inside, outside = waivers(13, in_container=True), waivers(13, in_container=False)
    assert set(outside) < set(inside) and "sudo_add_requiretty" in outside
    assert "sudo_add_requiretty" in waivers(12, in_container=False)


def test_tailored_figure_is_that_of_a_run_with_the_tailoring_file() -> None:
    """Recorded on one host side by side: raw, and with a file that --write-tailoring gave, which is here too."""
    file = (CASES / "anssi_bp28_intermediary-13-tailoring.xml").read_text("utf-8")
    waived = re.findall(r'idref="xccdf_org.ssgproject.content_rule_(\S+)" selected="false"', file)
    answer, tailored = results("anssi_bp28_intermediary-13-raw"), results("anssi_bp28_intermediary-13-tailored")
    audited = oscap.score("anssi_bp28_intermediary", answer, dict.fromkeys(waived, WHY))
    left = {name: result for name, result in tailored["results"].items() if result in ("pass", "fail")}
    assert audited.figures["left"] == list(left.values()).count("fail")
    assert failing(audited) == {name for name, result in left.items() if result == "fail"}
    share = oscap.percent(list(left.values()).count("pass"), len(left))
    assert audited.figures["tailored"] == share > audited.figures["raw"]
