"""The dossier of a person (art. 15 and 20) as data: index.json, and what the index pages are made of."""

from datetime import date
from typing import Literal

from provisioner.models.base import Model, Text
from provisioner.models.register import Section, Sheet


class DossierFile(Model):
    """One file, by its path inside the dossier."""

    path: str
    size: int
    sha256: str


class Place(Model):
    """How often the names stand in a dump or a volume. Paths are left out: they may name other people."""

    place: str
    count: int


class Part(Model):
    """What one service has."""

    instance: str
    service: str
    title: Text
    searched: date
    result: Literal["files", "nothing", "by-hand"]
    subjects: list[str] = []
    places: list[Place] = []
    files: list[DossierFile] = []
    manual: list[Text] = []
    sheets: list[Sheet] = []


class NotSearched(Model):
    """A service that gave no answer."""

    instance: str
    why: str


class Dossier(Model):
    """The whole dossier."""

    dossier: Literal["1.0"] = "1.0"
    case: str
    association: str
    person: str
    names: list[str]
    received: date
    due: date
    made: date
    answers: bool
    parts: list[Part]
    missing: list[NotSearched]
    manual: list[Text]
    controller: list[Section]
    others: list[Sheet]
