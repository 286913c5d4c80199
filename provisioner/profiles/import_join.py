"""Lay imported values over a base profile, check what comes out, and say what is still missing. Pure."""

from dataclasses import dataclass, field
from typing import Any

from provisioner.errors import Finding, InputError
from provisioner.i18n import _
from provisioner.load import Document, read_text
from provisioner.profiles.fields import mapping, sequence
from provisioner.profiles.known import our_known
from provisioner.profiles.overlay import LOCKED, overlay
from provisioner.profiles.rules import check_profile
from provisioner.profiles.write import profile_text

MISSING = "NP102"
SHAPES = ("NP103", "NP104", "NP105", "NP106", "NP107", "NP108", "NP199", "NP301")


@dataclass(frozen=True)
class Joined:
    """The data of a profile, what is wrong with it, and the places that still need a value."""

    data: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def assumed(self) -> list[str]:
        """What nobody confirmed."""
        return list(mapping(self.data, "profile").get("assumed", []))


def joined(part: dict[str, Any], base: Document | None) -> Joined:
    """Given imported values and a base profile (or None), return what they make together.

    The imported values win, except over what the base locks. Sources are added; what the import confirms is no longer
    assumed. A part without base may be incomplete: then only its values are checked, not how they fit together.
    """
    if base is None:
        return _checked({"needs_profile": "1.0", **part}, [])
    merged = overlay(base, read_text(profile_text(part), base.file))
    about = {**mapping(merged.data, "profile")}
    about["sources"] = [*sequence(mapping(base.data, "profile"), "sources"), *part["profile"]["sources"]]
    data = {**merged.data, "profile": about}
    if LOCKED not in mapping({"base": base.data}, "base"):
        data.pop(LOCKED, None)
    return _checked(data, merged.findings)


def refuse(result: Joined, message: str) -> None:
    """Raise InputError when the result has findings."""
    if result.findings:
        raise InputError(message, result.findings, _("Nothing was written."))


def _checked(data: dict[str, Any], findings: list[Finding]) -> Joined:
    checked = check_profile(read_text(profile_text(data), ""), our_known())
    missing = [finding.pointer for finding in checked.errors if finding.code == MISSING]
    errors = [finding for finding in checked.errors if finding.code != MISSING]
    if missing:
        errors = [finding for finding in errors if finding.code in SHAPES]
    places = [Finding(finding.message, path=finding.pointer, code=finding.code) for finding in errors]
    return Joined(data, [*findings, *places], missing)
