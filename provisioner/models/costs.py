"""What a plan costs and what today costs, from a dated price file; and whether a federation's instances fit."""

from typing import Literal

from pydantic import Field

from provisioner.models.base import Model, Text


class CostLine(Model):
    """One thing to pay."""

    kind: Literal["hosting", "domain", "backup", "mail", "tool", "energy"]
    label: Text
    monthly_eur: float = 0
    one_off_eur: float = 0
    funding: Literal["running", "investment"] = "running"
    counted: bool = Field(default=True, description="False for what is only shown: what others pay, and electricity.")
    how: str = Field(default="", description="The computation in cents (ct), where the price is not simply listed.")
    source: Text = Field(description="Where the price comes from, with its date.")
    estimate: bool = False


class Costs(Model):
    """All lines of the plan and of today, euros with taxes."""

    lines: list[CostLine] = []
    today: list[CostLine] = []
    monthly_eur: float = 0
    one_off_eur: float = 0
    today_monthly_eur: float = 0


class Wave(Model):
    """One wave of a federation's roll-out: how many instances of it fit."""

    wave: int
    instances: int
    fit: int


class Fleet(Model):
    """Capacity of the federation's host for its members' instances, beside its own services."""

    base: list[str]
    memory_mb_each: int
    free_memory_mb: int
    instances_planned: int
    instances_fit: int
    waves: list[Wave] = []
    sentence: Text
