"""The questions of the interview as data: what is asked, how an answer reads, where it goes, what is assumed."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from provisioner.i18n import _
from provisioner.models.base import Model, Text

Each = Literal["family", "group", "large_group", "mode", "exception", "tool"]
Kind = Literal["number", "choice", "choices", "yes_no", "text", "shares", "tools"]
Source = Literal["needs_of_family", "needs", "grouped_needs", "audiences"]


class Choice(Model):
    """One of several answers; `help` says more about it where somebody asks."""

    value: str
    label: Text
    help: Text | None = None


class Condition(Model):
    """Ask only when an earlier part has one of these answers (for a number: at least `least`)."""

    part: str
    values: list[str | bool] = []
    least: int | None = None


class Part(Model):
    """One thing to ask; with `each`, once for each family, group, mode of needs, need with an audience of its own
    ("exception") or tool ({each} stands in texts and pointer).

    blank: what an empty line means: nothing chosen, or "I don't know" (then `default` is taken and noted as assumed).
    factor: what an entered number is multiplied by (GB -> MB). optional: an unknown answer leaves the field out.
    """

    id: str = Field(pattern=r"^[a-z_]+$")
    kind: Kind
    ask: Text
    example: Text
    help: Text
    pointer: str = ""
    each: Each | None = None
    when: Condition | None = None
    choices: list[Choice] = []
    source: Source | None = None
    at_least: int = 0
    at_most: int | None = None
    minimum: float = 0
    maximum: float = 5_000_000
    whole: bool = True
    factor: int = 1
    form: Literal["slug", "label"] | None = None
    blank: Literal["unknown", "none"] = "unknown"
    default: Any = None
    optional: bool = False

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind in ("choice", "choices") and bool(self.choices) == bool(self.source):
            raise ValueError(_("a choice needs either choices or a source"))
        if (self.kind == "text") != (self.form is not None):
            raise ValueError(_("a text needs a form, and nothing else has one"))
        return self


class Question(Model):
    """One question of the interview, in one or more parts."""

    id: str = Field(pattern=r"^[a-z_]+$")
    title: Text
    parts: list[Part] = Field(min_length=1)


class Interview(Model):
    """All questions in their order, and names for the groups of people."""

    version: str
    groups: dict[str, Text]
    questions: list[Question]


class Answers(Model):
    """The answers so far, by part (`part` or `part/each`); null stands for "I don't know"."""

    interview: str
    profile_date: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    answers: dict[str, Any] = {}
