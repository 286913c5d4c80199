"""Read what OpenSCAP and Lynis wrote. Names of people, addresses and accounts that stand there are left behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

XCCDF = "{http://checklists.nist.gov/xccdf/1.2}"
RULE = "xccdf_org.ssgproject.content_rule_"
DETAILED = ("SSH-7408",)  # the tests of Lynis whose details name settings, never people
NOT_HELD = ("fail", "error", "unknown")  # a rule that could not be decided was not seen to hold
TOLD = (*NOT_HELD, "notchecked")


def xccdf(path: Path) -> dict[str, Any]:
    """Given the results of `oscap xccdf eval`, return {version, score, results, rules}.

    `results` has rule -> pass, fail, notapplicable...; `rules` the title and severity of each rule that did not hold.
    """
    root = ElementTree.parse(path).getroot()  # noqa: S314 - written a moment ago by oscap, in a folder of root
    tests = [root] if root.tag == f"{XCCDF}TestResult" else root.findall(f".//{XCCDF}TestResult")
    if not tests:
        return {"version": "", "score": 0.0, "results": {}, "rules": {}}
    test = tests[-1]
    results: dict[str, str] = {}
    severities: dict[str, str] = {}
    for each in test.iter(f"{XCCDF}rule-result"):
        outcome = each.findtext(f"{XCCDF}result", "unknown")
        if outcome != "notselected":
            name = _short(each.get("idref", ""))
            if results.get(name, "") not in NOT_HELD:  # of several results for one rule the bad one counts
                results[name] = outcome
            severities[name] = each.get("severity", "")
    score = test.findtext(f"{XCCDF}score", "0")
    titles = dict(_titles(root))
    rules = {
        name: {"title": titles.get(name, name), "severity": severities[name]}
        for name, outcome in results.items()
        if outcome in TOLD
    }
    return {"version": test.get("version", ""), "score": round(float(score), 1), "results": results, "rules": rules}


def _titles(root: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for rule in root.iter(f"{XCCDF}Rule"):
        title = rule.find(f"{XCCDF}title")
        if title is not None:
            yield _short(rule.get("id", "")), " ".join("".join(title.itertext()).split())


def _short(name: str) -> str:
    return name.removeprefix(RULE)


def lynis(text: str) -> dict[str, Any]:
    """Given lynis-report.dat, return {version, index, tests, whole, warnings, suggestions}: (test, sentence) each."""
    values: dict[str, str] = {}
    found: dict[str, list[list[str]]] = {"warning": [], "suggestion": []}
    for line in text.splitlines():
        key, _equals, value = line.partition("=")
        kind = key.removesuffix("[]")
        if kind in found:
            parts = [*value.split("|"), "", ""]
            detail = f": {parts[2]}" if parts[0] in DETAILED and parts[2] not in ("", "-") else ""
            found[kind].append([parts[0], re.sub(r"\s+", " ", parts[1] + detail).strip()])
        else:
            values[key] = value
    return {
        "version": values.get("lynis_version", ""),
        "index": int(values.get("hardening_index") or 0),
        "tests": int(values.get("lynis_tests_done") or 0),
        "whole": values.get("finish") == "true",
        "warnings": found["warning"],
        "suggestions": found["suggestion"],
    }
