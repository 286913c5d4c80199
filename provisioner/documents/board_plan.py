"""Blocks 1, 3, 4, 5 and 9 of the board's page: the decision, what is proposed, kept and not done, the steps."""

from collections.abc import Sequence

from provisioner.documents.board_gaps import gaps
from provisioner.documents.channels import without
from provisioner.documents.figures import month
from provisioner.documents.paper import Part, fitting
from provisioner.documents.roadmap import Phase, roadmap
from provisioner.documents.tools import (
    GATED,
    SESSION_FROM_MINUTES,
    Tool,
    all_covers,
    audience_of,
    groups_text,
    tools_of,
    uses,
)
from provisioner.documents.words import (
    capital,
    listed,
    need_words,
    say,
    shortened,
    together,
    unique,
    words,
    words_of_ways,
)
from provisioner.models.base import Text
from provisioner.models.proposal import Kept, Proposal

MOST_GROUPS = 3
MUST_FOR = ("must",)


def decision(proposal: Proposal, meeting: str, most: int) -> Part:
    """Return block 1: one question, and what happens without an answer."""
    title, going_on = say("board_decision"), say("decide_else")
    who = say(f"who_{proposal.content.limits.mandated_by or 'others'}")
    if proposal.verdict == "mandate_impossible":
        lines = [say("decide_mandate", who=who), say("decide_mandate_ask", who=who)]
        lines += [say("decide_mandate_other")] if proposal.without_mandate else []
        return Part(title=title, lines=[*lines, say("decide_mandate_else")])
    if proposal.verdict == "delegate":
        own = [say("where_federation")] if proposal.content.organisation.belongs_to_federation else []
        where = listed([say("where_framaspace"), say("where_hosts"), *own], "or")
        return Part(title=title, lines=[say("decide_delegate", where=where), *_why_delegate(proposal), going_on])
    if not roadmap(proposal).phases:
        return Part(title=title, lines=[say("decide_nothing"), going_on])
    when = month(meeting) if meeting else say("on_blank")
    first = _first_uses(proposal)
    asked = fitting(lambda number: say("decide_deploy", when=when, uses=shortened(first, number)), most)
    lines = [asked, going_on]
    musts = sum(gap.priority in MUST_FOR for gap in proposal.not_covered)
    if musts:
        lines.append(say("decide_partly_one" if musts == 1 else "decide_partly_many", count=musts))
    return Part(title=title, lines=lines)


def _first_uses(proposal: Proposal) -> list[Text]:
    """Return what the first step brings; where it has no tool, the way of working is written."""
    first = roadmap(proposal).phases[0]
    names = {item.tool for item in first.tools}
    tools = [tool for tool in tools_of(proposal) if tool.id in names]
    covers = [cover for tool in tools for cover in tool.covers]
    return uses(covers) or [tool.name for tool in tools] or [say("use_process")]


def _why_delegate(proposal: Proposal) -> list[Text]:
    if any(gap.code == "U2" for gap in proposal.not_covered):
        return [say("delegate_rules")]
    helpful = unique([words().levers[lever.lever] for lever in proposal.levers if lever.gained])
    return [say("delegate_levers", levers=listed(helpful[:3], "or"))] if helpful else [say("delegate_limits")]


def proposed(proposal: Proposal, most_uses: int, most_replaced: int) -> Part:
    """Return block 3: one line per tool in the order of the steps."""
    title, plan = say("board_proposed"), roadmap(proposal)
    tools = {tool.id: tool for tool in tools_of(proposal)}
    points = [
        _tool_line(proposal, phase, tools[item.tool], most_uses, most_replaced)
        for phase in plan.phases
        for item in phase.tools
    ]
    points = [say("board_platform", names=listed(plan.platform)), *points] if plan.platform else points
    return Part(title=title, points=points) if points else Part(title=title, lines=[say("board_nothing_new")])


def _tool_line(proposal: Proposal, phase: Phase, tool: Tool, most_uses: int, most_replaced: int) -> Text:
    if not tool.covers:
        return say("board_tool_mandated", number=phase.number, name=tool.name, who=_who(proposal))
    groups = audience_of(proposal.content, tool.covers)
    whom = groups_text(groups) if len(groups) <= MOST_GROUPS else say("whole_association")
    key = "board_tool_public" if groups == ["public"] else "board_tool"
    extras = _extras(proposal, tool, most_replaced)

    def line(most: int) -> Text:
        what = capital(shortened(uses(tool.covers), most))
        return together([say(key, number=phase.number, uses=what, name=tool.name, groups=whom), *extras])

    return fitting(line, most_uses)


def _extras(proposal: Proposal, tool: Tool, most_replaced: int) -> list[Text]:
    """Return who decided a tool, what it replaces, and whether it is easy."""
    extras = [say("board_mandated", who=_who(proposal))] if tool.mandated else []
    if tool.replaces and most_replaced:
        extras.append(say("board_replaces", names=shortened(tool.replaces, most_replaced)))
    if 0 < tool.training_minutes < SESSION_FROM_MINUTES and any(c.mode == "P" for c in tool.covers):
        extras.append(say("board_easy"))
    return extras


def _who(proposal: Proposal) -> Text:
    return say(f"who_{proposal.content.limits.mandated_by or 'others'}")


def kept(proposal: Proposal, most: int, most_ways: int) -> Part:
    """Return block 4: tools that stay, ways without a screen, and meetings in person."""
    names = [_kept(item) for item in proposal.kept]
    lines = [fitting(lambda number: say("board_kept", names=capital(shortened(names, number))), most)]
    ways = words_of_ways(kept_ways(proposal))
    texts = (
        [fitting(lambda number: say("board_ways", ways=shortened(ways, number)), most_ways)]
        if ways and most_ways
        else []
    )
    return Part(title=say("board_keep"), lines=[*(lines if proposal.kept else []), *texts, say("board_meetings")])


def _kept(item: Kept) -> Text:
    return say("use_name", uses=listed(uses(item.covers)[:1]), name=item.title) if item.covers else item.title


def kept_ways(proposal: Proposal) -> list[Text]:
    """Return the ways without a screen, first those somebody would be left out without."""
    covers = sorted(all_covers(proposal), key=lambda pair: not without(proposal, pair[0]))
    return unique([need_words(cover.need).ways for cover, _name in covers if cover.mode != "O"])


def not_done(proposal: Proposal, most: int) -> Part:
    """Return block 5: each need without a tool, with its reason; every must is named whatever the room."""
    return Part(title=say("board_not_done"), lines=gaps(proposal, most))


def steps(proposal: Proposal) -> Part:
    """Return block 9: the pace, the condition to go on, where to stop."""
    title, plan = say("board_steps"), roadmap(proposal)
    if not plan.phases:
        return Part(title=title, lines=[say(f"steps_{proposal.verdict}"), say("board_stop")])
    lines = [say(f"board_pace_{plan.tools_per_phase}"), say("board_gate")]
    return Part(title=title, lines=[*lines, *_process(proposal), say("board_stop")])


def _process(proposal: Proposal) -> Sequence[Text]:
    gated = [cover for tool in tools_of(proposal) for cover in tool.covers if cover.need in GATED]
    if not gated:
        return []
    return [fitting(lambda number: say("board_process", uses=capital(shortened(uses(gated), number))), len(gated))]
