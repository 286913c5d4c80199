"""The words of the papers: from templates/documents, each in French and English."""

from collections.abc import Sequence
from functools import cache

from provisioner.load import load_model
from provisioner.models.base import Model, Text
from provisioner.paths import data_dir
from provisioner.sentences import Value, filled


class NeedWords(Model):
    """How people speak of one usage; templates/documents/needs.yaml says what each text is for."""

    use: Text
    do: Text
    part: Text | None = None
    ways: Text
    role: str
    rule: Text
    case: Text


class NeedsWords(Model):
    """Those of all needs."""

    version: str
    needs: dict[str, NeedWords]


class GroupWords(Model):
    """How people speak of one group: one of it, several, the whole, and "of" the whole."""

    one: Text
    many: Text
    whole: Text
    of: Text


class Words(Model):
    """All other words: sentences by key, and names of things a profile has."""

    version: str
    roles: dict[str, Text]
    groups: dict[str, GroupWords]
    heard: dict[str, Text]
    assumed: dict[str, Text]
    countries: dict[str, Text]
    hosting: dict[str, Text]
    backups: dict[str, Text]
    levers: dict[str, Text]
    months: dict[str, Text]
    texts: dict[str, Text]


@cache
def words() -> Words:
    """Return the words of the papers."""
    return load_model(data_dir("templates") / "documents" / "words.yaml", Words)


@cache
def _needs() -> NeedsWords:
    return load_model(data_dir("templates") / "documents" / "needs.yaml", NeedsWords)


def need_words(need: str) -> NeedWords:
    """Return the words of a need of the taxonomy; raise KeyError for another."""
    return _needs().needs[need]


def say(key: str, **values: Value) -> Text:
    """Given the key of a sentence and what fills its braces, return it in both languages."""
    return filled(words().texts[key], **values)


def plain(text: str | int) -> Text:
    """Return what is the same in both languages."""
    return Text(fr=str(text), en=str(text))


def together(parts: Sequence[Text], separator: str = " ") -> Text:
    """Return texts one after the other."""
    return Text(fr=separator.join(t.fr for t in parts) or "-", en=separator.join(t.en for t in parts) or "-")


def listed(parts: Sequence[Text], last: str = "and") -> Text:
    """Return texts as a list in words: "a, b and c" (or what the sentence `last` says)."""
    if len(parts) < 2:
        return parts[0] if parts else plain("-")
    word = words().texts[last]
    return Text(fr=_listed([t.fr for t in parts], word.fr), en=_listed([t.en for t in parts], word.en))


def _listed(parts: Sequence[str], last: str) -> str:
    """Return a list in one language; where a part holds the joining word itself, a comma keeps the parts apart."""
    comma = "," if any(f" {last} " in part for part in parts) else ""
    return f"{', '.join(parts[:-1])}{comma} {last} {parts[-1]}"


def shortened(parts: Sequence[Text], most: int) -> Text:
    """Return a list in words of so many texts (one more rather than "one more"); what is left out is counted."""
    if len(parts) <= most + (most > 0):
        return listed(parts)
    rest = len(parts) - most
    return listed([*parts[:most], say("more_many", count=rest)])


def words_of_ways(ways: Sequence[Text]) -> list[Text]:
    """Return ways, those that hold two ("cheques and cash") taken apart, so that a list of them reads well."""
    apart = [
        Text(fr=french, en=english)
        for way in ways
        for french, english in zip(way.fr.split(" et "), way.en.split(" and "), strict=True)
    ]
    return unique(apart)


def capital(text: Text) -> Text:
    """Return a text that begins with a capital letter."""
    return Text(fr=text.fr[:1].upper() + text.fr[1:], en=text.en[:1].upper() + text.en[1:])


def unique(parts: Sequence[Text]) -> list[Text]:
    """Return texts without repeats, in the order they first come."""
    return list({part.fr: part for part in parts}.values())
