"""A breach of personal data as the register keeps it (art. 33(5)), and the evidence that was sealed for it."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from provisioner.models.base import Model, Slug

Said = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]{1,4000}$")]
Kind = Literal["confidentiality", "integrity", "availability"]
Risk = Literal["unknown", "none", "risk", "high"]
Stage = Literal["whole", "initial", "complement"]
Identifier = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}-[0-9]{2}$")]


class Noted(Model):
    """One line of the timeline."""

    time: AwareDatetime
    by: str
    text: Said


class Notified(Model):
    """Who was told of the breach, and when."""

    time: AwareDatetime
    whom: Literal["authority", "people"]
    stage: Stage = "whole"
    reference: str = Field(default="", description="The authority's number, or how people were told.")


class Evidence(Model):
    """One sealed file of evidence: who took it, when, of which window, and what it must hash to."""

    file: str
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    taken: AwareDatetime
    by: str
    since: AwareDatetime
    until: AwareDatetime
    host: str
    signed: Literal["yes", "no", "wrong", "unread"] = Field(description="unread: no identity here opens it.")
    manifest: str = Field(default="", description="SHA-256 of the host's manifest inside.")
    missing: dict[str, str] = Field(default={}, description="Piece -> why it could not be had.")


class Ended(Model):
    """How a breach was closed."""

    time: AwareDatetime
    by: str
    outcome: Said
    not_notified: str = Field(default="", description="Why the authority was not told.")
    late: str = Field(default="", description="Why it was told after 72 hours (art. 33(1)).")


class Breach(Model):
    """One breach: every one is kept here, whether it is notified or not."""

    breach: Literal["1.0"] = "1.0"
    id: Identifier
    association: Slug
    opened: AwareDatetime
    opened_by: str
    aware: AwareDatetime = Field(description="When the association became aware: the 72 hours begin.")
    began: AwareDatetime | None = Field(default=None, description="When it began, as far as known.")
    ended: AwareDatetime | None = Field(default=None, description="When it ended, as far as known.")
    kinds: list[Kind] = []
    what: Said
    cause: str = ""
    services: list[Slug] = []
    people: int | None = Field(default=None, ge=0, description="How many people, about.")
    records: int | None = Field(default=None, ge=0, description="How many records, about.")
    counts: dict[str, dict[str, int]] = Field(default={}, description="What the host counted: service -> what -> n.")
    risk: Risk = "unknown"
    reason: str = Field(default="", description="Why the risk is judged so.")
    measures: list[Said] = Field(default=[], description="What was done about it.")
    answers: dict[str, Said] = Field(default={}, description="Key of the form's field -> what a person answers.")
    people_why: str = Field(default="", description="Why people were or were not told.")
    notified: list[Notified] = []
    evidence: list[Evidence] = []
    trouble: str = Field(default="", description="What could not be collected at the last try.")
    timeline: list[Noted] = []
    closed: Ended | None = None
