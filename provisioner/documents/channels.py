"""The register of ways without a screen: for each need the way kept, the role that holds it, and who needs it."""

from math import ceil

from provisioner.documents.figures import count
from provisioner.documents.paper import Paper, Part, Table
from provisioner.documents.table import csv_text
from provisioner.documents.tools import all_covers, audience, foot, name_of, people_in, reach_by_group
from provisioner.documents.words import capital, listed, need_words, plain, say, words
from provisioner.models.base import Model, Text
from provisioner.models.proposal import Covered, Proposal


class Without(Model):
    """How many of one group cannot use the digital way."""

    group: str
    percent: int
    people: int


class Channel(Model):
    """One need: its digital way, if any, the way without a screen, and the role to be filled in by a name."""

    need: str
    use: Text
    digital: Text | None
    ways: Text
    role: str
    role_text: Text
    without: list[Without]


class Channels(Model):
    """One line per need of the profile."""

    lines: list[Channel]


def channels(proposal: Proposal) -> Channels:
    """Given a plan, return its register; needs without a tool keep their way, too."""
    lines = [_channel(cover.need, name, without(proposal, cover)) for cover, name in all_covers(proposal)]
    for gap in proposal.not_covered:
        groups = audience(proposal.content, gap.need)
        everyone = [
            Without(group=g, percent=100, people=n) for g in groups if (n := people_in(proposal.content, g)) is not None
        ]
        lines.append(_channel(gap.need, None, everyone))
    return Channels(lines=lines)


def without(proposal: Proposal, cover: Covered) -> list[Without]:
    """Return who cannot use a covered need, by group; nobody where only a few operate it or the public reads it.

    For what few people operate, the others do not need it: their reach says whether somebody can.
    """
    if cover.mode == "O":
        return []
    found = []
    for reach in reach_by_group(proposal.content, cover):
        people = people_in(proposal.content, reach.group)
        if people and reach.percent < 100:
            left = 100 - reach.percent
            found.append(Without(group=reach.group, percent=left, people=ceil(people * left / 100)))
    return found


def _channel(need: str, digital: Text | None, left: list[Without]) -> Channel:
    known = need_words(need)
    return Channel(
        need=need, use=known.use, digital=digital, ways=known.ways, role=known.role,
        role_text=words().roles[known.role], without=left,
    )  # fmt: skip


def channels_paper(proposal: Proposal) -> Paper:
    """Return the register as a paper, with a blank for the person who takes each role."""
    register = channels(proposal)
    rows = [
        [
            capital(line.use), line.digital or say("no_tool"), line.ways, without_text(line.without),
            say("role_blank", role=line.role_text),
        ]
        for line in register.lines
    ]  # fmt: skip
    heads = ("head_use", "head_digital", "head_ways", "head_without", "head_role")
    table = Table(head=[say(key) for key in heads], rows=rows)
    part = Part(title=say("channels_part"), lines=[say("channels_how")], table=table)
    lead = [say("channels_lead"), say("channels_meetings")]
    title = say("channels_title", name=name_of(proposal))
    return Paper(
        name="channels",
        title=title,
        lead=lead,
        parts=[part],
        foot=foot(proposal),
        created=proposal.content.profile.created,
    )


def without_text(left: list[Without]) -> Text:
    """Return who cannot use it in words, with people and shares."""
    if not left:
        return plain("–")
    texts = [
        say("without", people=count(w.people), group=g.one if w.people == 1 else g.many, percent=w.percent)
        for w in left
        if (g := words().groups[w.group])
    ]
    return listed(texts)


def channels_csv(proposal: Proposal, language: str) -> str:
    """Return the register as CSV, with an empty column for the person who takes each role."""
    paper = channels_paper(proposal)
    table = paper.parts[0].table
    rows = [table.head, *table.rows] if table else []
    return csv_text([text.in_language(language) for text in row] for row in rows)
