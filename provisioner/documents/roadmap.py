"""The road map: which tool in which phase, what must be true before the next one. Ours, no organisation's label.

Order of the tools: what serves all others first; then by usable coverage brought (the points of its needs) per hour of
training, a session counting as one hour at least. One, two or three new tools a phase (novice, progressing,
experienced). Contacts, invoices and follow-up of persons never in phase 1, and only with a written process.
"""

from provisioner.documents.figures import hours_up
from provisioner.documents.paper import Paper, Part, Table
from provisioner.documents.tools import (
    GATED,
    Tool,
    audience_of,
    foot,
    groups_text,
    name_of,
    tools_of,
    uses,
)
from provisioner.documents.training import minutes_of
from provisioner.documents.words import capital, listed, plain, say, shortened, together
from provisioner.models.base import Model, Text
from provisioner.models.proposal import Proposal

PER_PHASE = {"novice": 1, "progressing": 2, "experienced": 3}
WEEKS_BETWEEN = 6
LEAST_SESSION_MINUTES = 60
STEPS = 8


class PhaseTool(Model):
    """One tool in its phase."""

    tool: str
    services: list[str]
    name: Text
    uses: Text
    groups: Text
    audience: list[str]
    replaces: list[Text]
    gated: bool
    deployable: bool
    training_minutes: int
    points: float
    points_per_hour: float


class Phase(Model):
    """One phase: what is new, when at the earliest, and what must be true before the next one."""

    number: int
    from_week: int
    tools: list[PhaseTool]
    gates: list[Text]


class Roadmap(Model):
    """All phases. `platform` serves the others and comes before the first; `leaving` is the order to go back."""

    tools_per_phase: int
    weeks_between: int = WEEKS_BETWEEN
    platform: list[Text] = []
    phases: list[Phase]
    leaving: list[str]


def roadmap(proposal: Proposal) -> Roadmap:
    """Given a plan, return its phases, always the same for the same plan."""
    profile = proposal.content
    most = PER_PHASE[profile.maturity.level]
    tools = tools_of(proposal)
    groups = _grouped(sorted((t for t in tools if not t.platform), key=_order), most)
    return Roadmap(
        tools_per_phase=most,
        platform=[tool.name for tool in tools if tool.platform],
        phases=[_phase(proposal, number, group, len(groups)) for number, group in enumerate(groups, 1)],
        leaving=[tool.id for group in reversed(groups) for tool in reversed(group)],
    )


def points_per_hour(tool: Tool) -> float:
    """Return usable coverage per hour of training; a session counts as one hour at least."""
    return sum(c.points for c in tool.covers) / (max(tool.training_minutes, LEAST_SESSION_MINUTES) / 60)


def _order(tool: Tool) -> tuple[float, int, str]:
    return -points_per_hour(tool), tool.training_minutes, tool.id


def _grouped(tools: list[Tool], most: int) -> list[list[Tool]]:
    """Fill phases in order; what is gated waits for the second one, even when the first has nothing else."""
    phases: list[list[Tool]] = []
    for tool in tools:
        first = 1 if tool.gated else 0
        while len(phases) <= first:
            phases.append([])
        place = next((n for n in range(first, len(phases)) if len(phases[n]) < most), len(phases))
        if place == len(phases):
            phases.append([])
        phases[place].append(tool)
    while phases and not phases[-1]:
        phases.pop()
    return phases


def _phase(proposal: Proposal, number: int, tools: list[Tool], last: int) -> Phase:
    return Phase(
        number=number,
        from_week=1 + (number - 1) * WEEKS_BETWEEN,
        tools=[_phase_tool(proposal, tool) for tool in tools],
        gates=_gates(proposal, tools, number == last),
    )


