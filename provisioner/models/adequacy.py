"""catalog/adequacy.yaml: the countries to which personal data may go without more."""

from datetime import date

from pydantic import Field

from provisioner.models.base import Model
from provisioner.models.protection import Country


class Decision(Model):
    """A decision of the Commission that a country protects enough (art. 45)."""

    since: date
    note: str = Field(default="", description="What it is limited to.")


class Adequacy(Model):
    """The whole file."""

    read: date = Field(description="The day somebody last compared it with the Commission's list.")
    to_check: bool = Field(description="True while it is from general knowledge.")
    eea: list[Country] = Field(min_length=27)
    adequacy: dict[Country, Decision]

    def outside(self, country: str) -> bool:
        """Tell whether a country lies outside the European Economic Area."""
        return country not in self.eea

    def allows(self, country: str) -> bool:
        """Tell whether data may go to a country without a safeguard."""
        return country in self.eea or country in self.adequacy
