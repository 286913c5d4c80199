"""Figures and failing rules from what OpenSCAP told, raw and with our waivers. Pure."""

from collections.abc import Mapping
from typing import Any

from provisioner.documents.audit_words import scap_words, words
from provisioner.host.audit_read import NOT_HELD
from provisioner.models.base import Text
from provisioner.models.scorecard import Audited, AuditorName, Found, Profile

# What a profile evaluates at least on a host that it speaks of. Fewer: its rules do not see the host, and no figure
# is called good. With almost none, content and host do not fit at all (OpenSCAP ends well all the same).
LEAST: dict[Profile, int] = {
    "anssi_bp28_minimal": 35, "anssi_bp28_intermediary": 150, "anssi_bp28_enhanced": 200, "cis_level1_server": 250,
}  # fmt: skip
NOTHING = 10
MINIMUM_CONTENT = "0.1.82"
COUNTED = ("pass", "fail", "notapplicable", "notchecked", "error", "unknown")


def score(
    profile: Profile, answer: Mapping[str, Any], waivers: Mapping[str, Text], least: int | None = None
) -> Audited:
    """Given the answer of the host (version, score, results, rules) and rule -> reason, return what the profile says.

    A waived rule leaves the tailored figure whether it holds or not: that is what an unselected rule does.
    """
    results: dict[str, str] = dict(answer["results"])
    figures: dict[str, float] = {kind: sum(r == kind for r in results.values()) for kind in COUNTED}
    evaluated = figures["pass"] + figures["fail"]
    version = str(answer.get("version", ""))
    if evaluated < NOTHING:
        why = words().reason("nothing_evaluated", count=str(int(evaluated)), total=str(len(results)))
        return Audited(name=profile, version=version, not_run=why)
    kept = {rule: result for rule, result in results.items() if rule not in waivers}
    passed, left = (sum(r in kinds for r in kept.values()) for kinds in (("pass",), NOT_HELD))
    not_held = sum(figures[kind] for kind in NOT_HELD)
    figures |= {
        "evaluated": evaluated,
        "raw": percent(figures["pass"], figures["pass"] + not_held),
        "waived": not_held - left,
        "left": left,
        "tailored": percent(passed, passed + left),
        "xccdf": float(answer["score"]),
    }
    wanted = LEAST[profile] if least is None else least
    notes = [] if evaluated >= wanted else [words().note("too_few", count=str(int(evaluated)), least=str(wanted))]
    broken = [name for name, result in sorted(results.items()) if result in NOT_HELD]
    found = [_found(name, answer["rules"].get(name, {}).get("title", name), waivers.get(name)) for name in broken]
    return Audited(name=profile, version=version, figures=figures, found=found, notes=notes)


def percent(part: float, whole: float) -> float:
    """Return a share in percent with one digit, rounded down: 94.99 is not 95."""
    return int(1000 * part / whole) / 10 if whole else 0.0


def not_run(name: AuditorName, answer: Mapping[str, Any]) -> Audited:
    """Given the host's error (code, detail), return why an auditor says nothing."""
    return Audited(name=name, not_run=words().reason(str(answer["error"]), detail=str(answer.get("detail", ""))))


def _found(name: str, title: str, waiver: Text | None) -> Found:
    named, action = scap_words(name, title)
    return Found(rule=name, kind="fail", title=named, action=action, waiver=waiver)
