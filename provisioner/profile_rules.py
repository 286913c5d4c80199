"""Load a needs profile: schema and the rules between fields, all findings of the file at once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from provisioner.errors import Finding, InputError
from provisioner.i18n import _
from provisioner.load import Document, load_yaml, model_from
from provisioner.models.profile import Profile

GROUPS = ("board", "employees", "volunteers", "members", "beneficiaries")
LEVELS = ("none", "email", "basic", "comfortable", "advanced")


def load_profile(path: Path) -> Profile:
    """Given a file, return its Profile. Raise InputError with every finding of schema and rules, sorted by line."""
    return profile_from(load_yaml(path))


def profile_from(document: Document) -> Profile:
    """Given a document, return its Profile. Raise InputError with every finding of schema and rules."""
    findings, profile = list(rule_findings(document)), None
    try:
        profile = model_from(document, Profile)
    except InputError as error:
        findings += error.findings
    if findings or profile is None:
        raise InputError(_("The needs profile cannot be used."), findings)
    return profile


def rule_findings(document: Document) -> Iterator[Finding]:
    """Given a document that may be wrong in other ways, yield what its fields say against each other."""
    data = document.data
    if not isinstance(data, dict):
        return
    yield from _shares(document, _mapping(data, "people"))
    yield from _audiences(document, data)
    yield from _limits(document, _mapping(data, "limits"))
    yield from _federation(document, data)


def _shares(document: Document, people: dict[str, Any]) -> Iterator[Finding]:
    for group in GROUPS:
        skills = _mapping(people, group).get("skills")
        if not isinstance(skills, dict):
            continue
        shares = [skills.get(level, 0) for level in LEVELS]
        if all(isinstance(share, int) for share in shares) and sum(shares) != 100:
            text = _("the shares add up to {total}, they must add up to 100").format(total=sum(shares))
            yield document.finding(("people", group, "skills"), text, "NP201")


def _audiences(document: Document, data: dict[str, Any]) -> Iterator[Finding]:
    people, needs = _mapping(data, "people"), data.get("needs")
    for index, need in enumerate(needs if isinstance(needs, list) else []):
        audience = need.get("audience") if isinstance(need, dict) else None
        for group in audience if isinstance(audience, list) else []:
            if group in GROUPS and group not in people:
                text = _("audience '{group}' is not described under people").format(group=group)
                yield document.finding(("needs", index, "audience"), text, "NP204")


def _limits(document: Document, limits: dict[str, Any]) -> Iterator[Finding]:
    mandated, excluded = limits.get("mandated"), limits.get("excluded")
    if not isinstance(mandated, list) or not isinstance(excluded, list):
        return
    for name in sorted({str(item) for item in mandated} & {str(item) for item in excluded}):
        text = _("'{name}' is both mandated and excluded").format(name=name)
        yield document.finding(("limits",), text, "NP215")


def _federation(document: Document, data: dict[str, Any]) -> Iterator[Finding]:
    is_federation = _mapping(data, "organisation").get("kind") == "federation"
    if "federation" in data and not is_federation:
        text = _("this block is only for organisation.kind: federation")
        yield document.finding(("federation",), text, "NP214")
    if is_federation and "federation" not in data:
        text = _("organisation.kind is federation: describe its member associations in a block 'federation'")
        yield document.finding(("organisation", "kind"), text, "NP214")


def _mapping(data: dict[str, Any], key: str) -> dict[str, Any]:
    found = data.get(key)
    return found if isinstance(found, dict) else {}
