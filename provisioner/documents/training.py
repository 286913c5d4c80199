"""The training plan: sessions among peers on own cases, hours per person, one printable sheet per group.

Rule of the hours, recomputable by hand: a usage everybody takes part in is learnt by every person of its groups; one
that few operate, or that the others only read, by two people, so that it never depends on one. A tool that asks less
than half an hour needs no session: those two learn it, the others get the printed sheet. A federation teaches its own
board and employees, and of all others two relay people per member association, who show it to those around them.
"""

from math import ceil

from provisioner.documents.figures import count, hours_down, hours_up
from provisioner.documents.paper import Paper, Part, Table
from provisioner.documents.tools import (
    SESSION_FROM_MINUTES,
    Tool,
    audience,
    foot,
    name_of,
    people_in,
    tools_of,
    uses,
)
from provisioner.documents.words import capital, listed, need_words, plain, say, words
from provisioner.models.base import Model, Text
from provisioner.models.proposal import Covered, Proposal

OPERATORS = 2
RELAYS_EACH = 2
OWN_PEOPLE = ("board", "employees")
PER_SESSION = 8


class Course(Model):
    """What is learnt of one tool: by whom, and how long."""

    tool: str
    name: Text
    uses: Text
    groups: dict[str, int]
    operators: int
    relays: int = 0
    minutes_each: int
    people: int
    sessions: int
    minutes: int
    sheet_only: bool
    enough_time: bool
    cases: list[Text]


class Training(Model):
    """All courses; `longest_minutes` is what one person learns at most, `relays` how many relay people learn."""

    courses: list[Course]
    relays: int = 0
    minutes: int
    planned_minutes_each: int
    longest_minutes: int
    by_peers: bool


def training(proposal: Proposal) -> Training:
    """Given a plan, return who learns what, and the hours."""
    courses = [_course(proposal, tool) for tool in tools_of(proposal) if tool.covers]
    referents = proposal.content.referents
    return Training(
        courses=courses,
        relays=max((course.relays for course in courses), default=0),
        minutes=sum(course.minutes for course in courses),
        planned_minutes_each=round(referents.training_hours_per_person * 60),
        longest_minutes=_longest(courses),
        by_peers=referents.peer_sessions_possible,
    )


def _longest(courses: list[Course]) -> int:
    """Return the minutes of somebody who is in the busiest group and also looks after all that few operate."""
    sums: dict[str, int] = {}
    for course in courses:
        for name in _taught(course):
            sums[name] = sums.get(name, 0) + course.minutes_each
    return max(sums.values(), default=0) + sum(course.minutes_each for course in courses if course.operators)


def _taught(course: Course) -> list[str]:
    """Return the groups whose people learn it; of a federation's members, its relay people."""
    groups = [name for name in course.groups if not course.relays or name in OWN_PEOPLE]
    return [] if course.operators else [*groups, *(["relays"] if course.relays else [])]


def minutes_of(proposal: Proposal, tool: Tool) -> int:
    """Return the minutes of training a tool asks of all people together."""
    return _course(proposal, tool).minutes if tool.covers else 0


def _course(proposal: Proposal, tool: Tool) -> Course:
    everyone = list(dict.fromkeys(g for c in tool.covers if c.mode == "P" for g in audience(proposal.content, c.need)))
    groups = {group: people for group in everyone if (people := people_in(proposal.content, group)) is not None}
    sheet_only = tool.training_minutes < SESSION_FROM_MINUTES
    all_take_part = bool(groups) and not sheet_only
    relays = _relays(proposal, groups) if all_take_part else 0
    own = sum(number for group, number in groups.items() if not relays or group in OWN_PEOPLE)
    people = own + relays if all_take_part else OPERATORS
    return Course(
        tool=tool.id,
        name=tool.name,
        uses=listed(uses(tool.covers)),
        groups=groups,
        operators=0 if all_take_part else OPERATORS,
        relays=relays,
        minutes_each=tool.training_minutes,
        people=people,
        sessions=ceil(people / PER_SESSION),
        minutes=people * tool.training_minutes,
        sheet_only=sheet_only,
        enough_time=tool.training_minutes <= proposal.content.referents.training_hours_per_person * 60,
        cases=[need_words(cover.need).case for cover in tool.covers],
    )


def _relays(proposal: Proposal, groups: dict[str, int]) -> int:
    """Return how many relay people of a federation's members learn for all others; 0 where each person learns."""
    base = proposal.content.federation
    others = sum(number for group, number in groups.items() if group not in OWN_PEOPLE)
    if proposal.content.organisation.kind != "federation" or base is None:
        return 0
    relays = RELAYS_EACH * base.member_associations
    return relays if others > relays else 0


