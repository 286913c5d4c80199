"""The verdicts as papers: short for the board, whole for whoever runs the host. Pure."""

from collections import Counter

from provisioner.documents.paper import Paper, Part, Table
from provisioner.documents.words import plain
from provisioner.gdpr.facts import Facts
from provisioner.gdpr.told import requirements, words
from provisioner.models.base import Text
from provisioner.models.requirements import Requirement, Row
from provisioner.sentences import filled


def board_paper(facts: Facts, rows: list[Row]) -> Paper:
    """Return what the board reads: how many, what is missing, what somebody must look at."""
    p = words().page
    missing = [_line(requirements()[row.id], row.evidence[0]) for row in rows if row.verdict == "missing"]
    look = [requirements()[row.id].title for row in rows if row.verdict == "unknown"]
    parts = [Part(title=p["todo"], points=missing, lines=[] if missing else [p["nothing"]])]
    parts += [Part(title=p["look"], points=look, lines=[p["look_how"]])] if look else []
    return _paper("board", facts, rows, parts)


def admin_paper(facts: Facts, rows: list[Row]) -> Paper:
    """Return every row with its facts and the next step."""
    p = words().page
    head = [p["requirement"], p["article"], p["verdict"], p["facts"]]
    table = Table(head=head, rows=[_cells(requirements()[row.id], row) for row in rows])
    return _paper("admin", facts, rows, [Part(title=p["all"], table=table)])


def counts(rows: list[Row]) -> Text:
    """Return one sentence with the number of each verdict."""
    found = Counter(row.verdict for row in rows)
    return filled(words().page["counts"], **{name: str(found[name]) for name in ("ok", "missing", "unknown", "na")})


def _paper(who: str, facts: Facts, rows: list[Row], parts: list[Part]) -> Paper:
    p, day = words().page, facts.today.isoformat()
    lead = [counts(rows), filled(p["day"], day=day)]
    lead += [filled(p["offline"], why=facts.why_not)] if facts.why_not else []
    title = filled(p[f"{who}_title"], name=facts.stack.association.name)
    return Paper(name=f"gdpr-check-{who}", title=title, lead=lead, parts=parts, foot=p["foot"], created=day)


def _line(requirement: Requirement, evidence: Text) -> Text:
    title = requirement.title
    return Text(fr=f"**{title.fr}** : {evidence.fr}", en=f"**{title.en}**: {evidence.en}")


def _cells(requirement: Requirement, row: Row) -> list[Text]:
    verdict, p = words().verdicts[row.verdict], words().page
    strong = Text(fr=f"**{verdict.fr}**", en=f"**{verdict.en}**") if row.verdict == "missing" else verdict
    said = [*row.evidence, *([requirement.admin] if row.verdict == "missing" else [])]
    said += [filled(p["next"], command=row.next)] if row.next else []
    facts = Text(fr=" ".join(text.fr for text in said), en=" ".join(text.en for text in said))
    return [requirement.title, plain(requirement.article), strong, facts]
