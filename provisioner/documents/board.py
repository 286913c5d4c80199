"""The page for the board: one side of A4, at most 450 words, eleven blocks, every sentence at most twenty words.

A long plan is shortened by steps that never hide a must without a tool, a cost or a risk; what is left out is counted
and stands in the annex.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from provisioner.documents import board_means as means
from provisioner.documents import board_people as people
from provisioner.documents import board_plan as plan
from provisioner.documents.figures import day
from provisioner.documents.paper import Paper, Part
from provisioner.documents.tools import foot, name_of
from provisioner.documents.words import say
from provisioner.models.proposal import Proposal

MOST_WORDS = 450


class Room(NamedTuple):
    """How much of each list is shown."""

    uses: int = 4
    musts: int = 5
    replaces: int = 2
    left_out: int = 4
    ways: int = 4
    assumed: int = 5
    kept: int = 4
    gaps: int = 12
    short: int = 0


# What is shortened, from what is missed least to what is missed most.
CUTS: tuple[dict[str, int], ...] = (
    {"ways": 3, "kept": 3}, {"assumed": 4}, {"ways": 2}, {"assumed": 3}, {"gaps": 8}, {"uses": 3}, {"ways": 1},
    {"left_out": 3}, {"gaps": 3}, {"assumed": 2}, {"musts": 4}, {"gaps": 2}, {"kept": 2}, {"uses": 2}, {"musts": 3},
    {"gaps": 1}, {"ways": 0}, {"replaces": 1}, {"left_out": 2}, {"assumed": 1}, {"gaps": 0}, {"musts": 2},
    {"uses": 1}, {"kept": 1}, {"musts": 1}, {"replaces": 0}, {"left_out": 1}, {"short": 1}, {"short": 2}, {"short": 3},
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
    page = _pages(proposal, meeting)
    for room in rooms():
        if _fits(page(room)):
            break
    for name in WIDENED:
        wider = room._replace(**{name: getattr(room, name) + 1})
        while getattr(room, name) < getattr(Room(), name) and _fits(page(wider)):
            room, wider = wider, wider._replace(**{name: getattr(wider, name) + 1})
    return page(room)


def _fits(page: Paper) -> bool:
    return max(page.word_count("fr"), page.word_count("en")) <= MOST_WORDS


def _pages(proposal: Proposal, meeting: str) -> Callable[[Room], Paper]:
    """Return what makes the page for a room; a block is made once for the fields of the room it depends on."""
    title = say("board_title", name=name_of(proposal), date=day(meeting) if meeting else say("blank"))
    created, blocks = proposal.content.profile.created, _blocks(proposal, meeting)
    made: dict[tuple[int, ...], Part] = {}

    def page(room: Room) -> Paper:
        parts = []
        for number, (names, make) in enumerate(blocks):
            wanted = [getattr(room, name) for name in names]
            key = (number, *wanted)
            made[key] = made.get(key) or make(*wanted)
            parts.append(made[key])
        foot_line = foot(proposal, "foot_board")
        return Paper(name="board", title=title, parts=parts, foot=foot_line, tight=True, created=created)

    return page


def _blocks(proposal: Proposal, meeting: str) -> list[tuple[tuple[str, ...], Callable[..., Part]]]:
    """Return each block as the fields of the room it depends on, and what makes it of them."""
    return [
        (("uses",), lambda most: plan.decision(proposal, meeting, most)),
        (("musts",), lambda most: people.understood(proposal, most)),
        (("uses", "replaces", "short"), lambda most, old, short: plan.proposed(proposal, most, old, short)),
        (
            ("kept", "ways", "left_out"),
            lambda most, ways, left: plan.kept(proposal, most, ways, people.ways_said(proposal, left)),
        ),
        (("gaps",), lambda most: plan.not_done(proposal, most)),
        (("left_out", "short"), lambda most, short: people.left_out(proposal, most, short=short > 1)),
        ((), lambda: means.cost(proposal)),
        ((), lambda: means.risks(proposal)),
        (("uses",), lambda most: plan.steps(proposal, most)),
        ((), lambda: people.to_decide(proposal)),
        (("assumed",), lambda most: people.assumed(proposal, most)),
    ]