def _phase_tool(proposal: Proposal, tool: Tool) -> PhaseTool:
    groups = audience_of(proposal.content, tool.covers)
    return PhaseTool(
        tool=tool.id,
        services=tool.services,
        name=tool.name,
        uses=listed(uses(tool.covers)) if tool.covers else say("use_mandated"),
        groups=groups_text(groups) if groups else say("whole_association"),
        audience=groups,
        replaces=tool.replaces,
        gated=tool.gated,
        deployable=tool.deployable,
        training_minutes=minutes_of(proposal, tool),
        points=sum(cover.points for cover in tool.covers),
        points_per_hour=round(points_per_hour(tool), 1),
    )


def _gates(proposal: Proposal, tools: list[Tool], last: bool) -> list[Text]:
    """Return what must be true: before the phase, and before the next one."""
    missing = [title for tool in tools for title in tool.missing]
    found = [say("gate_restore"), *([say("gate_deployable", names=listed(missing))] if missing else [])]
    for tool in tools:
        gated = [cover for cover in tool.covers if cover.need in GATED]
        if gated:
            found.append(say("gate_process", uses=listed(uses(gated))))
        if "beneficiaries" in audience_of(proposal.content, tool.covers):
            found.append(say("gate_mediation"))
        if tool.replaces:
            found.append(say("gate_parallel", names=listed(tool.replaces)))
    if not tools:
        return [*found, say("gate_nothing_new")]
    return [*found, say("gate_last") if last else say("gate_use")]


def roadmap_paper(proposal: Proposal) -> Paper:
    """Return the road map as a paper: phases, the eight steps, how to leave."""
    plan = roadmap(proposal)
    lead = [say("road_lead"), say("road_stop")]
    if not plan.phases:
        lead.insert(0, say("road_none"))
    if plan.platform:
        lead.append(say("road_platform", names=listed(plan.platform)))
    phases = [_phase_part(phase) for phase in plan.phases]
    order = Part(title=say("road_order"), lines=[say("road_rule"), say(f"road_pace_{plan.tools_per_phase}")])
    if plan.phases:
        order = order.model_copy(update={"table": _order_table(plan)})
    leaving = Part(title=say("road_leave"), lines=[say("road_leave_how")], steps=_leaving(plan))
    parts = [*phases, *([order] if plan.phases else []), _eight_steps(), *([leaving] if plan.phases else [])]
    title = say("road_title", name=name_of(proposal))
    return Paper(
        name="roadmap",
        title=title,
        lead=lead,
        parts=parts,
        foot=foot(proposal),
        created=proposal.content.profile.created,
    )


def _phase_part(phase: Phase) -> Part:
    points = []
    for tool in phase.tools:
        line = say("road_tool", uses=capital(tool.uses), name=tool.name, groups=tool.groups)
        points.append(together([line, say("road_training", hours=hours_up(tool.training_minutes))]))
    week = say("road_week", week=phase.from_week)
    title = say("road_phase", number=phase.number)
    return Part(title=title, lines=[week], points=points, boxes=phase.gates)


def _order_table(plan: Roadmap) -> Table:
    rows = [
        [
            plain(phase.number), together([capital(shortened([tool.uses], 3)), say("in_brackets", text=tool.name)]),
            plain(f"{tool.points:g}"), plain(f"{tool.points_per_hour:g}"),
        ]
        for phase in plan.phases
        for tool in phase.tools
    ]  # fmt: skip
    head = [say("head_phase"), say("head_tool"), say("head_points"), say("head_points_hour")]
    return Table(head=head, rows=rows, figures=[0, 2, 3])


def _eight_steps() -> Part:
    rows = [
        [
            plain(number),
            say(f"step_{number}"),
            say(f"step_{number}_what"),
            together([plain("☐"), say(f"step_{number}_gate")]),
        ]
        for number in range(1, STEPS + 1)
    ]
    head = [plain("#"), say("head_step"), say("head_what"), say("head_gate")]
    return Part(title=say("road_steps"), lines=[say("road_steps_note")], table=Table(head=head, rows=rows, figures=[0]))


def _leaving(plan: Roadmap) -> list[Text]:
    names = {tool.tool: tool for phase in plan.phases for tool in phase.tools}
    return [say("road_leave_tool", uses=capital(names[name].uses), name=names[name].name) for name in plan.leaving]
