"""How a row comes to its verdict: what is wrong, what nobody knows, what a person must look at, what speaks for it."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

from provisioner.gdpr.facts import Facts
from provisioner.load import load_model
from provisioner.models.base import Model, Text
from provisioner.models.requirements import Requirement, Requirements, Row
from provisioner.paths import data_dir
from provisioner.sentences import filled

SEEN_DAYS = 366
INIT = "provisioner gdpr init"


class Words(Model):
    """templates/documents/gdpr_check.yaml."""

    version: str
    verdicts: dict[str, Text]
    page: dict[str, Text]
    facts: dict[str, Text]


@cache
def words() -> Words:
    """Return the words of the check."""
    return load_model(data_dir("templates") / "documents" / "gdpr_check.yaml", Words)


@cache
def requirements() -> dict[str, Requirement]:
    """Return catalog/requirements.yaml by id, in its order."""
    found = load_model(data_dir("catalog") / "requirements.yaml", Requirements)
    return {each.id: each for each in found.requirements}


def fact(key: str, /, **values: object) -> Text:
    """Return a sentence about a fact."""
    told = {name: value if isinstance(value, Text) else str(value) for name, value in values.items()}
    return filled(words().facts[key], **told)


@dataclass
class Told:
    """The facts of one row."""

    wrong: list[Text] = field(default_factory=list)
    unknown: list[Text] = field(default_factory=list)
    good: list[Text] = field(default_factory=list)
    look: bool = False
    applies: bool = True

    def bad(self, key: str, /, **values: object) -> None:
        """Note what is missing."""
        self.wrong.append(fact(key, **values))

    def unsure(self, key: str, /, **values: object) -> None:
        """Note what could not be found out."""
        self.unknown.append(fact(key, **values))

    def well(self, key: str, /, **values: object) -> None:
        """Note what speaks for the row."""
        self.good.append(fact(key, **values))

    def without(self, key: str, /, **values: object) -> "Told":
        """Say why the row does not apply here."""
        self.applies = False
        self.well(key, **values)
        return self


def row_of(requirement: Requirement, told: Told, facts: Facts) -> Row:
    """Return the verdict on a row. What a person must look at counts for a year once gdpr.yaml says who did."""
    if not told.applies:
        return Row(id=requirement.id, verdict="na", evidence=told.good)
    unknown, good = list(told.unknown), list(told.good)
    if told.look:
        seen = facts.protection.seen.get(requirement.id) if facts.protection else None
        if seen and timedelta(0) <= facts.today - seen.day <= timedelta(days=SEEN_DAYS):
            good.append(fact("seen", by=seen.by, day=seen.day, what=seen.what))
        else:
            unknown.append(requirement.look or fact("look"))
            if seen:
                unknown.append(fact("seen_old", day=seen.day))
    if told.wrong:
        step = requirement.command if facts.protection or fact("no_file") not in told.wrong else INIT
        return Row(id=requirement.id, verdict="missing", evidence=[*told.wrong, *unknown], next=step)
    if unknown or not good:
        evidence = [*good, *unknown] or [fact("nothing")]
        return Row(id=requirement.id, verdict="unknown", evidence=evidence, next=requirement.command)
    return Row(id=requirement.id, verdict="ok", evidence=good)
