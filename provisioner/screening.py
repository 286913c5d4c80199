"""Whether an impact assessment (DPIA) or an officer (DPO) is needed, from catalog/screening.yaml and answers. Pure."""

from functools import cache
from typing import Literal

from pydantic import Field

from provisioner.load import load_model
from provisioner.models.base import Model, Text
from provisioner.models.gdpr import Key
from provisioner.models.protection import Protection, Screening
from provisioner.models.stack import Stack
from provisioner.paths import data_dir

Kind = Literal["criteria", "operations", "exempt", "dpo", "minors"]
ENOUGH = 2


class Question(Model):
    """One question, answered yes or no."""

    kind: Kind
    question: Text
    example: Text
    source: str
    to_check: bool = Field(default=False, description="Worded from general knowledge: compare with the text.")


class Questions(Model):
    """catalog/screening.yaml."""

    questions: dict[Key, Question]


class Verdict(Model):
    """What follows from the answers. None: not settled."""

    dpia: bool | None
    dpia_because: list[str]
    exempt: list[str]
    dpo: bool | None
    dpo_because: list[str]
    minors_ok: bool | None
    unanswered: list[str]

    @property
    def settled(self) -> bool:
        """Return whether every question that counts has an answer."""
        return not self.unanswered


@cache
def questions() -> dict[str, Question]:
    """Return id -> question."""
    return load_model(data_dir("catalog") / "screening.yaml", Questions).questions


def verdict(answers: dict[str, bool]) -> Verdict:
    """Given id -> answer, return what follows. Only the list of exempt operations may stay unanswered."""
    ids = {kind: [name for name, each in questions().items() if each.kind == kind] for kind in Kind.__args__}  # type: ignore[attr-defined]
    yes = {kind: [name for name in names if answers.get(name)] for kind, names in ids.items()}
    open_ = {kind: [name for name in names if name not in answers] for kind, names in ids.items()}
    because = yes["operations"] + (yes["criteria"] if len(yes["criteria"]) >= ENOUGH else [])
    return Verdict(
        dpia=True if because else None if open_["criteria"] or open_["operations"] else False,
        dpia_because=because, exempt=yes["exempt"],
        dpo=True if yes["dpo"] else None if open_["dpo"] else False, dpo_because=yes["dpo"],
        minors_ok=_minors(answers),
        unanswered=[name for kind in ("criteria", "operations", "dpo", "minors") for name in open_[kind]],
    )  # fmt: skip


def _minors(answers: dict[str, bool]) -> bool | None:
    under, parents = answers.get("minors_under15"), answers.get("minors_parents")
    return True if under is False else None if under is None or parents is None else parents


def answered(screening: Screening) -> dict[str, bool]:
    """Return the answers that gdpr.yaml holds, without those to questions that no longer exist."""
    found = {**screening.dpia, **screening.dpo, **screening.minors}
    return {name: value for name, value in found.items() if name in questions()}


def as_stored(answers: dict[str, bool], day: str, by: str, done: str) -> dict[str, object]:
    """Return the block `screening` of gdpr.yaml."""
    kinds = {"dpo": "dpo", "minors": "minors"}
    blocks: dict[str, dict[str, bool]] = {"dpia": {}, "dpo": {}, "minors": {}}
    for name, question in questions().items():
        if name in answers:
            blocks[kinds.get(question.kind, "dpia")][name] = answers[name]
    return {"answered": day, "by": by, **blocks, "dpia_done": done}


def suggested(stack: Stack, answers: Protection) -> dict[str, bool]:
    """Return id -> what the stack and gdpr.yaml make likely. A person must still say so."""
    found: dict[str, bool] = {}
    if stack.security.data in ("sensitive", "health") or any(each.sensitive for each in answers.services.values()):
        found["sensitive"] = True
    if stack.security.data == "health":
        found["vulnerable"] = True
    if answers.minors is not None:
        found["minors_under15"] = answers.minors.concerned
        if answers.minors.concerned:
            found["vulnerable"] = True
            found["minors_parents"] = bool(answers.minors.consent)
    return found
