"""The hard rules, read from the specification a second time: which one bars a component, or a component for a need."""

from provisioner.matching.candidates import Candidate, Offer
from provisioner.models.profile import NeedWish, Profile

DATA = {"public": 0, "internal": 1, "personal": 2, "sensitive": 3, "health": 4}


def bar(item: Candidate, profile: Profile, offer: Offer) -> str:
    """Return the code of the first hard rule that bars a component everywhere, or ""."""
    if item.id.replace("-", "_") in profile.limits.excluded:
        return "H12"
    if item.intent:
        forbidden = profile.data_protection.transfers_outside_eea == "forbidden"
        return "H4" if item.intent == "undecided" and forbidden and item.outside_eea and DATA[item.max_data] else ""
    there = item.deployable and (offer.available is None or item.id in offer.available)
    if not there and offer.images != "any":
        return "H15"
    return _machine(item, profile) or _link(item, profile)


def bar_for(need: NeedWish, item: Candidate, profile: Profile, mode: str) -> str:
    """Return the code of the hard rule that bars a component for one need, or ""."""
    if need.data == "health" and not item.intent and not _health(profile):
        return "H4b"
    if DATA[need.data] > DATA[item.max_data]:
        return "H4"
    if item.outside_eea and DATA[need.data] and profile.data_protection.transfers_outside_eea == "forbidden":
        return "H4"
    strict = profile.accessibility.target == "wcag_aa" or profile.accessibility.screen_reader_users
    return "H14" if strict and mode == "P" and item.accessibility == "blocking" else ""


def _machine(item: Candidate, profile: Profile) -> str:
    languages = {language[:2] if language[2:3] in ("-", "") else language for language in item.languages}
    spoken = {language.partition("-")[0] for language in profile.organisation.languages}
    if profile.hosting.architecture not in item.architectures or not languages & spoken:
        return "H8"
    return "H13" if profile.security.single_sign_on == "required" and item.accounts and not item.sso else ""


def _link(item: Candidate, profile: Profile) -> str:
    link = profile.connectivity
    offline, unsteady = link.mode == "offline_lan", link.mode == "intermittent"
    if (offline and not item.offline_ok) or (unsteady and not item.intermittent_ok):
        return "H5"
    wanted = item.uplink_mbps_per_user * profile.people.concurrent_users
    if (item.needs_udp and link.inbound != "all") or wanted > (link.uplink_mbps or 0):
        return "H6"
    return "H7" if item.needs_smtp and (offline or profile.domain_email.sending == "none") else ""


def _health(profile: Profile) -> bool:
    """H4b: certified, or run by the association on its own machine for itself alone; each paid backup certified too."""
    if profile.data_protection.health_context != "care_or_social_followup":
        return True
    for place in profile.backups.destinations:
        if place.kind not in ("own_disk", "rotated_usb") and not place.health_data_certified:
            return False
    host = profile.hosting
    alone = host.operated_by == "association" and not profile.data_protection.hosts_data_of_other_bodies
    return host.health_data_certified or (alone and host.kind in ("own_server", "refurbished_pc", "offline_box"))
