"""The hard rules that bar a component altogether, or for one need. Limits that add up are in match_problem."""

from dataclasses import dataclass, field

from provisioner.matching.candidates import Candidate, Offer
from provisioner.models.base import Text
from provisioner.models.matching import Rules
from provisioner.models.profile import NeedWish, Profile

SENSITIVITY = ("public", "internal", "personal", "sensitive", "health")
OWN_MACHINE = ("own_server", "refurbished_pc", "offline_box")
AT_PROVIDER = ("same_provider", "other_provider", "federation")


@dataclass(frozen=True)
class Reason:
    """Why: the key of a sentence, whose part before "_" is the code, and what is filled in."""

    key: str
    values: dict[str, str | int | Text] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """Return the short code people quote: H7, U3 ..."""
        return self.key.split("_")[0]


def canonical(name: str) -> str:
    """Return a component name as profiles write it: with underscores."""
    return name.replace("-", "_")


def barred(candidate: Candidate, profile: Profile, offer: Offer) -> Reason | None:
    """Given a candidate, return the first hard rule that bars it whatever else is chosen, or None."""
    if canonical(candidate.id) in profile.limits.excluded:
        return Reason("H12_excluded")
    if not candidate.hosted:
        return _kept_barred(candidate, profile)
    return _images(candidate, offer) or _machine(candidate, profile) or _connection(candidate, profile)


def barred_for(need: NeedWish, candidate: Candidate, profile: Profile, rules: Rules) -> Reason | None:
    """Given a need a candidate covers, return the hard rule that bars it for this need, or None."""
    if need.data == "health" and candidate.hosted and not health_allowed(profile):
        return Reason("H4b_health")
    if SENSITIVITY.index(need.data) > SENSITIVITY.index(candidate.max_data):
        kinds = {
            name: rules.sentences[f"data_{kind}"] for name, kind in [("data", need.data), ("most", candidate.max_data)]
        }
        return Reason("H4_data", {**kinds})
    forbidden = profile.data_protection.transfers_outside_eea == "forbidden"
    if candidate.outside_eea and forbidden and need.data != "public":
        return Reason("H4_outside")
    wanted = profile.accessibility
    strict = wanted.target == "wcag_aa" or wanted.screen_reader_users
    participants = rules.taxonomy.needs[need.id].mode == "P"
    if strict and participants and candidate.accessibility == "blocking":
        return Reason("H14_accessibility")
    return None


def health_allowed(profile: Profile) -> bool:
    """Return whether data of care or social follow-up may lie on this host and on its backups (H4b)."""
    protection, host = profile.data_protection, profile.hosting
    if protection.health_context != "care_or_social_followup":
        return True
    own = host.kind in OWN_MACHINE and host.operated_by == "association" and not protection.hosts_data_of_other_bodies
    backups = all(place.health_data_certified for place in profile.backups.destinations if place.kind in AT_PROVIDER)
    return (own or host.health_data_certified) and backups


def _kept_barred(candidate: Candidate, profile: Profile) -> Reason | None:
    forbidden = profile.data_protection.transfers_outside_eea == "forbidden"
    if candidate.intent == "undecided" and forbidden and candidate.outside_eea and candidate.max_data != "public":
        return Reason("H4_outside")
    return None


def _images(candidate: Candidate, offer: Offer) -> Reason | None:
    if offer.images == "any":
        return None
    if not candidate.deployable:
        return Reason("H15_outline")
    return Reason("H15_images") if candidate.id in offer.absent else None


def _machine(candidate: Candidate, profile: Profile) -> Reason | None:
    architecture = profile.hosting.architecture
    if architecture not in candidate.architectures:
        return Reason("H8_architecture", {"architecture": architecture})
    spoken = {language.split("-")[0] for language in profile.organisation.languages}
    if not spoken & set(candidate.languages):
        return Reason("H8_language", {"languages": ", ".join(sorted(spoken))})
    required = profile.security.single_sign_on == "required"
    if required and candidate.accounts and not candidate.sso:
        return Reason("H13_accounts")
    return None


def _connection(candidate: Candidate, profile: Profile) -> Reason | None:
    link = profile.connectivity
    if link.mode == "offline_lan" and not candidate.offline_ok:
        return Reason("H5_offline")
    if link.mode == "intermittent" and not candidate.intermittent_ok:
        return Reason("H5_intermittent")
    if candidate.needs_udp and link.inbound != "all":
        return Reason("H6_ports")
    wanted = candidate.uplink_mbps_per_user * profile.people.concurrent_users
    if wanted and link.uplink_mbps is None:
        return Reason("H6_unknown", {"wanted": round(wanted)})
    if wanted > (link.uplink_mbps or 0):
        return Reason("H6_uplink", {"wanted": round(wanted), "there": round(link.uplink_mbps or 0)})
    if candidate.needs_smtp and (link.mode == "offline_lan" or profile.domain_email.sending == "none"):
        return Reason("H7_mail")
    return None
