"""gdpr.yaml, beside stack.yaml: what only the association can say about the people whose data it holds."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from provisioner.i18n import _
from provisioner.models.base import Model, Slug
from provisioner.models.gdpr import Key, LegalBasis, PeriodText

Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{0,300}$")]
Filled = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]{1,300}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s\"'{}\\]+@[^@\s\"'{}\\]+$")]


class Person(Model):
    """Somebody named in a document."""

    name: Filled
    role: Line = ""
    email: Email | None = None
    phone: Line = ""


class Controller(Model):
    """Who answers for the data (art. 4(7)): the association as its articles name it."""

    name: Filled = Field(description="Legal name.")
    address: Filled = Field(description="Seat, on one line.")
    number: Line = Field(default="", description="RNA (W...) or SIREN number.")
    phone: Line = ""
    representative: Person = Field(description="Legal representative: usually the president.")


class Officer(Model):
    """Data protection officer, or the person to ask when there is none."""

    kind: Literal["none", "internal", "external"] = Field(default="none", description="none: a contact, no DPO.")
    name: Filled
    email: Email
    phone: Line = ""


class Processor(Model):
    """A body that processes data on the association's behalf (art. 28): host, mail relay, place of copies..."""

    name: Filled
    role: Literal["host", "backup", "mail", "dns", "maintenance", "payment", "other"]
    for_: Line = Field(default="", alias="for", description="What it does, where the role does not say.")
    country: Country = Field(description="Where the data is: FR, DE, US.")
    contract: date | None = Field(default=None, description="Day of the contract of art. 28; without it: missing.")
    hds: bool = Field(default=False, description="Certified host of health data (France).")
    safeguard: Literal["", "scc", "bcr", "derogation"] = Field(
        default="", description="Outside the EEA and without an adequacy decision: what allows the transfer."
    )
    document: Line = Field(default="", description="Where contract and safeguard are kept.")
    address: Line = Field(default="", description="Of the host: stands in the legal notice.")
    phone: Line = Field(default="", description="Of the host: stands in the legal notice.")
    places: list[Filled] = Field(
        default=[], description="Names in stack.yaml that are this body's: destination of copies, mail relay."
    )


class OwnActivity(Model):
    """A processing the catalog does not know: on paper, in another program, in a service. It has a sheet as well."""

    name: Filled
    purpose: Filled
    legal_basis: LegalBasis
    interest: Line = Field(default="", description="The interest pursued, with legitimate-interest (art. 13(1)(d)).")
    subjects: list[Key] = Field(min_length=1)
    data: list[Key] = Field(min_length=1)
    period: Key
    recipients: list[Filled] = []
    tool: Line = Field(default="", description="Program or paper; a service of the stack by its name or title.")
    source: Line = Field(default="", description="Where the data comes from; empty: the people themselves.")
    measures: list[Filled] = Field(default=[], description="How it is protected; the record needs at least one.")


class About(Model):
    """What the association says of one service, beside what the catalog knows."""

    note: Line = Field(default="", description="Stands on its sheet.")
    legal_basis: dict[int, LegalBasis] = Field(
        default={}, description="Number of the activity (1 is the first) -> another basis than the catalog's."
    )
    interest: dict[int, Filled] = Field(
        default={}, description="Number of the activity -> the interest pursued, with legitimate-interest."
    )
    recipients: list[Filled] = Field(default=[], description="Who gets data, beside members in charge and processors.")
    sensitive: list[Key] = Field(default=[], description="Sensitive categories people put in, of catalog/gdpr.yaml.")


class Minors(Model):
    """Whether people under 15 use the services, and how a parent consents (art. 45 of the French law)."""

    concerned: bool
    consent: Line = Field(default="", description="How the consent of a parent is asked and kept.")


class Screening(Model):
    """Answers to the questions of catalog/screening.yaml: id -> yes or no. What is not answered is not settled."""

    answered: date | None = None
    by: Line = ""
    dpia: dict[Key, bool] = {}
    dpo: dict[Key, bool] = {}
    minors: dict[Key, bool] = {}
    dpia_done: date | None = Field(default=None, description="Day of the assessment, where one is needed.")


class Seen(Model):
    """What a person looked at because no program can: it counts for a year in `gdpr check`."""

    day: date
    by: Filled = Field(description="The role of who looked: 'secretary'.")
    what: Filled = Field(description="What was found, in one sentence.")


class Protection(Model):
    """The whole file."""

    gdpr: Literal["1.0"] = Field(description="Version of this format.")
    created: date
    updated: date
    role: Literal["controller", "processor"] = Field(
        default="controller", description="processor: this body runs the stacks of other associations."
    )
    controller: Controller
    joint: list[Person] = Field(default=[], description="Joint controllers (art. 26), with their contact.")
    officer: Officer
    transfers: Literal["forbidden", "allowed"] = Field(default="forbidden", description="Out of the EEA.")
    own_host: bool = Field(default=False, description="The host stands on the association's own premises.")
    public_content: bool = Field(
        default=False, description="The public may publish here (LCEN): connection data stay a year."
    )
    processors: list[Processor] = []
    own_places: list[Filled] = Field(
        default=[], description="Names in stack.yaml that are the association's own: mail relay, destination of copies."
    )
    retention: dict[Key, PeriodText] = Field(default={}, description="Key -> another duration than the default.")
    services: dict[Slug, About] = {}
    own: list[OwnActivity] = []
    minors: Minors | None = None
    seen: dict[Key, Seen] = Field(default={}, description="Row of `gdpr check` -> what a person looked at.")
    screening: Screening = Screening()

    @model_validator(mode="after")
    def _has_a_host(self) -> "Protection":
        if not self.own_host and not any(each.role == "host" for each in self.processors):
            raise ValueError(_("processors must name the host, or own_host be true"))
        return self
