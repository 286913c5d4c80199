"""Load a needs profile: schema and the rules between fields, all findings of the file at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from provisioner.errors import Finding, InputError
from provisioner.i18n import _
from provisioner.load import Document, load_yaml
from provisioner.models.profile import Profile
from provisioner.profiles import rules_means as means
from provisioner.profiles import rules_needs as needs
from provisioner.profiles import rules_people as people
from provisioner.profiles import rules_privacy as privacy
from provisioner.profiles.known import Known, our_known
from provisioner.profiles.schema import schema_findings

RULES = (
    people.shares, people.busiest_moment, people.maturity, people.referents, needs.needs, needs.priorities,
    means.offline, means.domain, means.federation, means.limits, means.backups, privacy.free_text, privacy.addresses,
)  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """A profile that was looked at: all findings (errors first, each kind by line), and the model where it is right."""

    profile: Profile | None
    findings: list[Finding] = field(default_factory=list)

    @property
    def errors(self) -> list[Finding]:
        """What makes the profile unusable."""
        return [finding for finding in self.findings if finding.severity == "error"]


def load_profile(path: Path) -> Profile:
    """Given a file, return its Profile. Raise InputError with every error of schema and rules, sorted by line."""
    return profile_from(load_yaml(path), our_known())


def profile_from(document: Document, known: Known | None = None) -> Profile:
    """Given a document, return its Profile. Raise InputError with every error; warnings are for `profile check`."""
    checked = check_profile(document, known)
    if checked.errors or checked.profile is None:
        raise InputError(_("The needs profile cannot be used."), checked.errors)
    return checked.profile


def check_file(path: Path) -> Checked:
    """Given a file, return what is to be said of it; one that cannot be read at all is a finding as well."""
    try:
        document = load_yaml(path)
    except InputError as error:
        return Checked(None, error.findings)
    return check_profile(document, our_known())


def check_profile(document: Document, known: Known | None = None) -> Checked:
    """Given a document, return its findings, errors and warnings, and its Profile where the schema takes it."""
    known = known or Known()
    profile, found = schema_findings(document, known)
    found = [*document.findings, *found, *rule_findings(document, known)]
    persons = {finding.pointer for finding in found if finding.code == "NP301"}
    found = [finding for finding in found if finding.code != "NP303" or finding.pointer not in persons]
    return Checked(profile, sorted(found, key=lambda each: (each.severity != "error", each.line, each.code)))


def rule_findings(document: Document, known: Known | None = None) -> Iterator[Finding]:
    """Given a document that may be wrong in other ways, yield what its fields say against each other."""
    data = document.data
    if not isinstance(data, dict):
        return
    for rule in RULES:
        yield from rule(document, data)
    yield from needs.tools(document, data, known or Known())
