"""From our waivers to what OpenSCAP reads: an XCCDF tailoring file. Pure."""

from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from provisioner.harden.data import titles, waivers
from provisioner.harden.model import Waiver

NAMESPACE = "http://checklists.nist.gov/xccdf/1.2"
CONTENT = "xccdf_org.ssgproject.content_"
# The date of the content we judge by (ssg-debian 0.1.82), so that the same waivers give the same file.
DATE = "2026-09-07T00:00:00"
PROFILES = {
    "anssi_bp28_minimal": "m", "anssi_bp28_intermediary": "i", "anssi_bp28_enhanced": "e", "cis_level1_server": "c",
}  # fmt: skip


def waived(profile: str, release: int) -> dict[str, Waiver]:
    """Given a profile without its prefix and the Debian release, return its rules that are left out, with the waiver.

    Raise KeyError for a profile that we have no waivers for.
    """
    letter = PROFILES[profile]
    in_profile = {rule for rule, about in titles(release).rules.items() if letter in about[3]}
    found = {rule: waiver for waiver in waivers().waivers if release in waiver.only for rule in waiver.rules}
    return {rule: found[rule] for rule in sorted(found) if rule in in_profile}


def tailored_id(profile: str) -> str:
    """Return the full id of the tailored profile, for `oscap xccdf eval --profile`."""
    return f"xccdf_org.provisioner_profile_{profile}"


def tailoring(profile: str, release: int) -> str:
    """Given a profile without its prefix and the Debian release, return the tailoring file, a profile of its own in it.

    Each rule left out carries its class and its reason as a remark. Raise KeyError for an unknown profile.
    """
    register_namespace("xccdf", NAMESPACE)
    root = Element(_name("Tailoring"), id=f"xccdf_org.provisioner_tailoring_{profile}")
    SubElement(root, _name("version"), time=DATE).text = "1"
    about = {"id": tailored_id(profile), "extends": f"{CONTENT}profile_{profile}"}
    own = SubElement(root, _name("Profile"), about)
    SubElement(own, _name("title")).text = f"{profile}, Debian {release}, without the rules that were waived"
    for rule, waiver in waived(profile, release).items():
        select = SubElement(own, _name("select"), idref=f"{CONTENT}rule_{rule}", selected="false")
        SubElement(select, _name("remark")).text = f"{waiver.kind}: {waiver.reason.en}"
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"
