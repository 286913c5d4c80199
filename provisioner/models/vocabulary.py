"""catalog/gdpr.yaml: the words and durations that data protection of all services is written in."""

from typing import Literal

from pydantic import Field

from provisioner.models.base import Model, Text
from provisioner.models.gdpr import Key, LegalBasis, PeriodText

Right = Literal["access", "rectification", "erasure", "restriction", "portability", "objection", "withdrawal"]


class Category(Model):
    """A category of people or of data, as the record names it."""

    label: Text
    sensitive: bool = Field(default=False, description="Art. 9: health, opinions, beliefs, union, life, origin.")


class Duration(Model):
    """One key of the retention map: from when it counts, the default, and within which bounds it may be chosen."""

    label: Text = Field(description="What it is about.")
    starts: Text = Field(description="From when it counts: 'from the end of membership'.")
    default: PeriodText
    least: PeriodText | None = Field(default=None, description="A law wants at least this; counted at its longest.")
    most: PeriodText | None = Field(default=None, description="Nothing may stay longer; counted at its shortest.")
    strength: Literal["law", "cnil", "custom", "ours"] = Field(description="Where the default comes from.")
    source: Text = Field(description="The text it comes from.")


class Basis(Model):
    """A legal basis and the rights that follow from it (CNIL, guide for developers, sheet 15)."""

    label: Text
    article: str = Field(pattern=r"^6\(1\)\([a-f]\)$")
    rights: list[Right] = Field(min_length=1)


class Vocabulary(Model):
    """The whole file."""

    people: dict[Key, Category]
    data: dict[Key, Category]
    retention: dict[Key, Duration]
    bases: dict[LegalBasis, Basis]
    rights: dict[Right, Text]
