"""The words of an audit in both languages: auditors, figures, rules, what to do. templates/documents/audit.yaml."""

import re
from functools import cache

from pydantic import Field

from provisioner.load import load_model
from provisioner.models.base import Model, Text
from provisioner.models.scorecard import AuditorName
from provisioner.models.security import Level
from provisioner.paths import data_dir
from provisioner.sentences import filled, harmless


class Rule(Model):
    """A rule in one line, and what to do when it does not hold."""

    title: Text
    action: Text


class Family(Model):
    """Rules of OpenSCAP whose names follow a pattern: the French of their English titles; {0} is the first group."""

    pattern: str
    french: str
    action: Text


class FigureWords(Model):
    """What a figure is called, and which way is better."""

    title: Text
    better: str = Field(default="", pattern="^(higher|lower)?$")
    unit: str = ""


class Words(Model):
    """All of them."""

    version: str
    auditors: dict[AuditorName, Text]
    figures: dict[str, FigureWords]
    levels: dict[Level, Text]
    ssh: dict[str, str]
    reasons: dict[str, Text]
    notes: dict[str, Text]
    sentences: dict[str, Text]
    proxy: dict[str, Text]
    rules: dict[str, Rule]
    families: list[Family]
    page: dict[str, Text]

    def reason(self, key: str, **values: str) -> Text:
        """Return why an auditor could not run; an unknown code speaks for itself."""
        return filled(self.reasons.get(key, self.reasons["failed"]), **{"detail": key, **values})

    def note(self, key: str, **values: str) -> Text:
        """Return a remark about figures."""
        return filled(self.notes[key], **values)

    def said(self, key: str, **values: str) -> Text:
        """Return a sentence about a finding."""
        return filled(self.sentences[key], **values)


@cache
def words() -> Words:
    """Return the words of audits."""
    return load_model(data_dir("templates") / "documents" / "audit.yaml", Words)


def rule_words(rule: str) -> tuple[Text, Text]:
    """Return one of our own rules in a line, and what to do."""
    known = words().rules.get(rule)
    if known:
        return known.title, known.action
    general = words().rules["other"]
    return filled(general.title, rule=rule), general.action


def scap_words(name: str, title: str) -> tuple[Text, Text]:
    """Given a rule of the SCAP content and its English title, return it in both languages, and what to do."""
    title = harmless(title).strip() or name
    for family in words().families:
        found = re.fullmatch(family.pattern, name)
        if found:
            parts = {str(number): _plain(part or "") for number, part in enumerate(found.groups())}
            return Text(fr=filled(Text(fr=family.french, en=title), **parts).fr, en=title), filled(
                family.action, rule=name, **parts
            )
    return Text(fr=title, en=title), filled(words().rules["scap"].action, rule=name)


def lynis_words(test: str, sentence: str) -> tuple[Text, Text]:
    """Return what Lynis said, with the number of its test, and what to do."""
    title = harmless(f"{test}: {sentence}")
    return Text(fr=title, en=title), filled(words().rules["lynis"].action, test=test)


def _plain(part: str) -> str:
    return part.replace("_", " ").strip()
