"""catalog/requirements.yaml: what the law asks of an association that runs services, row by row."""

from typing import Literal

from pydantic import Field

from provisioner.models.base import Model, Text
from provisioner.models.gdpr import Key

Verdict = Literal["ok", "missing", "na", "unknown"]


class Requirement(Model):
    """One row of the check."""

    id: Key
    article: str = Field(min_length=2)
    title: Text
    board: Text = Field(description="What it means, for the board.")
    admin: Text = Field(description="What whoever runs the host does.")
    look: Text | None = Field(default=None, description="What a person looks at, where no program can tell.")
    command: str = Field(default="", description="The next step.")


class Requirements(Model):
    """The whole file, in the order of the rows."""

    read: str = Field(description="The day it was last compared with its sources.")
    requirements: list[Requirement] = Field(min_length=25, max_length=25)


class Row(Model):
    """The verdict on one requirement, with the facts it rests on."""

    id: Key
    verdict: Verdict
    evidence: list[Text] = Field(min_length=1)
    next: str = Field(default="", description="A command; empty where nothing is to be done.")
