"""The page for the board: one side of A4, at most 450 words, eleven blocks, every sentence at most twenty words.

A long plan is shortened by steps that never hide a must without a tool, a cost or a risk; what is left out is counted
and stands in the annex.
"""

from collections.abc import Iterator
from typing import NamedTuple

from provisioner.documents import board_means as means
from provisioner.documents import board_people as people
from provisioner.documents import board_plan as plan
from provisioner.documents.figures import day
from provisioner.documents.paper import Paper
from provisioner.documents.tools import foot, name_of
from provisioner.documents.words import say
from provisioner.models.proposal import Proposal

MOST_WORDS = 450


class Room(NamedTuple):
    """How much of each list is shown."""

    uses: int = 4
    musts: int = 5
    replaces: int = 2
    left_out: int = 3
    ways: int = 4
    assumed: int = 5
    kept: int = 4
    gaps: int = 12


# What is shortened, from what is missed least to what is missed most.
CUTS: tuple[dict[str, int], ...] = (
    {"ways": 3, "kept": 3}, {"assumed": 4}, {"uses": 3}, {"ways": 2}, {"assumed": 3}, {"gaps": 6}, {"left_out": 2},
    {"gaps": 3}, {"assumed": 2}, {"kept": 2}, {"uses": 2}, {"musts": 4}, {"gaps": 1}, {"replaces": 1}, {"musts": 3},
    {"ways": 1}, {"left_out": 1}, {"assumed": 1}, {"uses": 1}, {"gaps": 0}, {"replaces": 0}, {"kept": 1},
    {"musts": 2}, {"ways": 0}, {"musts": 1},
)  # fmt: skip
# What is widened again where words are left, what is missed most first.
WIDENED = ("left_out", "uses", "gaps", "musts", "kept", "assumed", "ways")


def rooms() -> Iterator[Room]:
    """Yield rooms from the widest to the narrowest."""
    room = Room()
    yield room
    for cut in CUTS:
        room = room._replace(**cut)
        yield room


def board_paper(proposal: Proposal, meeting: str = "") -> Paper:
    """Given a plan and the day of the meeting (YYYY-MM-DD, empty: a blank), return the page that fits one side."""
    for room in rooms():
        page = _page(proposal, meeting, room)
        if _fits(page):
            break
    for name in WIDENED:
        wider = _page(proposal, meeting, room._replace(**{name: getattr(room, name) + 1}))
        while _fits(wider) and getattr(room, name) < getattr(Room(), name):
            room, page = room._replace(**{name: getattr(room, name) + 1}), wider
            wider = _page(proposal, meeting, room._replace(**{name: getattr(room, name) + 1}))
    return page


def _fits(page: Paper) -> bool:
    return max(page.word_count("fr"), page.word_count("en")) <= MOST_WORDS


def _page(proposal: Proposal, meeting: str, room: Room) -> Paper:
    title = say("board_title", name=name_of(proposal), date=day(meeting) if meeting else say("blank"))
    parts = [
        plan.decision(proposal, meeting, room.uses),
        people.understood(proposal, room.musts),
        plan.proposed(proposal, room.uses, room.replaces),
        plan.kept(proposal, room.kept, room.ways),
        plan.not_done(proposal, room.gaps),
        people.left_out(proposal, room.left_out),
        means.cost(proposal),
        means.risks(proposal),
        plan.steps(proposal),
        people.to_decide(proposal),
        people.assumed(proposal, room.assumed),
    ]
    return Paper(name="board", title=title, parts=parts, foot=foot(proposal, "foot_board"), tight=True)
