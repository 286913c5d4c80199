"""The forecast: what the plan costs and what today costs, investment and running apart, hours of volunteers beside."""

from provisioner.documents.annex_totals import label_text, source_text
from provisioner.documents.figures import euros_down, euros_exact, hours_down, hours_up
from provisioner.documents.paper import Paper, Part, Table
from provisioner.documents.table import csv_text
from provisioner.documents.tools import foot, name_of
from provisioner.documents.training import training
from provisioner.documents.words import plain, say
from provisioner.models.base import Model, Text
from provisioner.models.costs import CostLine
from provisioner.models.proposal import Proposal

MONTHS = 12


class Line(CostLine):
    """One line to pay, over the first year."""

    first_year_eur: float
    grant: bool


class Month(Model):
    """What leaves the till in one month of the first year, and in all so far."""

    month: int
    eur: float
    so_far_eur: float


class Forecast(Model):
    """Money and hours of the plan, and of today."""

    lines: list[Line]
    today: list[Line]
    one_off_eur: float
    monthly_eur: float
    first_year_eur: float
    today_monthly_eur: float
    ceiling_monthly_eur: float
    ceiling_one_off_eur: float
    months: list[Month]
    care_minutes_monthly: float
    care_minutes_limit: float
    training_minutes: int
    estimates: bool


def forecast(proposal: Proposal) -> Forecast:
    """Given a plan, return its forecast; totals are those of the plan's costs, ceilings those of the profile."""
    costs, budget = proposal.costs, proposal.content.budget
    once, monthly = round(costs.one_off_eur, 2), round(costs.monthly_eur, 2)
    sums = [round(once + monthly * number, 2) for number in range(1, MONTHS + 1)]
    months = [
        Month(month=number, eur=round(monthly + (once if number == 1 else 0), 2), so_far_eur=sums[number - 1])
        for number in range(1, MONTHS + 1)
    ]
    return Forecast(
        lines=[_line(line) for line in costs.lines],
        today=[_line(line) for line in costs.today],
        one_off_eur=once,
        monthly_eur=monthly,
        first_year_eur=sums[-1],
        today_monthly_eur=costs.today_monthly_eur,
        ceiling_monthly_eur=budget.monthly_eur,
        ceiling_one_off_eur=budget.one_off_eur,
        months=months,
        care_minutes_monthly=proposal.totals.admin_minutes.used,
        care_minutes_limit=proposal.totals.admin_minutes.limit,
        training_minutes=training(proposal).minutes,
        estimates=any(line.estimate for line in costs.lines),
    )


def _line(line: CostLine) -> Line:
    year = round(line.one_off_eur + MONTHS * line.monthly_eur, 2)
    return Line(**line.model_dump(), first_year_eur=year, grant=line.funding == "investment")


def forecast_paper(proposal: Proposal) -> Paper:
    """Return the forecast as a paper."""
    plan = forecast(proposal)
    totals = {"monthly": euros_exact(plan.monthly_eur), "once": euros_exact(plan.one_off_eur)}
    ceilings = {"monthly": euros_down(plan.ceiling_monthly_eur), "once": euros_down(plan.ceiling_one_off_eur)}
    lead = [say("forecast_total", year=euros_exact(plan.first_year_eur), **totals), say("forecast_ceiling", **ceilings)]
    lead += [say("forecast_estimates")] if plan.estimates else []
    if not plan.lines:
        lead = [say("forecast_none"), lead[1]]
    parts = [_part("investment", plan), _part("running", plan), _months(plan), _hours(plan), _today(plan), _grants()]
    title = say("forecast_title", name=name_of(proposal))
    return Paper(
        name="forecast",
        title=title,
        lead=lead,
        parts=[p for p in parts if p],
        foot=foot(proposal),
        created=proposal.content.profile.created,
    )


def _part(funding: str, plan: Forecast) -> Part:
    lines = [line for line in plan.lines if line.funding == funding]
    title = say(f"forecast_{funding}")
    if not lines:
        return Part(title=title, lines=[say("forecast_nothing")])
    return Part(title=title, table=_table(lines))


