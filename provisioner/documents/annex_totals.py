"""What the plan takes, service by service, against what there is; prices; hours of training. All add up by hand."""

import re

from provisioner.documents.annex_people import weights_of
from provisioner.documents.figures import count, day, decimal, euros_exact, hours_up
from provisioner.documents.paper import Part, Table
from provisioner.documents.training import learners, rule, training
from provisioner.documents.words import capital, plain, say
from provisioner.models.base import Text
from provisioner.models.costs import CostLine
from provisioner.models.proposal import Chosen, Proposal, Totals

MONTHS = 12
PRICE_LIST = re.compile(r"\((\d+\.\d+), (\d{4}-\d\d-\d\d)\)$")
FIGURES = ("memory_mb", "disk_gb", "admin_minutes", "training_minutes")


def services(proposal: Proposal) -> Part | None:
    """Return what each service takes, and the server itself; their sums are those of the next table."""
    if not proposal.chosen:
        return None
    rows = [[capital(item.title), _kind(proposal, item), *_figures(item)] for item in proposal.chosen]
    rows += [
        [capital(item.title), say(f"kind_{item.facing}"), *[plain(0)] * len(FIGURES)] for item in proposal.kept
    ]  # fmt: skip
    rows.insert(0, [say("annex_server"), plain("–"), *(decimal(number) for number in _server(proposal))])
    rows.append([say("total"), plain("–"), *(decimal(number) for number in _sums(proposal))])
    heads = ["head_tool", "head_kind", *(f"total_{name}" for name in FIGURES)]
    table = Table(head=[say(key) for key in heads], rows=rows, figures=[2, 3, 4, 5])
    users = proposal.content.people.concurrent_users
    return Part(title=say("annex_services"), lines=[say("annex_services_how", users=users)], table=table)


def _figures(item: Chosen) -> list[Text]:
    return [decimal(getattr(item, name)) for name in FIGURES]


def _kind(proposal: Proposal, item: Chosen) -> Text:
    if item.service == proposal.single_sign_on:
        return say("kind_platform")
    hosts = [other for other in proposal.chosen if other.service == item.tool != item.service]
    return say("kind_part", name=hosts[0].title) if hosts else say(f"kind_{item.facing}")


def _sums(proposal: Proposal) -> list[float]:
    totals = proposal.totals
    learnt = sum(item.training_minutes for item in proposal.chosen)
    return [totals.memory_mb.used, totals.disk_gb.used, totals.admin_minutes.used, learnt]


def _server(proposal: Proposal) -> list[float]:
    """Return what the server itself takes: all that no service does."""
    chosen = [sum(getattr(item, name) for item in proposal.chosen) for name in FIGURES]
    return [round(whole - part, 3) for whole, part in zip(_sums(proposal), chosen, strict=True)]


def totals(proposal: Proposal) -> Part:
    """Return what is used of each limited thing, what there is, what is left, and where the limit comes from."""
    rows = []
    for name in Totals.model_fields:
        total = getattr(proposal.totals, name)
        left = decimal(round(total.limit - total.used, 3))
        rows.append([say(f"total_{name}"), decimal(total.used), decimal(total.limit), left, _limit(proposal, name)])
    heads = ("head_limit", "head_used", "head_there", "head_left", "head_limit_from")
    table = Table(head=[say(key) for key in heads], rows=rows, figures=[1, 2, 3])
    return Part(title=say("annex_totals"), table=table)


def _limit(proposal: Proposal, name: str) -> Text:
    """Return the computation of a limit from the diagnostic and the weights."""
    content, weights = proposal.content, weights_of(proposal)
    if name == "admin_minutes":
        return plain(f"60 x {content.referents.admin_hours_per_month:g}")
    if name == "disk_gb" and weights:
        return plain(f"{content.hosting.resources.disk_gb} x {weights.usable_disk_percent} / 100")
    if name == "tools" and weights:
        return plain(f"{proposal.totals.community_tools.limit:g} + {weights.backoffice_allowance}")
    if name == "community_tools" and content.limits.max_tools is None:
        return say(f"limit_{content.maturity.level}")
    return say("limit_profile")


def costs(proposal: Proposal) -> Part | None:
    """Return the prices with source and date, and the first year."""
    found = proposal.costs
    if not found.lines:
        return None
    rows = [
        [label_text(line), euros_exact(line.one_off_eur), euros_exact(line.monthly_eur), source_text(line)]
        for line in found.lines
    ]
    rows.append([say("total"), euros_exact(found.one_off_eur), euros_exact(found.monthly_eur), plain("–")])
    heads = ("head_line", "head_once", "head_monthly", "head_source")
    table = Table(head=[say(key) for key in heads], rows=rows, figures=[1, 2])
    year = found.one_off_eur + MONTHS * found.monthly_eur
    sums = {
        "once": euros_exact(found.one_off_eur),
        "monthly": euros_exact(found.monthly_eur),
        "year": euros_exact(year),
    }
    return Part(title=say("annex_costs"), lines=[say("annex_year", **sums)], table=table)


def label_text(line: CostLine) -> Text:
    """Return the name of a price, and where it is not counted, that it is not or that others pay it."""
    if line.counted:
        return line.label
    return say("shown_beside" if line.kind == "energy" else "not_counted", label=line.label)


def source_text(line: CostLine) -> Text:
    """Return where a price comes from, with its date; an estimate says so."""
    if line.source.en.startswith("profile"):
        return say("source_profile")
    source, dated = line.source, PRICE_LIST.search(line.source.en)
    if dated:
        of = say("price_list", version=dated[1], date=day(dated[2]))
        source = Text(fr=PRICE_LIST.sub(f"({of.fr})", source.fr), en=PRICE_LIST.sub(f"({of.en})", source.en))
    source = say("estimate", source=source) if line.estimate else source
    return Text(fr=f"{line.how}. {source.fr}", en=f"{line.how}. {source.en}") if line.how else source


def hours(proposal: Proposal) -> Part | None:
    """Return the minutes of training, course by course, and how the page rounds their sum."""
    plan = training(proposal)
    if not plan.courses:
        return None
    rows = [
        [course.name, learners(course), count(course.people), plain(course.minutes_each), plain(course.minutes)]
        for course in plan.courses
    ]
    rows.append([say("total"), plain("–"), plain("–"), plain("–"), plain(plan.minutes)])
    heads = ("head_tool", "head_who", "head_people", "head_minutes_each", "head_minutes")
    table = Table(head=[say(key) for key in heads], rows=rows, figures=[2, 3, 4])
    lines = [*rule(plan), say("annex_hours", minutes=plan.minutes, hours=hours_up(plan.minutes))]
    return Part(title=say("training_hours"), lines=lines, table=table)
