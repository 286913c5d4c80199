"""Which rules of the SCAP content are waived on our hosts, and why: the file that the hardening role keeps."""

from provisioner.harden.data import waivers as written
from provisioner.models.base import Text

IN_CONTAINERS = "container"  # class of the waivers that hold only where the host is itself a container


def waivers(release: int, in_container: bool) -> dict[str, Text]:
    """Given a Debian release and whether the host is a container, return rule -> reason."""
    return {
        rule: waiver.reason
        for waiver in written().waivers
        if release in waiver.only and (in_container or waiver.kind != IN_CONTAINERS)
        for rule in waiver.rules
    }
