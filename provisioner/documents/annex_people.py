"""The people behind the figures of the annex: what each group can do, and the reach that follows from it."""

from functools import cache

from provisioner.documents.figures import count, hours_down
from provisioner.documents.paper import Part, Table
from provisioner.documents.tools import audience, items_of, people_in, reach_by_group
from provisioner.documents.words import plain, say, together, words
from provisioner.load import load_model
from provisioner.models.base import Text
from provisioner.models.matching import Weights
from provisioner.models.profile_people import Skills
from provisioner.models.proposal import Chosen, Covered, GroupReach, Kept, Proposal
from provisioner.paths import data_dir

LEVELS = ("none", "email", "basic", "comfortable", "advanced")
OUTSIDE = ("public", "partners")
AT_HOME = ("members", "volunteers", "beneficiaries")


@cache
def _weights() -> Weights:
    return load_model(data_dir("catalog") / "weights.yaml", Weights)


def weights_of(proposal: Proposal) -> Weights | None:
    """Return the weights a plan was made with; None where this program has another version of them."""
    found = _weights()
    return found if found.version == proposal.versions.weights else None


def people(proposal: Proposal) -> Part:
    """Return the groups that needs are meant for, with the skills the reach is computed from."""
    asked = {group for wish in proposal.content.needs if wish.priority != "not_now" for group in wish.audience}
    rows: list[list[Text]] = []
    for name in [group for group in words().groups if group in asked]:
        skills, source = skills_of(proposal, name)
        number = people_in(proposal.content, name)
        shares = [plain(f"{getattr(skills, level)} %") for level in LEVELS] if skills else [plain("–")] * len(LEVELS)
        rows.append([words().groups[name].whole, plain("–") if number is None else count(number), *shares, source])
    heads = ["head_group", "head_people", *(f"level_{level}" for level in LEVELS), "head_figures_from"]
    table = Table(head=[say(key) for key in heads], rows=rows, figures=[1, 2, 3, 4, 5, 6])
    return Part(title=say("annex_people"), lines=[_circumstances(proposal)], table=table)


def _circumstances(proposal: Proposal) -> Text:
    all_, referents = proposal.content.people, proposal.content.referents
    return say(
        "annex_circumstances", none=all_.no_device_percent, phone=all_.smartphone_only_percent,
        users=all_.concurrent_users, training=hours_down(referents.training_hours_per_person * 60),
    )  # fmt: skip


def skills_of(proposal: Proposal, group: str) -> tuple[Skills | None, Text]:
    """Return the skills a group is counted with, and where they come from."""
    weights = weights_of(proposal)
    if group in OUTSIDE:
        return weights.outside_skills if weights else None, say("skills_outside")
    known = getattr(proposal.content.people, group, None)
    if known and known.skills:
        return known.skills, say(f"skills_{known.skills_source}")
    return weights.unknown_skills if weights else None, say("skills_cautious")


def reach(proposal: Proposal) -> Part | None:
    """Return how many of each group can use each covered need, computed from their skills."""
    rows = [
        [item.title, cover.label, words().groups[group.group].whole, say(f"level_{cover.min_skill}"), how]
        for item in items_of(proposal)
        for cover in item.covers
        for group, how in _computed(proposal, item, cover)
    ]
    if not rows:
        return None
    heads = ("head_tool", "head_need", "head_group", "head_level", "head_how")
    table = Table(head=[say(key) for key in heads], rows=rows)
    return Part(
        title=say("annex_reach_title"), lines=[say("annex_reach_how"), say("annex_reach_operators")], table=table
    )


def _computed(proposal: Proposal, item: Chosen | Kept, cover: Covered) -> list[tuple[GroupReach, Text]]:
    groups = [g for g in _groups(proposal, cover) if cover.min_skill in LEVELS and skills_of(proposal, g.group)[0]]
    if cover.mode != "O":
        return [(group, _how(proposal, item, cover, group)) for group in groups]
    return [(group, _operators(*_shares(proposal, cover, group.group, item))) for group in groups]


def _groups(proposal: Proposal, cover: Covered) -> list[GroupReach]:
    if cover.mode != "O":
        return reach_by_group(proposal.content, cover)
    return [GroupReach(group=name, percent=cover.reach) for name in audience(proposal.content, cover.need)]


def _operators(able: int, below: int) -> Text:
    key = "operators_able" if able else "operators_trained" if below else "operators_none"
    return say(key, percent=able or below)


def _how(proposal: Proposal, item: Chosen | Kept, cover: Covered, group: GroupReach) -> Text:
    """Return the computation of one reach: who can, half of those one level below, devices, telephones."""
    able, below = _shares(proposal, cover, group.group, item)
    text = f"floor({able} + {below} / 2)" if below else str(able)
    if group.group in AT_HOME:
        text = f"min({text}, 100 - {proposal.content.people.no_device_percent})"
        if not cover.phone:
            text = f"floor({text} x (100 - {proposal.content.people.smartphone_only_percent}) / 100)"
    return together([plain(f"{text} ="), plain(f"{group.percent} %")])


def _shares(proposal: Proposal, cover: Covered, group: str, item: Chosen | Kept) -> tuple[int, int]:
    """Return the percent of a group that has the level asked, and the percent one level below that can be trained."""
    skills, _source = skills_of(proposal, group)
    if skills is None:
        return 0, 0
    level, there = LEVELS.index(cover.min_skill), [getattr(skills, name) for name in LEVELS]
    asked = item.training_minutes if isinstance(item, Chosen) else 0
    planned = 0 if group in OUTSIDE else int(round(proposal.content.referents.training_hours_per_person * 60, 6))
    trained = level >= 2 and planned >= asked
    return sum(there[level:]), there[level - 1] if trained else 0
