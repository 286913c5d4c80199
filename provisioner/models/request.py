"""case.json: one request of a person, from the day it came to the answer (gdpr/requests/<case>/case.json)."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from provisioner.models.base import Model

Kind = Literal["access", "portability", "rectification", "erasure", "restriction", "objection"]


class Extension(Model):
    """The time was made longer: the day that was decided, and why."""

    day: date
    why: str


class Note(Model):
    """A line a person wrote into the case."""

    day: date
    text: str


class Closing(Model):
    """The day of the answer, and what it was."""

    day: date
    answer: str


class Searched(Model):
    """One instance of a service in a case: what was found there, what was done."""

    service: str
    host: str = ""
    adapter: bool = False
    subjects: list[str] = []
    traces: list[dict[str, Any]] = []
    found: datetime | None = None
    exported: datetime | None = None
    begun: datetime | None = Field(default=None, description="The erasure was asked for; perhaps it did not end.")
    erased: datetime | None = Field(default=None, description="The erasure ended.")
    left: list[dict[str, Any]] = []
    error: str = Field(default="", description="Why it was not searched, or what failed.")


class Request(Model):
    """The whole file. `due` is the day in force; a closed erasure has keyed hashes instead of names."""

    case: Literal["1.0"] = "1.0"
    id: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}-\d{2,}$")
    kind: Kind
    person: str
    names: list[str] = []
    received: date
    due: date
    extended: Extension | None = None
    identity: str = Field(default="", description="How it was checked that the person is who they say.")
    services: dict[str, Searched] = {}
    notes: list[Note] = []
    closed: Closing | None = None
    hashed: bool = False
