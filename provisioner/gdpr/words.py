"""The words of the record and of dossiers, in both languages: their sentences, the vocabulary, countries, periods."""

from provisioner.documents.words import capital, plain, together
from provisioner.models.base import Text
from provisioner.retention import Period
from provisioner.sentences import Value, country_name, date_text, sentence
from provisioner.vocabulary import vocabulary

LANGUAGES = ("fr", "en")


def say(key: str, **values: Value) -> Text:
    """Given the key of a sentence of the record and what fills its braces, return it in both languages."""
    return sentence("register", key, values)


def tell(key: str, **values: Value) -> Text:
    """Given the key of a sentence of a person's dossier and what fills its braces, return it in both languages."""
    return sentence("dossier", key, values)


def joined(parts: list[Text], separator: str = ", ") -> Text:
    """Return texts in one line; French has a space before a semicolon."""
    french = " ; " if separator == "; " else separator
    return Text(fr=together(parts, french).fr, en=together(parts, separator).en)


def people(keys: list[str]) -> list[Text]:
    """Return how the vocabulary calls categories of people."""
    return [vocabulary().people[key].label for key in keys]


def data_names(keys: list[str]) -> list[Text]:
    """Return how the vocabulary calls categories of data."""
    return [vocabulary().data[key].label for key in keys]


def period_text(period: Period) -> Text:
    """Return a period in both languages."""
    return say(f"period_{period.unit}" + ("s" if period.count > 1 else ""), count=period.count)


def days_text(days: int) -> Text:
    """Return a number of days in both languages."""
    return period_text(Period(days, "day"))


def given(text: str) -> Text:
    """Return what the association wrote, or that it is not given."""
    return plain(text) if text else say("not_given")


__all__ = [
    "capital",
    "country_name",
    "data_names",
    "date_text",
    "days_text",
    "given",
    "joined",
    "people",
    "period_text",
    "plain",
    "say",
    "tell",
]
