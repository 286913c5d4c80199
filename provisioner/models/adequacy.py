"""catalog/adequacy.yaml: the European Economic Area, and the countries held adequate (art. 45)."""

import datetime

from pydantic import Field

from provisioner.models.base import Model, Text
from provisioner.models.protection import Country


class Decision(Model):
    """A decision of the Commission that a country protects data well enough."""

    decision: str = Field(min_length=5, description="Its number.")
    date: datetime.date
    until: datetime.date | None = Field(default=None, description="Its last day, where it has one.")
    only: Text | None = Field(default=None, description="For whom alone it holds there; the proof is needed then.")


class Adequacy(Model):
    """The whole file."""

    version: str
    dated: datetime.date = Field(description="Day of this list.")
    checked: bool = Field(description="Whether somebody compared it with the Commission's own list on that day.")
    source: str
    eea: list[Country] = Field(min_length=30, max_length=30)
    regions: list[Country] = Field(description="Parts of those states with a code of their own.")
    adequate: dict[Country, Decision]
