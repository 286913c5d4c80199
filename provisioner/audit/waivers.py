"""Which rules of the SCAP content are waived on our hosts, and why: the file that the hardening role keeps."""

from provisioner.models.base import Text
from provisioner.models.scorecard import Profile


def waivers(profile: Profile, release: int) -> dict[str, Text]:
    """Given a profile and a Debian release, return rule -> reason."""
    return {}


def tailoring_of(profile: Profile, release: int) -> str:
    """Return the tailoring file (XML) of a profile for other auditors; "" where there are no waivers."""
    return ""
