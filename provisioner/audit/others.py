"""What Lynis, ssh-audit and the port scan say, as figures and findings. Pure."""

import json
from collections.abc import Collection, Iterator
from typing import Any

from provisioner.documents.audit_words import lynis_words, words
from provisioner.models.base import Text
from provisioner.models.scorecard import Audited, Found

NOT_QUANTUM_SAFE = "does not provide protection against post-quantum attacks"
QUANTUM_SAFE = ("mlkem", "sntrup761")
LEAST_TESTS = 150  # Debian's Lynis makes about 250; a profile on the host may skip as many as it likes
KINDS = ("kex", "key", "enc", "mac")


def lynis(answer: dict[str, Any]) -> Audited:
    """Given the answer of the host, return what Lynis says. A report that was cut short says nothing."""
    if not answer["whole"] or not answer["tests"]:
        return Audited(name="lynis", version=answer["version"], not_run=words().reason("lynis_cut"))
    if answer["tests"] < LEAST_TESTS:
        why = words().reason("lynis_few", count=str(answer["tests"]), least=str(LEAST_TESTS))
        return Audited(name="lynis", version=answer["version"], not_run=why)
    found = [
        Found(rule=f"{test}: {sentence}"[:200], kind=kind, title=title, action=action)
        for kind, rows in (("fail", answer["warnings"]), ("advice", answer["suggestions"]))
        for test, sentence in rows
        for title, action in [lynis_words(test, sentence)]
    ]
    figures = {
        "index": answer["index"],
        "tests": answer["tests"],
        "warnings": len(answer["warnings"]),
        "suggestions": len(answer["suggestions"]),
    }
    return Audited(name="lynis", version=answer["version"], figures=figures, found=_once(found))


def ssh_audit(text: str, version: str) -> Audited:
    """Given the JSON of ssh-audit, return what it says of the algorithms that the host offers."""
    try:
        told = json.loads(text)
        offered = [(kind, item) for kind in KINDS for item in told[kind]]
    except (ValueError, KeyError, TypeError):
        return Audited(name="ssh_audit", version=version, not_run=words().reason("ssh_silent"))
    if not offered:
        return Audited(name="ssh_audit", version=version, not_run=words().reason("ssh_silent"))
    hybrid = any(item["algorithm"].startswith(QUANTUM_SAFE) for kind, item in offered if kind == "kex")
    found = [each for kind, item in offered for each in _algorithm(kind, item, hybrid)]
    found += [
        Found(rule=str(cve.get("name", "CVE")), kind="fail", **_pair("ssh_cve", name=str(cve.get("name", ""))))
        for cve in told.get("cves", [])
    ]
    bad = [each for each in found if each.counts]
    fails = sum(":fail" in each.rule or each.rule.startswith("CVE") for each in bad)
    figures = {
        "fails": fails,
        "warnings": len(bad) - fails,
        "waived": len(found) - len(bad),
        "algorithms": len(offered),
    }
    return Audited(name="ssh_audit", version=version, figures=figures, found=found)


def _algorithm(kind: str, item: dict[str, Any], hybrid: bool) -> Iterator[Found]:
    """Yield what is held against an algorithm. That curve25519 alone does not withstand quantum computers is accepted
    where a hybrid is offered too: clients that know none, our own among them, would otherwise stay outside.
    """
    notes = item.get("notes") or {}
    for grade in ("fail", "warn"):
        if notes.get(grade):
            name = f"{item['algorithm']}" + (f" ({item['keysize']})" if item.get("keysize") else "")
            told = list(dict.fromkeys(notes[grade]))
            because = Text(fr=" ; ".join(words().ssh.get(each, each) for each in told), en="; ".join(told))
            accepted = hybrid and name.startswith("curve25519-") and notes[grade] == [NOT_QUANTUM_SAFE]
            waiver = words().said("ssh_quantum") if accepted else None
            french, english = (_pair(f"ssh_{grade}", name=name, why=why) for why in (because.fr, because.en))
            pair = {key: Text(fr=french[key].fr, en=english[key].en) for key in french}
            yield Found(rule=f"{kind}:{name}:{grade}", kind="fail", waiver=waiver, **pair)
            return


def ports(scanned: dict[str, dict[str, Any]], allowed: Collection[tuple[int, str]], ways: Collection[int]) -> Audited:
    """Given address -> what a scan found, the ports that may be open and those of which one must be, judge them.

    A scan that does not even see the ways in has seen nothing; one after which none of them answers any more (`still`)
    saw an unknown part only: a firewall's silence and that of a host that went down are the same.
    """
    found, opened, unexpected = [], 0, 0
    for address, told in scanned.items():
        seen = {*((port, "tcp") for port in told["open"]), *((port, "udp") for port in told["udp"])}
        if not any((port, "tcp") in seen for port in ways):
            return Audited(name="ports", not_run=words().reason("scan_blind", address=address))
        if not set(ways) & set(told.get("still", told["open"])):
            return Audited(name="ports", not_run=words().reason("scan_cut", address=address))
        opened += len(seen)
        for port, protocol in sorted(seen - set(allowed)):
            unexpected += 1
            pair = _pair("port_open", port=f"{port}/{protocol}", address=address)
            found.append(Found(rule=f"{port}/{protocol}", kind="fail", **pair))
    figures = {"open": opened, "unexpected": unexpected, "addresses": len(scanned)}
    seconds = sum(float(told.get("seconds", 0)) for told in scanned.values())
    return Audited(name="ports", figures=figures, found=_once(found), seconds=round(seconds, 1))


def _pair(key: str, **values: str) -> dict[str, Text]:
    return {"title": words().said(key, **values), "action": words().said(f"{key}_do", **values)}


def _once(found: list[Found]) -> list[Found]:
    return list({each.rule: each for each in reversed(found)}.values())[::-1]
