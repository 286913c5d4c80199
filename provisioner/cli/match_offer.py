"""What a plan is made from: profile, catalog (a folder, or one file) and rules; and reading and writing plans."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.errors import Finding, InputError, ProvisionerError
from provisioner.i18n import _
from provisioner.load import MAX_BYTES, pointer

if TYPE_CHECKING:
    from provisioner.matching.candidates import Offer
    from provisioner.models.matching import Rules
    from provisioner.models.profile import Profile
    from provisioner.models.proposal import Proposal

MAX_PLAN = 16 * MAX_BYTES


@dataclass(frozen=True)
class Given:
    """A profile with the SHA-256 of its file, what can be chosen, and the rules."""

    profile: "Profile"
    sha256: str
    offer: "Offer"
    rules: "Rules"


def load_given(path: Path, catalog: Path | None, images: str, plan: "Proposal | None" = None) -> Given:
    """Given the profile's file, a catalog (default: ours) and where images come from, return all that a plan needs.

    With a plan to verify, images come from where they came then. Raise InputError with every finding.
    """
    from provisioner.profiles.rules import load_profile

    profile = load_profile(path)
    offer, rules = _from_file(catalog, images) if catalog and catalog.is_file() else _from_folder(catalog, images, plan)
    return Given(profile, hashlib.sha256(path.read_bytes()).hexdigest(), offer, rules)


def _from_file(catalog: Path, images: str) -> tuple["Offer", "Rules"]:
    from provisioner.matching.file import load_file_catalog

    offer, rules = load_file_catalog(catalog)
    return replace(offer, images=images), rules


def _from_folder(folder: Path | None, images: str, plan: "Proposal | None") -> tuple["Offer", "Rules"]:
    from provisioner.aliases import load_aliases
    from provisioner.catalog import load_catalog
    from provisioner.images import available
    from provisioner.matching.candidates import Offer, candidate_from_service
    from provisioner.matching.data import load_rules

    catalog, rules = load_catalog(folder), load_rules(folder)
    candidates = [candidate_from_service(entry.service) for entry in catalog.services.values()]
    candidates += [candidate_from_service(item, deployable=False) for item in catalog.outlines.values()]
    if plan:
        there = frozenset(catalog.services) - set(plan.versions.unavailable)
    else:
        there = frozenset(available(catalog, "auto" if images == "any" else images))
    offer = Offer(
        candidates=candidates,
        sso=rules.weights.single_sign_on,
        available=there,
        catalog_version=catalog.digest,
        images=images,
        aliases=load_aliases(folder).version,
    )
    return offer, rules


def read_plan(path: Path) -> "Proposal":
    """Given a plan's file, return the Proposal. Raise InputError with every finding."""
    from pydantic import ValidationError

    from provisioner.explain import explain
    from provisioner.explain_words import read_problem
    from provisioner.load import read_bytes
    from provisioner.models.proposal import Proposal

    sentence = _("The plan cannot be used.")
    try:
        data = read_bytes(path, MAX_PLAN)
    except (OSError, ValueError) as error:
        text = _("cannot be read: {reason}").format(reason=read_problem(error))
        raise InputError(sentence, [Finding(text, str(path))]) from error
    if len(data) > MAX_PLAN:
        raise InputError(sentence, [Finding(_("this file is too large for a plan"), str(path))])
    try:
        return Proposal.model_validate_json(data)
    except ValidationError as error:
        items = error.errors(include_url=False)
        findings = [Finding(explain(dict(item), Proposal), str(path), path=pointer(item["loc"])) for item in items]
        raise InputError(sentence, findings, _("Make one: provisioner match profile.yaml --save plan.json")) from error


def save_plan(proposal: "Proposal", path: Path, *, force: bool) -> None:
    """Write a plan atomically, readable by its owner alone. Raise InputError rather than overwrite what is no plan."""
    from provisioner.host.layout import write

    if path.exists() and not force and not _is_plan(path):
        text = _("{path} is there already and is no plan; nothing was written").format(path=path)
        raise InputError(text, hint=_("Choose another name, or add --force."))
    try:
        write(path, proposal.text(), 0o600)
    except OSError as error:
        text = _("the plan cannot be written to {path}: {reason}").format(path=path, reason=error.strerror)
        raise ProvisionerError(text, hint=_("Choose another place with --save.")) from error


def _is_plan(path: Path) -> bool:
    """Return whether a file looks like a plan of ours, of whatever version."""
    import json

    try:
        data = json.loads(path.read_bytes()) if path.stat().st_size <= MAX_PLAN else None
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(data, dict) and "proposal" in data and "decision" in data
