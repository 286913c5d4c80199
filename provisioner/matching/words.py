"""Reasons in words, French and English at once, from the sentences of the catalog."""

from collections.abc import Iterable
from math import ceil

from provisioner.matching.candidates import MB_PER_GB
from provisioner.matching.rules import Reason
from provisioner.models.base import Text
from provisioner.models.matching import Rules


def say(rules: Rules, reason: Reason) -> Text:
    """Given a reason, return its sentence in both languages; raise KeyError for a key without a sentence."""
    sentence = rules.sentences[reason.key]
    return Text(fr=_fill(sentence.fr, reason, "fr"), en=_fill(sentence.en, reason, "en"))


def joined(parts: Iterable[Text | str], separator: str = ", ") -> Text:
    """Return texts joined in each language."""
    texts = [Text(fr=part, en=part) if isinstance(part, str) else part for part in parts]
    return Text(fr=separator.join(t.fr for t in texts) or "-", en=separator.join(t.en for t in texts) or "-")


def lacking(rules: Rules, over: dict[str, int]) -> Text:
    """Given by how much limits are passed, return it in words."""
    return joined([say(rules, lack(rules, name, much)) for name, much in over.items()])


def lack(rules: Rules, name: str, much: int) -> Reason:
    """Return so much of one limited thing as a reason: the singular where there is one and it is one."""
    amount = amount_of(name, much)
    one = f"lack_{name}_one"
    return Reason(one if amount == "1" and one in rules.sentences else f"lack_{name}", {"amount": amount})


def labels(rules: Rules, needs: Iterable[str]) -> Text:
    """Return the labels of needs, joined."""
    return joined([rules.taxonomy.needs[need].label for need in needs])


def inside(sentence: Text) -> Text:
    """Return a sentence as the end of another: no capital, no full stop."""
    return Text(fr=_lowered(sentence.fr), en=_lowered(sentence.en))


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].removesuffix(".")


def _fill(sentence: str, reason: Reason, language: str) -> str:
    values = {
        name: value.in_language(language) if isinstance(value, Text) else value for name, value in reason.values.items()
    }
    return sentence.format(**values)


def amount_of(name: str, much: int) -> str:
    """Return so much of one limited thing in the unit people use: whole GB rounded up, euros."""
    if name == "disk_mb":
        return str(ceil(much / MB_PER_GB))
    return f"{much / 100:.2f}" if name == "cents" else str(much)
