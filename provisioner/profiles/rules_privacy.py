"""Rules of a profile about personal data in free text (NP302, NP303). Patterns of bounded length only."""

import re
from collections.abc import Iterator
from typing import Any

from provisioner.errors import Finding
from provisioner.i18n import _
from provisioner.load import Document, Path_
from provisioner.profiles.fields import entries
from provisioner.profiles.names import FIRST_NAMES, PARTICLES, PLACES

LONGEST = 2000
MOST = 200
EMAIL = re.compile(r"[^\s@<>()\[\]{},;:\"'|/\\]{1,64}@(?:[^\s@<>()\[\]{},;:\"'|/\\.]{1,63}\.){1,8}[A-Za-z]{2,24}")
PHONE = re.compile(
    r"(?<![\d.,])(?:0[1-9]([ .\-\u00a0\u202f]?)\d\d(?:\1\d\d){3}"
    r"|(?:\+|00)[1-9]\d{0,2}[ .\-\u00a0\u202f]?(?:\(0\)[ .\-]?)?\d(?:[ .\-\u00a0\u202f]?\d){6,11})(?![\d])"
)
WORD = "[A-ZÀ-ÖØ-Þ][A-Za-zÀ-ÖØ-öø-ÿ'’\\-]{1,30}"
TITLED = re.compile(
    rf"(?<![\w.])(?:(?:[Mm]me|[Mm]mes|[Mm]lle|MME|[Mm]adame|[Mm]onsieur|[Mm]ademoiselle|Mrs?|Ms|Miss)\.?|M\.|MM\.|Dr\.?|Pr\.?"
    rf"|[Mm]aître|[Dd]octeur|[Dd]octor)[ \u00a0\u202f](?:de |du |d'|van |von )?{WORD}"
)
TOKEN = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
STREET = re.compile(
    r"(?<!\d)\d{1,4}(?: ?(?:bis|ter|quater))?,? (?:rue|avenue|boulevard|bd|impasse|chemin|allée|allee|quai|route|place)"
    r" (?:de |du |des |d'|de l'|de la |[A-ZÀ-Þ])|(?<!\d)\d{1,5} [A-Z][a-z]{2,20} (?:Street|Road|Avenue|Lane|Drive)\b"
)


def free_text(document: Document, data: dict[str, Any]) -> Iterator[Finding]:
    """Yield notes of needs and labels of tools that seem to hold a name, a phone number or an address."""
    for index, need in entries(data, "needs"):
        if holds_person(need.get("note")):
            text = _("the note seems to contain a person's name, phone number or address; remove it")
            yield document.finding(("needs", index, "note"), text, "NP302")
    for index, tool in entries(data, "existing_tools"):
        if holds_person(tool.get("label")):
            text = _("the label seems to contain a person's name, phone number or address; remove it")
            yield document.finding(("existing_tools", index, "label"), text, "NP302")


def addresses(document: Document, data: dict[str, Any]) -> Iterator[Finding]:
    """Yield e-mail addresses anywhere else: in any value or key, extensions and comments included."""
    message = _("an e-mail address stands here; the profile needs none, remove it")
    seen: set[str] = set()
    found = 0
    for path, text in _texts(data, ()):
        if "@" not in text or found >= MOST:
            continue
        hits = EMAIL.findall(text[:LONGEST])
        seen.update(hits)
        if hits and not _is_free_text(path):
            found += 1
            yield document.finding(path, message, "NP303")
    for number, line in enumerate(document.text.split("\n"), 1):
        comment = line.partition("#")[2][:LONGEST] if "#" in line and "@" in line else ""
        if comment and found < MOST and not seen.issuperset(EMAIL.findall(comment)):
            found += 1
            yield Finding(message, document.file, number, code="NP303")


def holds_person(text: Any) -> bool:
    """Return whether a free text seems to hold a name, a phone number, an e-mail or a postal address."""
    if not isinstance(text, str):
        return False
    text = text[:LONGEST]
    if any(pattern.search(text) for pattern in (PHONE, TITLED, STREET)) or ("@" in text and EMAIL.search(text)):
        return True
    return _has_name(text)


def _has_name(text: str) -> bool:
    """Return whether a known first name stands beside a capitalised word, unless a place bears that name."""
    tokens = list(TOKEN.finditer(text))
    for index, token in enumerate(tokens):
        if token.group().split("-", 1)[0].lower() not in FIRST_NAMES or not token.group()[0].isupper():
            continue
        if any(before.group().lower() in PLACES for before in tokens[max(0, index - 3) : index]):
            continue
        after = [each for each in tokens[index + 1 : index + 3] if each.group().lower() not in PARTICLES][:1]
        if after and after[0].group()[0].isupper() and text[token.end()] in " \u00a0" and _close(text, token, after[0]):
            return after[0].group().lower() not in PLACES
        before = tokens[index - 1] if index else None
        if before and len(before.group()) > 2 and before.group().isupper() and before.group().lower() not in PLACES:
            return _close(text, before, token)
    return False


def _close(text: str, first: "re.Match[str]", second: "re.Match[str]") -> bool:
    """Return whether nothing but blanks and a particle stands between two words."""
    between = text[first.end() : second.start()].strip(" \u00a0").lower()
    return between in PARTICLES or between == ""


def _is_free_text(path: Path_) -> bool:
    return len(path) == 3 and (path[0], path[2]) in (("needs", "note"), ("existing_tools", "label"))


def _texts(value: Any, path: Path_) -> Iterator[tuple[Path_, str]]:
    """Yield every text of the data with its path, keys included."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            if "@" in key:
                yield (*path, key), key
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
