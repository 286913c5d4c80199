"""What the answers of the screening lead to. Pure. Questions: {"dpia": {id: "criterion"|"operation"}, "dpo": {...}}."""

from typing import Any

from provisioner.models.protection import Screening

ENOUGH_CRITERIA = 2


def unanswered(answers: Screening, questions: dict[str, dict[str, str]]) -> list[str]:
    """Return the ids of the questions without an answer."""
    given = {"dpia": answers.dpia, "dpo": answers.dpo}
    return [f"{part}.{key}" for part, asked in questions.items() for key in asked if key not in given.get(part, {})]


def dpia_needed(answers: Screening, questions: dict[str, dict[str, str]]) -> bool:
    """Tell whether an assessment is needed: one operation of the CNIL's list, or two criteria of nine."""
    kinds = questions.get("dpia", {})
    yes = [kinds.get(key, "criterion") for key, value in answers.dpia.items() if value]
    return yes.count("operation") >= 1 or yes.count("criterion") >= ENOUGH_CRITERIA


def dpo_needed(answers: Screening) -> bool:
    """Tell whether an officer must be named: any of the cases of article 37."""
    return any(answers.dpo.values())


def questions_of(data: Any) -> dict[str, dict[str, str]]:
    """Given catalog/screening.yaml as plain data, return its questions in the form above; {} where it says none.

    Blocks named after operations count one by one, cases of article 37 as `dpo`; "not needed" lists are left out.
    """
    found: dict[str, dict[str, str]] = {"dpia": {}, "dpo": {}}
    _collect(data, "", found)
    return found if any(found.values()) else {}


def _collect(data: Any, block: str, found: dict[str, dict[str, str]]) -> None:
    if not isinstance(data, dict):
        return
    for key, value in data.items():
        named = f"{block} {key}".lower()
        rows = _rows(value)
        if rows is None:
            _collect(value, named, found)
        elif "dpo" in named or "officer" in named:
            found["dpo"] |= dict.fromkeys(rows, "case")
        elif "operation" in named:
            found["dpia"] |= dict.fromkeys(rows, "operation")
        elif "criteri" in named or "dpia" in named:
            found["dpia"] |= dict.fromkeys(rows, "criterion")


def _rows(value: Any) -> list[str] | None:
    """Return the ids of a block of questions (a list of {id: ...}, or id -> words); None where it is none."""
    if isinstance(value, list):
        return [str(each["id"]) for each in value if isinstance(each, dict) and "id" in each]
    asks = ("fr", "question", "label", "text", "title", "ask")
    if (
        isinstance(value, dict)
        and value
        and all(isinstance(each, dict) and any(word in each for word in asks) for each in value.values())
    ):
        return [str(key) for key in value]
    return None