def shortfalls(proposal: Proposal) -> list[Text]:
    """Return a sentence for each tool that asks more training than the profile plans per person."""
    plan = training(proposal)
    have = hours_down(plan.planned_minutes_each)
    short = [course for course in plan.courses if not course.enough_time]
    return [say("training_short", name=c.name, hours=hours_up(c.minutes_each), have=have) for c in short]


def training_paper(proposal: Proposal) -> Paper:
    """Return the training plan as a paper: hours, method, one sheet per group and one for those in charge."""
    plan = training(proposal)
    lead = [say("training_total", hours=hours_up(plan.minutes), each=hours_up(plan.longest_minutes))]
    lead += [say("training_peers" if plan.by_peers else "training_no_peers"), *shortfalls(proposal)]
    if not plan.courses:
        return Paper(
            name="training", title=_title(proposal), lead=[say("training_none")], parts=[_method()], foot=foot(proposal)
        )
    parts = [Part(title=say("training_hours"), lines=rule(plan), table=_hours(plan)), _method()]
    parts += _sheets(proposal)
    return Paper(
        name="training",
        title=_title(proposal),
        lead=lead,
        parts=parts,
        foot=foot(proposal),
        created=proposal.content.profile.created,
    )


def rule(plan: Training) -> list[Text]:
    """Return how the hours are counted."""
    return [say("training_rule"), *([say("training_relays")] if plan.relays else [])]


def _title(proposal: Proposal) -> Text:
    return say("training_title", name=name_of(proposal))


def _hours(plan: Training) -> Table:
    rows = []
    for course in plan.courses:
        figures = [
            hours_up(course.minutes_each),
            count(course.people),
            count(course.sessions),
            hours_up(course.minutes),
        ]
        rows.append([say("use_name", uses=capital(course.uses), name=course.name), learners(course), *figures])
    total = [say("total"), plain(" "), plain(" "), plain(" "), plain(" "), hours_up(plan.minutes)]
    heads = ("head_tool", "head_who", "head_each", "head_people", "head_sessions", "head_hours")
    return Table(head=[say(key) for key in heads], rows=[*rows, total], figures=[2, 3, 4, 5])


def learners(course: Course) -> Text:
    """Return who learns it, with their numbers."""
    if course.operators:
        return say("two_operators_sheet" if course.sheet_only and course.groups else "two_operators")
    groups = [
        Text(fr=f"{w.many.fr} ({n})", en=f"{w.many.en} ({n})")
        for g, n in course.groups.items()
        if (w := words().groups[g]) and (not course.relays or g in OWN_PEOPLE)
    ]
    return listed([*groups, *([say("relay_people", count=count(course.relays))] if course.relays else [])])


def _method() -> Part:
    return Part(title=say("training_method"), points=[say(f"training_method_{number}") for number in range(1, 7)])


def _sheets(proposal: Proposal) -> list[Part]:
    """Return one sheet per group that takes part, then one per tool for the two people who operate it."""
    tools = [tool for tool in tools_of(proposal) if tool.covers]
    groups = list(
        dict.fromkeys(g for t in tools for c in t.covers if c.mode != "O" for g in audience(proposal.content, c.need))
    )
    sheets = []
    for group in groups:
        if people_in(proposal.content, group) is not None:
            mine = [
                (t, c) for t in tools for c in t.covers if c.mode != "O" and group in audience(proposal.content, c.need)
            ]
            sheets.append(_sheet(say("sheet_group", group=words().groups[group].whole), mine))
    for tool in tools:
        mine = [(tool, cover) for cover in tool.covers if cover.mode != "P"]
        if mine:
            sheets.append(_sheet(say("sheet_operators", uses=listed(uses([c for _t, c in mine]))), mine))
    return sheets


def _sheet(title: Text, lines: list[tuple[Tool, Covered]]) -> Part:
    points, boxes = [], []
    for tool, cover in lines:
        known = need_words(cover.need)
        points.append(say("sheet_line", use=capital(known.use), name=tool.name, rule=known.rule))
        boxes.append(say("sheet_case", case=known.case))
    ways = listed(list({c.need: need_words(c.need).ways for _t, c in lines}.values()))
    help_lines = [say("sheet_help"), say("sheet_ways", ways=ways)]
    return Part(title=title, lines=help_lines, points=points, boxes=boxes, sheet=True)
