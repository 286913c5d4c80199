"""The figures behind a proposal: terms of the score, counterfactuals, levers, the curve of tools. All recomputable."""

from typing import Literal

from pydantic import Field

from provisioner.models.base import Model, Text


class Term(Model):
    """One line of the score; the points of all terms add up to it."""

    kind: Literal["value", "tools", "admin", "training", "memory", "switching", "single_sign_on", "outside_eea"]
    label: Text
    need: str = ""
    component: str = ""
    points: float = Field(description="Positive for value, negative for a cost.")
    how: str = Field(description="The computation with its numbers, as one would write it on paper.")


class Outcome(Model):
    """Another choice, in short."""

    components: list[str]
    titles: list[Text]
    score: float
    coverage_index: int
    verdict: str = ""


class Loss(Model):
    """What is lost without a component: the best choice that may not have it."""

    score: float | None = Field(default=None, description="Score of the best choice without it; absent: there is none.")
    points: float | None = Field(default=None, description="By how much that is less; below 0 for what is mandated.")
    components: list[str] = Field(default=[], description="The best choice without it.")
    needs: list[str] = Field(default=[], description="Needs covered now, but not then.")
    labels: list[Text] = []


class Alternative(Model):
    """The best choice with another component in the place of a chosen one."""

    component: str
    title: Text
    score: float


class Lever(Model):
    """What one limit less would change."""

    lever: Literal["memory", "admin_hours", "tool", "training", "budget", "disk"]
    label: Text = Field(description="What is changed, in words with numbers.")
    score: float
    gain: float
    coverage_index: int
    components: list[str] = Field(default=[], description="The best choice then.")
    note: Text | None = Field(default=None, description="What binds next, or what it costs.")
    gained: list[str] = Field(default=[], description="Needs covered then, but not now.")
    labels: list[Text] = []


class Step(Model):
    """The best coverage with at most so many tools."""

    tools: int
    components: list[str]
    titles: list[Text]
    added: list[Text] = Field(default=[], description="What this step has that the one before has not.")
    value: float = Field(description="Points of usable coverage, before costs.")
    score: float
    coverage_index: int
