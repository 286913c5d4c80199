"""catalog/chatons.yaml: what the charter of CHATONS asks of a host, and where its own papers show it."""

from typing import Literal

from pydantic import Field

from provisioner.models.base import Model, Text
from provisioner.models.gdpr import Key

Part = Literal["services", "figures", "place", "backups", "durations", "incidents", "authorities", "people", "hand"]


class Criterion(Model):
    """One criterion."""

    id: Key
    text: Text
    shown: Part = Field(description="The part of the pack that shows it; hand: the host says it on its own pages.")


class Chatons(Model):
    """The whole file."""

    read: str
    to_check: bool = Field(description="True while it is from general knowledge.")
    source: str
    criteria: list[Criterion]
