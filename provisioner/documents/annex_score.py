"""The figures of the annex: terms of the score, what would be lost, levers, the curve of tools."""

from provisioner.documents.figures import decimal
from provisioner.documents.paper import Part, Table
from provisioner.documents.words import listed, plain, say
from provisioner.models.base import Text
from provisioner.models.explanation import Outcome
from provisioner.models.proposal import Proposal


def terms(proposal: Proposal) -> list[Part]:
    """Return the score line by line, and its sum."""
    if not proposal.terms:
        return []
    rows = [[term.label, plain(term.how), decimal(term.points)] for term in proposal.terms]
    rows.append([say("total"), plain(" "), decimal(proposal.score)])
    table = Table(head=[say("head_line"), say("head_how"), say("head_points")], rows=rows, figures=[2])
    return [Part(title=say("annex_terms"), lines=[say("annex_terms_how")], table=table)]


def alternatives(proposal: Proposal) -> list[Part]:
    """Return the exact loss without each choice, the best replacements, the next best choice."""
    rows: list[list[Text]] = []
    for item in proposal.chosen:
        if item.loss:
            score = decimal(item.loss.score) if item.loss.score is not None else say("annex_no_choice")
            loss = decimal(item.loss.points) if item.loss.points is not None else plain("–")
            lost = listed(item.loss.labels) if item.loss.labels else say("annex_nothing_lost")
            rows.append([say("annex_without", name=item.title), score, loss, lost])
        for other in item.alternatives:
            gap = decimal(proposal.score - other.score)
            rows.append(
                [say("annex_instead", other=other.title, name=item.title), decimal(other.score), gap, plain("–")]
            )
    lines = [
        _outcome("annex_runner_up", proposal.runner_up),
        _outcome("annex_without_mandate", proposal.without_mandate),
    ]
    if not rows and not any(lines):
        return []
    heads = ("head_choice", "head_score", "head_less", "head_lost")
    table = Table(head=[say(key) for key in heads], rows=rows, figures=[1, 2]) if rows else None
    found = [say("annex_alternatives_how", score=decimal(proposal.score)), *[line for line in lines if line]]
    return [Part(title=say("annex_alternatives"), lines=found, table=table)]


def _outcome(key: str, outcome: Outcome | None) -> Text | None:
    if outcome is None:
        return None
    names = listed(outcome.titles) if outcome.titles else say("annex_empty")
    return say(key, names=names, score=decimal(outcome.score), percent=outcome.coverage_index)


def levers(proposal: Proposal) -> list[Part]:
    """Return what one limit less would change."""
    if not proposal.levers:
        return []
    rows = [
        [
            lever.label, decimal(lever.score), decimal(lever.gain), plain(f"{lever.coverage_index} %"),
            listed(lever.labels) if lever.labels else plain("–"), lever.note or plain("–"),
        ]
        for lever in proposal.levers
    ]  # fmt: skip
    heads = ("head_lever", "head_score", "head_gain", "head_index", "head_gained", "head_note")
    table = Table(head=[say(key) for key in heads], rows=rows, figures=[1, 2, 3])
    return [Part(title=say("annex_levers"), lines=[say("annex_levers_how")], table=table)]


def curve(proposal: Proposal) -> list[Part]:
    """Return the best coverage for each number of tools: where to stop."""
    if not proposal.curve:
        return []
    rows = [
        [
            plain(step.tools), listed(step.titles) if step.titles else say("annex_empty"),
            listed(step.added) if step.added else plain("–"), decimal(step.value), decimal(step.score),
            plain(f"{step.coverage_index} %"),
        ]
        for step in proposal.curve
    ]  # fmt: skip
    heads = ("head_tools", "head_choice", "head_added", "head_value", "head_score", "head_index")
    table = Table(head=[say(key) for key in heads], rows=rows, figures=[0, 3, 4, 5])
    return [Part(title=say("annex_curve"), lines=[say("annex_curve_how")], table=table)]
