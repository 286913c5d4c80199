"""The block `gdpr` of service.yaml: what is processed, how long it stays and why it goes, how one person is served."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from provisioner.i18n import _
from provisioner.models.base import Model, Text
from provisioner.models.secret import Command
from provisioner.models.step import ProbeStep

LegalBasis = Literal["consent", "contract", "legal-obligation", "vital-interests", "public-task", "legitimate-interest"]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,40}$")]
PERIOD = r"^[1-9][0-9]{0,3} (days?|months?|years?)$"
PeriodText = Annotated[str, StringConstraints(pattern=PERIOD)]


class Kept(Model):
    """How long some of the data stays, and what makes it go. Exactly one of period, fixed and until says how long."""

    data: list[Key] = Field(min_length=1, description="Ids of catalog/gdpr.yaml, as in the activity's `data`.")
    period: Key | None = Field(default=None, description="A key of the association's retention map.")
    fixed: PeriodText | None = Field(default=None, description="The application's own, not to be changed: '14 days'.")
    until: Text | None = Field(default=None, description="An event instead of a time: 'until the page is deleted'.")
    by: Literal["setting", "purge", "application", "account", "hand"] = Field(
        description="setting: the application, by a setting bound to the map. purge: our purge of that key, every day. "
        "application: it does so by itself. account: with the person's account. hand: a person deletes it."
    )

    @model_validator(mode="after")
    def _says_how_long_once(self) -> "Kept":
        if sum(way is not None for way in (self.period, self.fixed, self.until)) != 1:
            raise ValueError(_("one of: period, fixed, until"))
        if self.by in ("setting", "purge") and not self.period:
            raise ValueError(_("what goes by a setting or a purge has a period of the retention map"))
        return self


class Activity(Model):
    """One processing activity of the Art. 30 record."""

    purpose: Text
    legal_basis: LegalBasis
    interest: Text | None = Field(default=None, description="The interest pursued, with legitimate-interest.")
    subjects: list[Key] = Field(min_length=1, description="Ids of `people` in catalog/gdpr.yaml.")
    data: list[Key] = Field(min_length=1, description="Ids of `data` in catalog/gdpr.yaml.")
    kept: list[Kept] = Field(min_length=1, description="For every category of data once: how long it stays.")

    @model_validator(mode="after")
    def _keeps_each_category_once(self) -> "Activity":
        told = [name for each in self.kept for name in each.data]
        if sorted(told) != sorted(self.data):
            missing, twice = set(self.data) - set(told), {name for name in told if told.count(name) > 1}
            names = ", ".join(sorted(missing | twice | (set(told) - set(self.data))))
            raise ValueError(_("kept must name every category of data once: {names}").format(names=names))
        return self


class Purge(Model):
    """How data of a key of the retention map is found and deleted once it is too old. {days} is filled in."""

    run: list[Command] = Field(min_length=1, description="Deletes what is older than {days}; may be repeated.")
    aged: Command = Field(description="Prints how many are older than {days}: 0 after the purge.")
    seed: list[Command] = Field(
        default=[], description="For the proof alone: puts in one thing named {marker} that is {days_old} days old."
    )
    there: Command | None = Field(
        default=None, description="For the proof alone: prints what bears {marker}, or nothing."
    )

    @model_validator(mode="after")
    def _can_be_proved(self) -> "Purge":
        if bool(self.seed) != (self.there is not None):
            raise ValueError(_("seed and there go together"))
        return self


class Stays(Model):
    """What stays after an erasure, because a law says so or because it is the text of others."""

    what: Text
    why: Text
    until: Key | None = Field(default=None, description="The key of the retention map that ends it, if one does.")
    places: list[str] = Field(
        default=[], description="Where the full-text search may still find the person, as patterns: 'dump db'."
    )


class Gdpr(Model):
    """Data protection of a service."""

    activities: list[Activity] = Field(min_length=1)
    logs: Literal["none", "ip-address", "account"] = Field(description="What its own log says of people.")
    outgoing: list[str] = Field(default=[], description="Hosts the application calls by itself; should be empty.")
    subjects: Command | None = Field(default=None, description="Prints, a line each, every {subject} that erase takes.")
    export: list[Command] = Field(default=[], description="Prints all it has of {subject}; one file each.")
    erase: list[Command] = Field(default=[], description="Erases {subject}; may be repeated.")
    restart: list[str] = Field(
        default=[],
        description="Containers that keep in memory what erase takes away: restarted after it, then erase runs again.",
    )
    seed: list[ProbeStep] = Field(
        default=[],
        description="Puts {person.name}, {person.email}, {person.user} and {person.text} in, as people do: for proofs.",
    )
    shown: list[ProbeStep] = Field(
        default=[], description="For the proof alone: shows a person of `seed` to others; after an erasure no more."
    )
    leave: list[Command] = Field(
        default=[], description="{subject} can no longer sign in, sessions and keys end; what they wrote stays."
    )
    stays: list[Stays] = Field(default=[], description="What an erasure leaves, each with its reason.")
    manual: list[Text] = Field(default=[], description="What a person must do by hand for a request.")
    purges: dict[Key, Purge] = Field(default={}, description="Key of the retention map -> how old data goes.")
