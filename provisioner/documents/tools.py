"""The tools of a plan as people see them: an add-on belongs to the tool it extends, a kept tool is a tool."""

from provisioner.documents.figures import day
from provisioner.documents.words import listed, need_words, plain, say, unique, words
from provisioner.models.base import Model, Text
from provisioner.models.profile import Profile
from provisioner.models.profile_people import Group
from provisioner.models.proposal import Chosen, Covered, GroupReach, Kept, Proposal

GATED = ("relationship_management", "invoicing", "beneficiary_followup")
SESSION_FROM_MINUTES = 30
PRIORITIES = ("must", "should", "could")


class Tool(Model):
    """One tool to deploy: what people learn and use under one name; `missing` is what this version cannot install."""

    id: str
    services: list[str]
    titles: list[Text]
    covers: list[Covered]
    facing: str
    training_minutes: int
    mandated: bool
    deployable: bool
    missing: list[Text] = []
    replaces: list[Text]

    @property
    def platform(self) -> bool:
        """Tell whether it serves the other tools and no need of its own."""
        return not self.covers and not self.mandated

    @property
    def gated(self) -> bool:
        """Tell whether it needs a written process before it begins (contacts, invoices, follow-up of persons)."""
        return any(cover.need in GATED for cover in self.covers)

    @property
    def name(self) -> Text:
        """Return its name, add-ons included."""
        return listed(self.titles)


def tools_of(proposal: Proposal) -> list[Tool]:
    """Return the tools to deploy, add-ons within the tool they extend."""
    groups: dict[str, list[Chosen]] = {}
    for item in proposal.chosen:
        groups.setdefault(item.tool or item.service, []).append(item)
    return [_tool(name, sorted(items, key=lambda item: item.service != name)) for name, items in groups.items()]


def _tool(name: str, items: list[Chosen]) -> Tool:
    covers = sorted((cover for item in items for cover in item.covers), key=_rank)
    return Tool(
        id=name,
        services=[item.service for item in items],
        titles=[item.title for item in items],
        covers=covers,
        facing="community" if any(item.facing == "community" for item in items) else "backoffice",
        training_minutes=sum(item.training_minutes for item in items),
        mandated=any(item.mandated for item in items),
        deployable=all(item.deployable for item in items),
        missing=[item.title for item in items if not item.deployable],
        replaces=unique([text for item in items for text in _replaced(item)]),
    )


def _replaced(item: Chosen) -> list[Text]:
    return item.replaced or [plain(label) for label in item.replaces]


def _rank(cover: Covered) -> tuple[int, float, str]:
    return PRIORITIES.index(cover.priority), -cover.points, cover.need


def items_of(proposal: Proposal) -> list[Chosen | Kept]:
    """Return what is to deploy, then what is kept."""
    return [*proposal.chosen, *proposal.kept]


def all_covers(proposal: Proposal) -> list[tuple[Covered, Text]]:
    """Return every covered need with the name of what covers it, most important first."""
    chosen = [(cover, item.title) for item in proposal.chosen for cover in item.covers]
    kept = [(cover, item.title) for item in proposal.kept for cover in item.covers]
    return sorted([*chosen, *kept], key=lambda pair: _rank(pair[0]))


def audience(profile: Profile, need: str) -> list[str]:
    """Return the groups a need is meant for."""
    return next((list(wish.audience) for wish in profile.needs if wish.id == need), [])


def sensitivity(profile: Profile, need: str) -> str:
    """Return how sensitive the data of a need is."""
    return next((wish.data for wish in profile.needs if wish.id == need), "personal")


def reach_by_group(profile: Profile, cover: Covered) -> list[GroupReach]:
    """Return the reach in each group; where a plan does not tell it, the least one for all of them."""
    if cover.groups:
        return cover.groups
    return [
        GroupReach(group=name, percent=cover.reach_least, people=people_in(profile, name))
        for name in audience(profile, cover.need)
    ]


def people_in(profile: Profile, group: str) -> int | None:
    """Return the size of a group; None for those without one (the public, partners)."""
    found = getattr(profile.people, group, None)
    return found.count if isinstance(found, Group) else None


def uses(covers: list[Covered]) -> list[Text]:
    """Return the everyday names of covered needs."""
    return [need_words(cover.need).use for cover in covers]


def audience_of(profile: Profile, covers: list[Covered]) -> list[str]:
    """Return all groups that covered needs are meant for."""
    named = {group for cover in covers for group in audience(profile, cover.need)}
    return [group for group in words().groups if group in named]


def groups_text(groups: list[str]) -> Text:
    """Return groups in words, with their articles."""
    return listed(unique([words().groups[group].whole for group in groups]))


def name_of(proposal: Proposal) -> Text:
    """Return the association's name: the public one, else its id in readable form."""
    text = proposal.profile.public_name or proposal.profile.id.replace("-", " ").capitalize()
    return Text(fr=text, en=text)


def foot(proposal: Proposal, key: str = "foot") -> Text:
    """Return the line that ties every paper to its plan."""
    return say(key, date=day(proposal.content.profile.created), plan=proposal.profile.sha256[:8])
