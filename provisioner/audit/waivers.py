"""Which rules of the SCAP content are waived on our hosts, and why: the file that the hardening role keeps."""

import importlib
from typing import Any

from provisioner.errors import InputError
from provisioner.host.audit_read import RULE
from provisioner.models.base import Text
from provisioner.models.scorecard import Profile

IN_CONTAINERS = "container"  # class of the waivers that hold only where the host is itself a container


def waivers(release: int, in_container: bool) -> dict[str, Text]:
    """Given a Debian release and whether the host is a container, return rule -> reason."""
    data = _harden("data")
    try:
        known = data.waivers().waivers if data else []
    except InputError:
        return {}
    return {
        rule.removeprefix(RULE): waiver.reason
        for waiver in known
        if release in waiver.only and (in_container or waiver.kind != IN_CONTAINERS)
        for rule in waiver.rules
    }


def tailoring_of(profile: Profile, release: int) -> str:
    """Return the tailoring file (XML) of a profile for other auditors; "" where there are no waivers."""
    module = _harden("tailoring")
    return str(module.tailoring(profile, release)) if module else ""


def _harden(name: str) -> Any:
    """Return a module of the hardening rules; None where this installation has none."""
    try:
        return importlib.import_module(f"provisioner.harden.{name}")
    except ModuleNotFoundError:
        return None
