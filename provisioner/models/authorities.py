"""gdpr/authorities.yaml, kept by hand or by `gdpr transparency --request`: what authorities asked for."""

from datetime import date
from typing import Literal

from pydantic import Field, field_validator

from provisioner.i18n import _
from provisioner.models.base import Model
from provisioner.models.protection import Filled


class AuthorityRequest(Model):
    """One request of an authority: what is published of it. Nobody's name or address belongs here."""

    day: date
    who: Filled = Field(description="The authority: 'court of Nantes', 'police'.")
    what: Filled = Field(description="What was asked for, without names: 'connection data of one account'.")
    answer: Filled = Field(description="What was answered: 'given', 'refused: no legal ground'.")

    @field_validator("who", "what", "answer")
    @classmethod
    def _names_nobody(cls, value: str) -> str:
        if "@" in value:
            raise ValueError(_("this is published: no address of a person belongs here"))
        return value


class Authorities(Model):
    """The whole file. An empty list says that there was none; no file says nothing."""

    authorities: Literal["1.0"] = "1.0"
    requests: list[AuthorityRequest] = []
