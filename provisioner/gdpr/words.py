"""The words of the record, in both languages: templates/documents/register.yaml, the vocabulary, countries, periods."""

from datetime import date
from functools import cache

from babel import Locale

from provisioner.documents.words import capital, plain, together
from provisioner.load import load_model
from provisioner.models.base import Model, Text
from provisioner.paths import data_dir
from provisioner.retention import Period
from provisioner.vocabulary import vocabulary

LANGUAGES = ("fr", "en")


class RegisterWords(Model):
    """The whole file."""

    version: str
    texts: dict[str, Text]


@cache
def _words() -> RegisterWords:
    return load_model(data_dir("templates") / "documents" / "register.yaml", RegisterWords)


def say(key: str, **values: Text | str | int) -> Text:
    """Given the key of a sentence and what fills its braces, return it in both languages."""
    sentence = _words().texts[key]
    return Text(fr=_fill(sentence.fr, values, "fr"), en=_fill(sentence.en, values, "en"))


def _fill(sentence: str, values: dict[str, Text | str | int], language: str) -> str:
    return sentence.format(
        **{name: value.in_language(language) if isinstance(value, Text) else value for name, value in values.items()}
    )


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


def country_name(code: str) -> Text:
    """Return the name of a country; its code where nobody knows it."""
    names = {language: Locale(language).territories.get(code, code) for language in LANGUAGES}
    return Text(fr=names["fr"], en=names["en"])


def date_text(day: date) -> Text:
    """Return a day as people write it: 01/11/2026 in French, 2026-11-01 in English."""
    return Text(fr=day.strftime("%d/%m/%Y"), en=day.isoformat())


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
]
