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
SHORTEST = 3
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


def proposed(proposal: Proposal, most_uses: int, most_replaced: int, short: int = 0) -> Part:
    """Return block 3: one line per tool in the order of the steps.

    `short` 1 says once for whom most tools are, 3 leaves it to the road map.
    """
    plan = roadmap(proposal)
    title = say("board_proposed_steps" if any(len(phase.tools) > 1 for phase in plan.phases) else "board_proposed")
    common, nobody = _common(proposal) if short else None, short >= SHORTEST
    tools = {tool.id: tool for tool in tools_of(proposal)}
    points = [
        _tool_line(proposal, phase, tools[item.tool], (most_uses, most_replaced), common, named=not nobody)
        for phase in plan.phases
        for item in phase.tools
    ]
    platform = [_name(tool) for tool in tools.values() if tool.platform]
    points = [say("board_platform", names=listed(platform)), *points] if platform else points
    lines = [say("board_for_whom")] if nobody else [say("board_for_most", groups=common)] if common else []
    lines += [say("board_one_need")] if sum(len(item.covers) for item in proposal.chosen) == 1 else []
    lines = lines if points else [say("board_nothing_new")]
    return Part(title=title, lines=lines, points=points)


def _common(proposal: Proposal) -> Text | None:
    """Return the audience that most tools share; None where no two do."""
    found = [whom for tool in tools_of(proposal) if tool.covers for whom in [_whom(proposal, tool)]]
    most = max(found, key=lambda whom: (found.count(whom), whom.fr), default=None)
    return most if most and found.count(most) > 1 else None


def _whom(proposal: Proposal, tool: Tool) -> Text:
    groups = audience_of(proposal.content, tool.covers)
    return groups_text(groups) if len(groups) <= MOST_GROUPS else say("whole_association")


def _tool_line(
    proposal: Proposal, phase: Phase, tool: Tool, most: tuple[int, int], common: Text | None, *, named: bool
) -> Text:
    """Return one line, with so many uses and replaced tools; its audience only where `named` and not the common one."""
    if not tool.covers:
        return say("board_tool_mandated", number=phase.number, name=_name(tool), who=_who(proposal))
    whom, public = _whom(proposal, tool), audience_of(proposal.content, tool.covers) == ["public"]
    key = "board_tool_public" if not named or whom == common or (public and not common) else "board_tool"
    extras, name = _extras(proposal, tool, most[1]), _name(tool)

    def line(number: int) -> Text:
        what = capital(shortened(uses(tool.covers), number))
        return together([say(key, number=phase.number, uses=what, name=name, groups=whom), *extras])

    return fitting(line, most[0])


def _name(tool: Tool) -> Text:
    """Return the name of a tool; what this version cannot install bears a mark that block 8 explains."""
    return listed([say("not_deployable_mark", name=one) if one in tool.missing else one for one in tool.titles])


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


def kept(proposal: Proposal, most: int, most_ways: int, said: Sequence[Text]) -> Part:
    """Return block 4: tools that stay, ways without a screen that block 6 has not said, and meetings in person."""
    names = [_kept(item) for item in proposal.kept]
    lines = [fitting(lambda number: say("board_kept", names=capital(shortened(names, number))), most)]
    ways = words_of_ways([way for way in kept_ways(proposal) if way not in said])
    texts = (
        [fitting(lambda number: say("board_ways", ways=shortened(ways, number)), most_ways)]
        if ways and most_ways
        else []
    )
    meetings = say("board_meetings_ways" if ways and not texts else "board_meetings")
    return Part(title=say("board_keep"), lines=[*(lines if proposal.kept else []), *texts, meetings])


def _kept(item: Kept) -> Text:
    return say("use_name", uses=listed(uses(item.covers)[:1]), name=item.title) if item.covers else item.title


def kept_ways(proposal: Proposal) -> list[Text]:
    """Return the ways without a screen, first those somebody would be left out without."""
    covers = sorted(all_covers(proposal), key=lambda pair: not without(proposal, pair[0]))
    return unique([need_words(cover.need).ways for cover, _name in covers if cover.mode != "O"])


def not_done(proposal: Proposal, most: int) -> Part:
    """Return block 5: each need without a tool, with its reason; every must is named whatever the room."""
    return Part(title=say("board_not_done"), lines=gaps(proposal, most))


def steps(proposal: Proposal, most: int) -> Part:
    """Return block 9: the pace, the condition to go on, where to stop."""
    title, plan = say("board_steps"), roadmap(proposal)
    if not plan.phases:
        return Part(title=title, lines=[say(f"steps_{proposal.verdict}"), say("board_stop")])
    lines = [say(f"board_pace_{plan.tools_per_phase}"), say("board_gate")]
    return Part(title=title, lines=[*lines, *_process(proposal, most), say("board_stop")])


def _process(proposal: Proposal, most: int) -> Sequence[Text]:
    """Return what must be written first, by its uses, or in a short page by the name of the tool."""
    gated = [cover for tool in tools_of(proposal) for cover in tool.covers if cover.need in GATED]
    if not gated:
        return []
    if most <= 1:
        return [say("board_process", uses=capital(listed([tool.name for tool in tools_of(proposal) if tool.gated])))]
    return [fitting(lambda number: say("board_process", uses=capital(shortened(uses(gated), number))), len(gated))]
