"""The charter: rules of use on one page, from the tools of the plan and the sensitivity of the data."""

from provisioner.documents.paper import Paper, Part
from provisioner.documents.tools import all_covers, foot, name_of, sensitivity
from provisioner.documents.words import capital, listed, need_words, say, shortened
from provisioner.models.base import Text
from provisioner.models.proposal import Proposal

MOST_RULES = 12
MOST_USES = 6


def charter_paper(proposal: Proposal) -> Paper:
    """Return the rules of use: who writes where, which data never, notifications, passwords, leaving."""
    parts = [
        Part(title=say("charter_where"), points=_where(proposal)),
        Part(title=say("charter_never"), points=_never(proposal)),
        Part(
            title=say("charter_quiet"), points=[say("charter_quiet_1"), say("charter_quiet_2"), say("charter_quiet_3")]
        ),
        Part(title=say("charter_passwords"), points=_passwords(proposal)),
        Part(title=say("charter_leaving"), points=[say("charter_leaving_1"), say("charter_leaving_2")]),
        Part(title=say("charter_agree"), boxes=[say("charter_agree_board"), say("charter_agree_shown")]),
    ]
    title = say("charter_title", name=name_of(proposal))
    lead = [say("charter_lead")]
    return Paper(
        name="charter",
        title=title,
        lead=lead,
        parts=parts,
        foot=foot(proposal),
        tight=True,
        created=proposal.content.profile.created,
    )


def _where(proposal: Proposal) -> list[Text]:
    covers = all_covers(proposal)
    lines = [
        say("charter_rule", use=capital(need_words(cover.need).use), name=name, rule=need_words(cover.need).rule)
        for cover, name in covers[:MOST_RULES]
    ]
    rest = [need_words(cover.need).use for cover, _name in covers[MOST_RULES:]]
    lines += [say("charter_rest", uses=shortened(rest, MOST_USES))] if rest else []
    return lines or [say("charter_no_tool")]


def _never(proposal: Proposal) -> list[Text]:
    profile = proposal.content
    points = []
    outside = [item.title for item in proposal.kept if item.outside_eea]
    if outside:
        points.append(say("charter_outside", names=listed(outside)))
    health = [c for c, _n in all_covers(proposal) if sensitivity(profile, c.need) == "health"]
    points.append(say("charter_health_only", uses=listed([need_words(c.need).use for c in health])) if health
                  else say("charter_health"))  # fmt: skip
    special = [kind for kind in profile.data_protection.special_categories if kind != "health"]
    if special:
        points.append(say("charter_special"))
    if profile.data_protection.minors:
        points.append(say("charter_minors"))
    return [*points, say("charter_cards"), say("charter_opinions")]


def _passwords(proposal: Proposal) -> list[Text]:
    profile = proposal.content
    shared = any(cover.need == "password_sharing" for cover, _name in all_covers(proposal))
    sensitive = any(sensitivity(profile, c.need) in ("sensitive", "health") for c, _n in all_covers(proposal))
    points = [say("charter_password_own"), say("charter_password_long")]
    points.append(say("charter_password_shared" if shared else "charter_password_paper"))
    if sensitive:
        points.append(say("charter_second_step_all"))
    elif profile.security.two_factor != "none" or profile.data_protection.minors:
        points.append(say("charter_second_step"))
    return [*points, say("charter_doubt")]
