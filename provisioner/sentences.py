"""Sentences in both languages with {places} to fill, from files of templates/documents that hold nothing else."""

import re
from datetime import date
from functools import cache

from babel import Locale

from provisioner.load import load_model
from provisioner.models.base import Model, Text
from provisioner.paths import data_dir

Value = Text | str | int
STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
NO_COUNTRIES = ("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ")
UNSEEN = re.compile("[\u200b-\u200d\u2060-\u2064\ufeff]+")


class Sentences(Model):
    """Such a file; `kinds` are names of things, for the papers that have some."""

    version: str
    texts: dict[str, Text]
    kinds: dict[str, Text] = {}


@cache
def sentences(name: str) -> Sentences:
    """Return templates/documents/<name>.yaml."""
    return load_model(data_dir("templates") / "documents" / f"{name}.yaml", Sentences)


def sentence(name: str, key: str, values: dict[str, Value]) -> Text:
    """Given a file, the key of a sentence in it and what fills its places, return it in both languages."""
    return filled(sentences(name).texts[key], **values)


def filled(text: Text, /, **values: Value) -> Text:
    """Return a text with its {places} filled; what others wrote is never read as a place, nor moves a cursor.

    Raise KeyError for a place without a value.
    """

    def one(form: str, language: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: harmless(_spoken(values[found[1]], language)), form)

    return Text(fr=one(text.fr, "fr"), en=one(text.en, "en"))


def is_country(code: str) -> bool:
    """Tell whether two letters are the code of a country or territory; those of groups and of tests are not."""
    return code in Locale("en").territories and code not in NO_COUNTRIES


def country_name(code: str) -> Text:
    """Return the name of a country; its code where nobody knows it."""
    names = {language: Locale(language).territories.get(code, code) for language in ("fr", "en")}
    return Text(fr=names["fr"], en=names["en"])


def date_text(day: date) -> Text:
    """Return a day as people write it: 01/11/2026 in French, 2026-11-01 in English."""
    return Text(fr=day.strftime("%d/%m/%Y"), en=day.isoformat())


def harmless(text: str) -> str:
    """Return what others wrote without letters that steer a terminal, turn the writing round, or that nobody sees."""
    return STEERING.sub(" ", UNSEEN.sub("", text))


def _spoken(value: Value, language: str) -> str:
    return value.in_language(language) if isinstance(value, Text) else str(value)