def _table(lines: list[Line]) -> Table:
    heads = ("head_line", "head_once", "head_monthly", "head_year", "head_grant", "head_source")
    rows = [
        [
            label_text(line), euros_exact(line.one_off_eur), euros_exact(line.monthly_eur),
            euros_exact(line.first_year_eur), say("yes" if line.grant else "rarely"), source_text(line),
        ]
        for line in lines
    ]  # fmt: skip
    counted = [line for line in lines if line.counted]
    sums = (
        sum(line.one_off_eur for line in counted), sum(line.monthly_eur for line in counted),
        sum(line.first_year_eur for line in counted),
    )  # fmt: skip
    total = [say("total"), *[euros_exact(amount) for amount in sums], plain(" "), plain(" ")]
    return Table(head=[say(key) for key in heads], rows=[*rows, total], figures=[1, 2, 3])


def _months(plan: Forecast) -> Part | None:
    if not plan.lines:
        return None
    rows = [[plain(month.month), euros_exact(month.eur), euros_exact(month.so_far_eur)] for month in plan.months]
    table = Table(head=[say("head_month"), say("head_to_pay"), say("head_so_far")], rows=rows, figures=[0, 1, 2])
    return Part(title=say("forecast_months"), table=table)


def _hours(plan: Forecast) -> Part:
    care, limit = hours_up(plan.care_minutes_monthly), hours_down(plan.care_minutes_limit)
    year = hours_up(plan.care_minutes_monthly * MONTHS + plan.training_minutes)
    lines = [
        say("forecast_care", used=care, limit=limit),
        say("forecast_training", hours=hours_up(plan.training_minutes)),
        say("forecast_hours_year", hours=year),
    ]
    return Part(title=say("forecast_hours"), lines=lines)


def _today(plan: Forecast) -> Part:
    title, monthly = say("forecast_today"), say("forecast_today_total", monthly=euros_down(plan.today_monthly_eur))
    if not plan.today:
        return Part(title=title, lines=[monthly])
    return Part(title=title, lines=[monthly, say("forecast_today_until")], table=_table(plan.today))


def _grants() -> Part:
    return Part(title=say("forecast_grants"), points=[say(f"forecast_grant_{number}") for number in range(1, 5)])


def forecast_csv(proposal: Proposal, language: str) -> str:
    """Return the forecast as CSV for a spreadsheet: one line per price, then totals and hours. Decimal point."""
    plan = forecast(proposal)
    heads = (
        "head_when",
        "head_line",
        "head_kind",
        "head_once",
        "head_monthly",
        "head_year",
        "head_grant",
        "head_source",
    )
    rows = [[say(key).in_language(language) for key in heads]]
    for when, lines in (("plan", plan.lines), ("today", plan.today)):
        rows += [_csv_row(say(f"when_{when}"), line, language) for line in lines]
    money = (plan.one_off_eur, plan.monthly_eur, plan.first_year_eur)
    word = {key: say(key).in_language(language) for key in ("when_plan", "total", "forecast_hours")}
    rows.append([word["when_plan"], word["total"], "", *[f"{amount:.2f}" for amount in money], "", ""])
    for key, once, monthly in (
        ("head_care", 0.0, plan.care_minutes_monthly),
        ("head_training", plan.training_minutes, 0.0),
    ):
        label, year = say(key).in_language(language), once + MONTHS * monthly
        hours = [f"{minutes / 60:.2f}" for minutes in (once, monthly, year)]
        rows.append([word["when_plan"], label, word["forecast_hours"], *hours, "", ""])
    return csv_text(rows)


def _csv_row(when: Text, line: Line, language: str) -> list[str]:
    texts = [text.in_language(language) for text in (when, label_text(line), say(f"forecast_{line.funding}"))]
    money = [f"{amount:.2f}" for amount in (line.one_off_eur, line.monthly_eur, line.first_year_eur)]
    grant = say("yes" if line.grant else "rarely").in_language(language)
    return [*texts, *money, grant, source_text(line).in_language(language)]
