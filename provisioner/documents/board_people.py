"""Blocks 2, 6, 10 and 11 of the board's page: who was heard, who could be left out, what to decide, what is assumed."""

from collections.abc import Sequence
from typing import NamedTuple

from provisioner.documents.annex import assumption
from provisioner.documents.channels import without
from provisioner.documents.figures import count, out_of_ten
from provisioner.documents.paper import MOST_IN_SENTENCE, Part, fitting, longest_sentence
from provisioner.documents.roadmap import roadmap
from provisioner.documents.tools import PRIORITIES, all_covers, sensitivity, tools_of
from provisioner.documents.words import capital, listed, need_words, say, shortened, unique, words
from provisioner.models.base import Text
from provisioner.models.profile_people import Group
from provisioner.models.proposal import Proposal

MANY_LEFT_OUT = 4
MANY_MUSTS, MANY_NEEDS = 7, 20
ALL_OF_TEN = 10
GUESSED = ("estimated", "unknown")


class Aside(NamedTuple):
    """Who stays aside from some needs: (group, people out of ten) pairs, the needs, the most important first."""

    groups: list[tuple[str, int]]
    needs: list[str]


def understood(proposal: Proposal, most: int) -> Part:
    """Return block 2: how many people were heard, of which roles, and the needs that are musts."""
    musts = [need_words(wish.id).do for wish in proposal.content.needs if wish.priority == "must"]
    lines = [_heard(proposal)]
    if musts:
        lines.append(fitting(lambda number: say("board_musts", musts=shortened(musts, number)), most))
    asked = [wish for wish in proposal.content.needs if wish.priority != "not_now"]
    if len(musts) > MANY_MUSTS or len(asked) > MANY_NEEDS:
        lines.append(say("board_many_musts"))
    return Part(title=say("board_understood"), lines=lines)


def _heard(proposal: Proposal) -> Text:
    sources = proposal.content.profile.sources
    people = sum(source.respondents or 0 for source in sources)
    roles = list(dict.fromkeys(role for source in sources for role in source.respondent_roles))
    names = listed([words().heard[role] for role in roles])
    if not people:
        return say("heard_none")
    if people == 1:
        return say("heard_one", roles=names)
    one_side = len(roles) == 1
    key = "heard_one_side" if one_side else "heard" if roles else "heard_no_roles"
    return say(key, count=count(people), roles=names)


def asides(proposal: Proposal) -> list[Aside]:
    """Return who stays aside, the group of which most people do first, then by importance; equal lines are one."""
    found: dict[tuple[str, str], Aside] = {}
    rank: dict[tuple[str, str], tuple[int, int]] = {}
    for cover, name in all_covers(proposal):
        groups = [(left.group, out_of_ten(left.percent)) for left in without(proposal, cover)]
        if groups:
            groups.sort(key=lambda pair: -pair[1])
            key = (name.fr, str(groups))
            found.setdefault(key, Aside(groups, [])).needs.append(cover.need)
            rank.setdefault(key, (-groups[0][1], PRIORITIES.index(cover.priority)))
    return [found[key] for key in sorted(found, key=lambda key: rank[key])]


def ways_said(proposal: Proposal, most: int) -> list[Text]:
    """Return the ways without a screen that block 6 names."""
    found = asides(proposal)
    return [need_words(aside.needs[0]).ways for aside in found[:most]]


def left_out(proposal: Proposal, most: int, *, short: bool = False) -> Part:
    """Return block 6: shares per group in people out of ten, and the way kept for them."""
    found = asides(proposal)
    told = [_aside(aside) for aside in found[:most]]
    lines = [text for text, _number in told]
    rest = sum(len(aside.needs) for aside in found) - sum(number for _text, number in told)
    if rest:
        lines.append(say("aside_more_one" if rest == 1 else "aside_more", count=rest))
    if (
        not short
        and tools_of(proposal)
        and any(ten >= MANY_LEFT_OUT for aside in found[:most] for _group, ten in aside.groups)
    ):
        lines.append(say("aside_train"))
    if not found:
        lines = [say("aside_none" if all_covers(proposal) else "aside_no_tool")]
    return Part(title=say("board_left_out"), lines=lines)


def _aside(aside: Aside) -> tuple[Text, int]:
    """Return the fullest sentence of at most twenty words, two groups and two needs or fewer, and how many needs."""
    for groups, needs in ((2, 2), (2, 1), (1, 2), (1, 1)):
        text = _aside_text(aside.groups[:groups], aside.needs[:needs])
        if longest_sentence(text) <= MOST_IN_SENTENCE:
            break
    return text, min(needs, len(aside.needs))


def _aside_text(groups: list[tuple[str, int]], needs: list[str]) -> Text:
    known = [need_words(need) for need in needs]
    doing, ways = listed([entry.part or entry.do for entry in known], "nor"), known[0].ways
    name = words().groups[groups[0][0]]
    if groups[0][1] == ALL_OF_TEN:
        return say("aside_all", group=name.many, doing=doing, ways=ways)
    people = listed([
        say("aside_people", count=ten, group=words().groups[group].one if ten == 1 else words().groups[group].many)
        for group, ten in groups
    ])  # fmt: skip
    alone = len(groups) == 1 and groups[0][1] == 1
    return say("aside_one" if alone else "aside", people=people, doing=doing, ways=ways)


def to_decide(proposal: Proposal) -> Part:
    """Return block 10: boxes to tick, and roles to fill with names."""
    title = say("board_to_decide")
    keeper = [say("box_ways")]
    if proposal.verdict == "mandate_impossible":
        return Part(title=title, boxes=[say("box_mandate"), say("box_contact"), *keeper])
    if proposal.verdict == "delegate":
        return Part(title=title, boxes=[say("box_delegate"), say("box_contact"), *keeper])
    if not roadmap(proposal).phases:
        return Part(title=title, boxes=[say("box_nothing"), say("box_review"), *keeper])
    successor = [] if proposal.content.referents.replacement_named else [say("box_replacement")]
    return Part(title=title, boxes=[say("box_step"), say("box_pilot"), *successor, say("box_budget"), *keeper])


def assumed(proposal: Proposal, most: int) -> Part:
    """Return block 11: what nobody confirmed, guessed skills included, and whether the choice is proved the best."""
    found = [assumption(pointer) for pointer in proposal.content.profile.assumed]
    guessed = [words().groups[name].of for name in _guessed(proposal)]
    found += [say("assumed_skills", groups=listed(guessed))] if guessed else []
    texts = unique(found)
    lines = [fitting(lambda number: say("assumed_list", things=capital(shortened(texts, number))), most)]
    lines = lines if found else [say("assumed_none")]
    if not proposal.proved_optimal:
        lines.append(say("assumed_not_proved"))
    return Part(title=say("board_assumed"), lines=lines)


def _guessed(proposal: Proposal) -> Sequence[str]:
    """Return the groups that take part in something and whose skills are a guess."""
    people = proposal.content.people
    asked = {group for wish in proposal.content.needs for group in wish.audience}
    groups = [(name, getattr(people, name)) for name in type(people).model_fields if name in asked]
    return [name for name, group in groups if isinstance(group, Group) and group.skills_source in GUESSED]


def most_sensitive(proposal: Proposal) -> str:
    """Return the most sensitive kind of data that a tool of the plan will hold."""
    kinds = ("health", "sensitive", "personal", "internal", "public")
    held = {sensitivity(proposal.content, cover.need) for item in proposal.chosen for cover in item.covers}
    return next((kind for kind in kinds if kind in held), "none")
