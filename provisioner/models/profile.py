"""The needs profile 1.0: one association's diagnostic. Usages, people and limits; products are named only as tools."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from provisioner.i18n import _
from provisioner.models.profile_base import Audience, Block, Need, Optional, Priority, Unique
from provisioner.models.profile_means import (
    Accessibility,
    Backups,
    Budget,
    Connectivity,
    DataProtection,
    DomainEmail,
    Federation,
    Hosting,
    Limits,
    Security,
)  # fmt: skip
from provisioner.models.profile_people import About, ExistingTool, Maturity, Organisation, People, Referents

VERSION = "1.0"
EXTENSION = re.compile(r"^x-[a-z0-9-]{1,40}$")


class NeedWish(Block):
    """One usage people want, for whom, and how sensitive the data in it is."""

    id: Need
    priority: Priority
    audience: Unique[Audience] = Field(min_length=1)
    data: Literal["public", "internal", "personal", "sensitive", "health"] = "personal"
    frequency: Literal["daily", "weekly", "monthly", "yearly"] = "weekly"
    note: str = Field(default="", max_length=200)


def _version(value: Any) -> Any:
    """Return the version we read; raise ValueError with the way out for any other."""
    newer = re.fullmatch(r"1\.[0-9]+", value) if isinstance(value, str) else None
    if newer and value != VERSION:
        raise ValueError(_("version {found} is newer than this program: update the tool").format(found=value))
    if value != VERSION or not isinstance(value, str):
        raise ValueError(_('must be the text "1.0" in quotes (found {found})').format(found=value))
    return value


class Profile(Block):
    """The needs profile of one association. Keys that begin with x- are kept in the file and ignored."""

    needs_profile: Annotated[Literal["1.0"], BeforeValidator(_version)]
    profile: About
    organisation: Organisation
    people: People
    maturity: Maturity
    referents: Referents
    existing_tools: list[ExistingTool] = []
    needs: list[NeedWish] = Field(min_length=1, max_length=60)
    connectivity: Connectivity
    hosting: Hosting
    budget: Budget
    data_protection: DataProtection
    accessibility: Accessibility = Accessibility()
    domain_email: DomainEmail = DomainEmail()
    backups: Backups = Backups()
    security: Security = Security()
    limits: Limits = Limits()
    federation: Optional[Federation] = None

    @model_validator(mode="before")
    @classmethod
    def _without_extensions(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if not EXTENSION.match(str(key))}
