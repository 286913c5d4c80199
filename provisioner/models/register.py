"""The record of processing activities (art. 30) as data: what HTML, ODS and JSON are made of."""

from typing import Literal

from pydantic import Field

from provisioner.models.base import Model, Text
from provisioner.models.gdpr import LegalBasis


class Row(Model):
    """One field of a sheet: never without a value; what is truly none says so in words."""

    key: str
    label: Text
    values: list[Text] = Field(min_length=1)


class KeptRow(Model):
    """How long some categories of data stay, and what makes them go."""

    data: list[str] = Field(min_length=1, description="Ids of `data` in catalog/gdpr.yaml.")
    names: Text
    long: Text = Field(description="How long, and from when.")
    goes: Text = Field(description="What makes it go.")
    key: str = Field(default="", description="Key of the retention map, where one holds.")
    period: str = Field(default="", description="The period in force: '12 months'.")
    days: int | None = Field(default=None, description="The days after which it is deleted.")


class Section(Model):
    """Fields that belong together under one heading."""

    key: str
    title: Text
    rows: list[Row]


class Sheet(Model):
    """One processing activity."""

    number: int
    reference: str = Field(description="Stays the same as long as service and order do.")
    kind: Literal["service", "own", "platform", "served"]
    service: str = ""
    title: Text
    legal_basis: LegalBasis | None = None
    people: list[str] = []
    data: list[str] = []
    rights: list[str] = []
    sections: list[Section] = Field(min_length=1)
    kept: list[KeptRow] = []

    def value(self, key: str) -> list[Text]:
        """Return the values of a field. Raise KeyError where there is no such field."""
        for section in self.sections:
            for row in section.rows:
                if row.key == key:
                    return row.values
        raise KeyError(key)


class Record(Model):
    """The whole record of one body. kind: controller is art. 30(1), processor art. 30(2)."""

    kind: Literal["controller", "processor"]
    association: str
    title: Text
    lead: Text
    created: str
    updated: str
    first: list[Section] = Field(description="The first page, before the list of activities.")
    sheets: list[Sheet] = Field(min_length=1)
    foot: Text
