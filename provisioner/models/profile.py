"""The needs profile 1.0: one association's diagnostic. Usages, people and limits; products are named only as tools."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

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
    """Return the version we read; raise an error with the way out for any other."""
    if value == VERSION and isinstance(value, str):
        return value
    found = value if isinstance(value, str | int | float) else type(value).__name__
    found = str(found).lower() if isinstance(value, bool) else found
    if is_newer(value):
        text = _("version {found} is newer than this program: update the tool").format(found=found)
    else:
        text = _('must be the text "1.0" in quotes (found {found})').format(found=str(found)[:40])
    raise PydanticCustomError("version", text.replace("{", "(").replace("}", ")"))


def is_newer(value: Any) -> bool:
    """Return whether a value of `needs_profile` is a version that only a later program reads."""
    parts = re.fullmatch(r"([1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})", value) if isinstance(value, str) else None
    return parts is not None and tuple(map(int, parts.groups())) > tuple(map(int, VERSION.split(".")))


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
        kept = {key: value for key, value in data.items() if not EXTENSION.match(str(key))}
        return {key: value if key == "needs_profile" else _whole(value) for key, value in kept.items()}


def _whole(value: Any) -> Any:
    """Return data with 2.0 turned into 2: for JSON Schema both are the same whole number."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list) else value
