"""What the answers of the screening lead to. Pure. Questions: {"dpia": {id: "criterion"|"operation"}, "dpo": {...}}."""

from collections.abc import Mapping

from provisioner.models.protection import Screening
from provisioner.screening import Question

ENOUGH_CRITERIA = 2


def unanswered(answers: Screening, questions: dict[str, dict[str, str]]) -> list[str]:
    """Return the ids of the questions without an answer."""
    given = {"dpia": answers.dpia, "dpo": answers.dpo}
    return [f"{part}.{key}" for part, asked in questions.items() for key in asked if key not in given.get(part, {})]


def dpia_needed(answers: Screening, questions: dict[str, dict[str, str]]) -> bool:
    """Tell whether an assessment is needed: one operation of the CNIL's list, or two criteria of nine."""
    kinds = questions.get("dpia", {})
    yes = [kinds.get(key) for key, value in answers.dpia.items() if value]
    return yes.count("operation") >= 1 or yes.count("criterion") >= ENOUGH_CRITERIA


def dpo_needed(answers: Screening) -> bool:
    """Tell whether an officer must be named: any of the cases of article 37."""
    return any(answers.dpo.values())


def asked(questions: Mapping[str, Question]) -> dict[str, dict[str, str]]:
    """Given the questions of catalog/screening.yaml, return those that count, in the form above."""
    words = {"criteria": ("dpia", "criterion"), "operations": ("dpia", "operation"), "dpo": ("dpo", "case")}
    found: dict[str, dict[str, str]] = {"dpia": {}, "dpo": {}}
    for key, question in questions.items():
        if question.kind in words:
            part, kind = words[question.kind]
            found[part][key] = kind
    return found
