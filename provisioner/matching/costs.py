"""What the plan costs and what today costs, line by line; the counted lines add up to the plan's total."""

from provisioner.matching.candidates import MB_PER_GB, Candidate, tool_title
from provisioner.matching.prices import backup_line, standing_lines
from provisioner.matching.problem import Problem
from provisioner.matching.score import Plan
from provisioner.models.base import Text
from provisioner.models.costs import CostLine, Costs
from provisioner.models.profile_people import ExistingTool

PROFILE = Text(fr="profil : outils d'aujourd'hui (existing_tools)", en="profile: tools of today (existing_tools)")


def costs_of(problem: Problem, plan: Plan | None) -> Costs:
    """Return the costs of the plan (nothing for a server when nothing runs on it) and of the tools of today."""
    chosen = [problem.candidates[name] for name in plan.ids] if plan else []
    lines = _server(problem, plan, chosen) if any(item.hosted for item in chosen) else []
    kept = [item for item in chosen if item.intent and item.monthly_cents]
    lines += [
        CostLine(kind="tool", label=item.title, monthly_eur=item.monthly_cents / 100, source=PROFILE) for item in kept
    ]
    today = [_today(problem, tool) for tool in problem.profile.existing_tools if tool.monthly_eur]
    return Costs(
        lines=lines,
        today=today,
        monthly_eur=sum(_cents(item) for item in lines if item.counted) / 100,
        one_off_eur=sum(round(item.one_off_eur * 100) for item in lines if item.counted) / 100,
        today_monthly_eur=sum(_cents(item) for item in today) / 100,
    )


def _server(problem: Problem, plan: Plan | None, chosen: list[Candidate]) -> list[CostLine]:
    prices = problem.rules.prices
    lines = standing_lines(problem.profile, prices)
    standing = sum(_cents(item) for item in lines if item.counted)
    kept = sum(item.monthly_cents for item in chosen if item.intent)
    backup = plan.used.cents - standing - kept if plan else 0
    if prices and backup:
        sso = problem.base.disk_mb - problem.rules.weights.system_disk_gb * MB_PER_GB
        disks = [item.disk_mb for item in chosen if item.hosted] + ([sso] if sso else [])
        lines.append(backup_line(disks, backup, problem.profile, prices))
    return lines


def _today(problem: Problem, tool: ExistingTool) -> CostLine:
    title = tool_title(tool, problem.rules)
    return CostLine(kind="tool", label=title, monthly_eur=round(tool.monthly_eur * 100) / 100, source=PROFILE)


def _cents(item: CostLine) -> int:
    return round(item.monthly_eur * 100)
