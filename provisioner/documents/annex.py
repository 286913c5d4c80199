"""The annex: everything a sceptical member needs to recompute the plan by hand."""

from provisioner.documents.annex_people import people, reach
from provisioner.documents.annex_rules import index, rules
from provisioner.documents.annex_score import alternatives, curve, levers, terms
from provisioner.documents.annex_totals import costs, hours, services, totals
from provisioner.documents.figures import decimal, grouped
from provisioner.documents.paper import Paper, Part, Table
from provisioner.documents.tools import foot, items_of, name_of, reach_by_group
from provisioner.documents.words import capital, listed, need_words, plain, say, together, words
from provisioner.models.base import Text
from provisioner.models.proposal import Chosen, Covered, Kept, Proposal


def annex_paper(proposal: Proposal) -> Paper:
    """Return the technical sheet: verdict, choices with figures, limits, score, what else was possible, versions."""
    lead = [proposal.decision.reason, say("annex_index", percent=proposal.coverage_index, target=proposal.target_index)]
    lead.append(say("annex_proved" if proposal.proved_optimal else "annex_not_proved"))
    parts = [
        _covered(proposal), people(proposal), reach(proposal), index(proposal), _gaps(proposal), services(proposal),
        totals(proposal), *terms(proposal), rules(proposal), costs(proposal), hours(proposal),
        *alternatives(proposal), *levers(proposal), *curve(proposal), _excluded(proposal), *_fleet(proposal),
        _warnings(proposal), _assumptions(proposal), _versions(proposal),
    ]  # fmt: skip
    title = say("annex_title", name=name_of(proposal))
    parts = [part for part in parts if part is not None]
    return Paper(
        name="annex", title=title, lead=lead, parts=parts, foot=foot(proposal), created=proposal.content.profile.created
    )


def _covered(proposal: Proposal) -> Part:
    rows: list[list[Text]] = []
    for item in items_of(proposal):
        rows += [_covered_row(proposal, item, cover) for cover in item.covers]
        if not item.covers:
            rows.append([item.title, plain("–"), plain("–"), plain("–"), plain("–"), plain("–"), item.reason])
    heads = ("head_tool", "head_need", "head_priority", "head_quality", "head_reach", "head_points", "head_reach_how")
    points = [say("annex_chosen", name=capital(item.title), reason=item.reason) for item in items_of(proposal)]
    points += [say("annex_dropped", name=capital(item.title), reason=item.reason) for item in proposal.dropped]
    if not rows:
        return Part(title=say("annex_covered"), lines=[say("annex_nothing")], points=points)
    table = Table(head=[say(key) for key in heads], rows=rows, figures=[3, 4, 5])
    return Part(title=say("annex_covered"), lines=[say("annex_covered_how")], points=points, table=table)


def _covered_row(proposal: Proposal, item: Chosen | Kept, cover: Covered) -> list[Text]:
    return [
        item.title, cover.label, say(cover.priority), plain(f"{cover.quality} %"), plain(f"{cover.reach} %"),
        decimal(cover.points), _reach(proposal, cover),
    ]  # fmt: skip


def _reach(proposal: Proposal, cover: Covered) -> Text:
    if cover.mode == "O":
        return say("annex_operators")
    groups = reach_by_group(proposal.content, cover)
    return listed([say("annex_reach", group=words().groups[g.group].whole, percent=g.percent) for g in groups])


def _gaps(proposal: Proposal) -> Part | None:
    if not proposal.not_covered:
        return None
    rows = [
        [gap.label, say(gap.priority), plain(gap.code), gap.reason, need_words(gap.need).ways]
        for gap in proposal.not_covered
    ]
    heads = ("head_need", "head_priority", "head_code", "head_reason", "head_ways")
    return Part(title=say("annex_gaps"), table=Table(head=[say(key) for key in heads], rows=rows))


def _excluded(proposal: Proposal) -> Part | None:
    asked = [item for item in proposal.excluded if item.needs]
    others = [item.title for item in proposal.excluded if not item.needs]
    if not proposal.excluded:
        return None
    rows = [
        [item.title, listed([need_words(need).use for need in item.needs]), plain(item.code), item.reason]
        for item in asked
    ]
    heads = ("head_tool", "head_for", "head_code", "head_reason")
    table = Table(head=[say(key) for key in heads], rows=rows) if rows else None
    lines = [say("annex_not_asked", names=listed(others))] if others else []
    return Part(title=say("annex_excluded"), lines=lines, table=table)


def _fleet(proposal: Proposal) -> list[Part]:
    fleet = proposal.fleet
    if fleet is None:
        return []
    rows = [[plain(wave.wave), plain(wave.instances), plain(wave.fit)] for wave in fleet.waves]
    table = Table(head=[say("head_wave"), say("head_instances"), say("head_fit")], rows=rows, figures=[0, 1, 2])
    numbers: dict[str, Text | str | int] = {
        "each": fleet.memory_mb_each, "free": fleet.free_memory_mb, "planned": fleet.instances_planned,
        "fit": fleet.instances_fit, "base": ", ".join(fleet.base),
    }  # fmt: skip
    lines = [fleet.sentence, say("annex_fleet_how", **numbers)]
    return [Part(title=say("annex_fleet"), lines=lines, table=table if rows else None)]


def _warnings(proposal: Proposal) -> Part | None:
    return Part(title=say("annex_warnings"), points=list(proposal.warnings)) if proposal.warnings else None


def _assumptions(proposal: Proposal) -> Part:
    pointers = proposal.content.profile.assumed
    points = [together([assumption(pointer), plain(f"({pointer})")]) for pointer in pointers]
    return Part(title=say("annex_assumed"), points=points or [say("assumed_none")])


def assumption(pointer: str) -> Text:
    """Given a JSON pointer of the profile, return what it means in words; the nearest parent that has words."""
    known, path = words().assumed, pointer
    while path and path not in known:
        path = path.rpartition("/")[0]
    return known[path] if path else say("assumed_other")


def _versions(proposal: Proposal) -> Part:
    versions = proposal.versions
    rows = [
        [say(f"version_{name}"), plain(", ".join(value) if isinstance(value, list) else value)]
        for name in type(versions).model_fields
        if (value := getattr(versions, name))
    ]
    rows = [[say("version_profile"), plain(proposal.profile.sha256)], *rows]
    rows.append([say("version_revision"), plain(grouped(proposal.profile.revision, "en"))])
    table = Table(head=[say("head_what"), say("head_version")], rows=rows)
    return Part(title=say("annex_versions"), lines=[say("annex_versions_how")], table=table)
