"""One line a person typed -> the answer to a step of the interview, or the reason why it cannot be one. Pure."""

import re
from typing import Any

from provisioner.aliases import fold
from provisioner.i18n import _, language, ngettext
from provisioner.profiles.fields import LEVELS
from provisioner.profiles.interview import Step, fits
from provisioner.profiles.rules_privacy import PHONE, STREET, TITLED, holds_person

YES, NO = ("y", "yes", "o", "oui"), ("n", "no", "non")
UNKNOWN = (
    "je ne sais pas", "sais pas", "ne sais pas", "je sais pas", "aucune idee", "nsp", "inconnu", "je ne sais",
    "i don t know", "i do not know", "don t know", "dont know", "no idea", "unknown",
)  # fmt: skip
NOTHING = (
    "aucun", "aucune", "aucun outil", "rien", "nulle part", "pas de", "neant", "none", "nothing", "nowhere", "no tool",
    *NO,
)  # fmt: skip
THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*")
LONGEST_TOOL, LONGEST_LABEL = 60, 120


class Refused(Exception):
    """The line is no answer; the text says what would be one."""


def read_answer(step: Step, line: str) -> Any:
    """Given a step and a line, return the answer; None is "I don't know". Raise Refused with what would be right."""
    text, part = _plain(step, line.strip()), step.part
    if not text and not (part.at_least and part.blank == "none"):
        return _blank(step)
    if not text or (part.at_least and text in ("0", "-")):
        raise Refused(_("at least one is needed here: choose one, or go back with <"))
    readers = {
        "number": _number, "choice": _choice, "choices": _choices, "yes_no": _yes_no, "text": _text,
        "shares": _shares, "tools": _tools,
    }  # fmt: skip
    value = readers[part.kind](step, text)
    if not fits(step, value):
        raise Refused(_("this does not answer the question; ? explains it"))
    return value


def _plain(step: Step, text: str) -> str:
    """Return a line as an answer: "I don't know" in words is an empty line, and so is "none" where that is allowed.

    Raise Refused for keys that are no signs (arrows), which the eye does not see.
    """
    if not text.isprintable():
        raise Refused(_("a key that is no sign (an arrow?) is in this line: type it once more"))
    said, part = fold(text), step.part
    if said in UNKNOWN:
        return ""
    if (part.kind in ("choices", "tools") or part.optional) and said in NOTHING and _named(step, text) == 0:
        return "" if part.blank == "none" else "0"
    return text


def _blank(step: Step) -> Any:
    if step.part.blank == "unknown":
        return None
    return {"choices": [], "tools": [], "text": ""}.get(step.part.kind)


def _number(step: Step, text: str) -> float | int:
    part, plain = step.part, re.sub(r"[\s_'’€%]|euros?$|heures?$|hours?$|go$|gb$", "", text.lower())
    plain = re.sub("[.,]", "", plain) if THOUSANDS.fullmatch(plain) else plain.replace(",", ".")
    try:
        value = float(plain)
    except ValueError as error:
        raise Refused(_("a number is needed here, for example {example}").format(example=_example(step))) from error
    if value != value or not part.minimum <= value <= part.maximum:
        text = _("a number from {minimum:g} to {maximum:g} is needed here")
        raise Refused(text.format(minimum=part.minimum, maximum=part.maximum))
    if part.whole and value != int(value):
        raise Refused(_("a whole number is needed here"))
    return int(value) if value == int(value) else value


def _choice(step: Step, text: str) -> str:
    values = _choices(step, text)
    if len(values) != 1:
        raise Refused(_("choose one number only"))
    return values[0]


def _choices(step: Step, text: str) -> list[str]:
    part, words = step.part, [word for word in re.split(r"[\s,;+&]+|\bet\b|\band\b", text) if word]
    if part.kind == "choices" and words in (["0"], ["-"]) and not part.at_least:
        return []
    named = [_named(step, text)]
    if not all(named):
        named = [_named(step, name) for name in re.split(r"[,;]", text) if name.strip()]
    numbers = named if all(named) else [_position(step, word) for word in words]
    if part.at_most and len(set(numbers)) > part.at_most:
        count = part.at_most
        raise Refused(ngettext("choose {count} at most", "choose {count} at most", count).format(count=count))
    return [choice.value for number, choice in enumerate(step.choices, start=1) if number in numbers]


def _named(step: Step, text: str) -> int:
    """Return the number of the choice whose name was typed out; 0 where none was."""
    wanted = fold(text)
    for number, choice in enumerate(step.choices, start=1):
        if wanted and wanted in (fold(choice.value), fold(choice.label.fr), fold(choice.label.en)):
            return number
    return 0


def _position(step: Step, word: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", word) or not 1 <= int(word) <= len(step.choices):
        text = _("choose by number, 1 to {count}: '{word}' is none of these")
        raise Refused(text.format(count=len(step.choices), word=word[:20]))
    return int(word)


def _yes_no(step: Step, text: str) -> bool:
    word = fold(text)
    if word not in (*YES, *NO):
        raise Refused(_("answer y or n"))
    return word in YES


def _shares(step: Step, text: str) -> dict[str, int]:
    numbers = re.findall(r"-?[0-9]+(?:[.,][0-9]+)?", text)
    if len(numbers) != len(LEVELS) or not all(re.fullmatch(r"[0-9]{1,3}", number) for number in numbers):
        raise Refused(_("five whole numbers are needed, for example 0 30 40 30 0"))
    shares = [int(number) for number in numbers]
    if sum(shares) != 100:
        raise Refused(_("the five numbers add up to {total}, they must add up to 100").format(total=sum(shares)))
    return dict(zip(LEVELS, shares, strict=True))


def _text(step: Step, text: str) -> str:
    _refuse_person(text, label=step.part.form == "label")
    if step.part.form == "label":
        if len(text) > LONGEST_LABEL or not text.isprintable():
            raise Refused(_("{count} ordinary characters at most").format(count=LONGEST_LABEL))
        return text
    slug = fold(text).replace("+", "").replace(" ", "-")[:63].strip("-")
    if len(slug) < 2:
        raise Refused(_("at least two letters or digits are needed"))
    return slug


def _tools(step: Step, text: str) -> list[str]:
    names = [name.strip() for name in re.split(r"[,;]", text) if name.strip()]
    for name in names:
        _refuse_person(name)
        if len(name) > LONGEST_TOOL or not name.isprintable() or not fold(name):
            raise Refused(_("names of tools, separated by commas, {count} characters each").format(count=LONGEST_TOOL))
    return list({fold(name): name for name in reversed(names)}.values())[::-1]


def _refuse_person(text: str, *, label: bool = False) -> None:
    """Raise Refused for what points to a person. An association may bear one's name (`label`): "Les Amis de Jean X"."""
    contact = any(pattern.search(text) for pattern in (PHONE, TITLED, STREET)) or "@" in text
    if contact or (not label and holds_person(text)):
        raise Refused(_("this looks like a person's name, e-mail or phone number; the profile holds none"))


def _example(step: Step) -> str:
    return step.part.example.in_language(language())
