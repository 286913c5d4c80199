"""The forms in which a person's name or address may stand in a dump or a file: as bytes to look for. Pure."""

from __future__ import annotations

import base64
import html
import html.entities
import json
import quopri
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, quote_plus

SHORTEST = 3
SURE = 5  # digits of base64: fewer stand in any picture by chance
LETTERS = b"0123456789abcdefghijklmnopqrstuvwxyz"
BETWEEN = (" ", "_", "\u00a0", "\n")  # how the words of a name may be kept apart: in titles, in pages, over two lines
ESCAPED = re.compile(rb"&#?\w+;|%[0-9a-f]{2}|=[0-9a-f]{2}|\\u[0-9a-f]{4}|[^\x00-\x7f]+")


class TooShort(ValueError):
    """A name of one or two letters would be found everywhere."""


@dataclass(frozen=True)
class Needles:
    """What to look for: `plain` (in lower case) in the text made lower case, `exact` in the text as it is.

    `plain` is grouped by a piece that all forms of a group contain: where it is not, none of them is.
    """

    plain: dict[bytes, tuple[bytes, ...]]
    exact: tuple[bytes, ...]

    @cached_property
    def roots(self) -> tuple[bytes, ...]:
        """The fewest pieces that every other piece contains one of: where none of them is, no piece is."""
        return tuple(one for one in self.plain if not any(other in one for other in self.plain if other != one))

    @cached_property
    def longest(self) -> int:
        """How many bytes the longest of them has."""
        forms = [form for group in self.plain.values() for form in group]
        return max((len(each) for each in (*forms, *self.exact)), default=0)


def needles(names: list[str]) -> Needles:
    """Return all forms of all names. Raise TooShort for one of fewer than three letters.

    Forms: UTF-8 composed and decomposed, Latin-1, escapes of JSON (twice too) and HTML, percent (twice too) and
    quoted-printable encoding, hexadecimal (how databases write bytes), base64 at its three alignments, UTF-16; words of
    a name apart by a space, a line, an underscore. Upper and lower case are the same, in base64 and UTF-16 as typed
    and in lower case.
    """
    plain: dict[bytes, set[bytes]] = {}
    exact: set[bytes] = set()
    for name in names:
        text = name.strip()
        if len(text) < SHORTEST:
            raise TooShort(text)
        for spelt in _spelt(text):
            for form in _plain(spelt):
                plain.setdefault(_piece(form), set()).add(form)
        for spelt in {text, text.lower()}:
            exact |= _base64(spelt) | _hexadecimal(spelt) | {spelt.encode("utf-16-le"), spelt.encode("utf-16-be")}
    return Needles({piece: tuple(sorted(forms)) for piece, forms in plain.items()}, tuple(sorted(exact)))


def _piece(form: bytes) -> bytes:
    """Return the longest run of plain letters that no escape is part of, or all of it where there is none."""
    runs = re.findall(rb"[a-z0-9]{3,}", ESCAPED.sub(b" ", form))
    return max(runs, key=len, default=form)


def _hexadecimal(text: str) -> set[bytes]:
    digits = text.encode().hex() if len(text) > SHORTEST else ""
    return {digits.encode(), digits.upper().encode()} - {b""}


def _spelt(text: str) -> set[str]:
    """Bytes are made lower case letter by letter only where they are ASCII: other letters need each spelling."""
    cases = {text, text.lower(), text.upper(), text.title(), text.casefold()}
    apart = {each.replace(" ", between) for each in cases for between in BETWEEN}
    return {unicodedata.normalize(form, each) for each in apart for form in ("NFC", "NFD")}


def _plain(text: str) -> set[bytes]:
    escaped = json.dumps(text)[1:-1]
    numbered = "".join(char if char.isascii() else f"&#{ord(char)};" for char in text)
    sixteen = "".join(char if char.isascii() else f"&#x{ord(char):x};" for char in text)
    named = "".join(html.escape(char) if char.isascii() else _entity(char) for char in text)
    forms = {text, escaped, escaped.replace("/", "\\/"), escaped.replace("\\", "\\\\"), html.escape(text)}
    forms |= {numbered, sixteen, named, quote(quote(text, safe=""), safe="")}
    forms |= {quote(text, safe=""), quote(text, safe="@"), quote_plus(text), numbered.replace("@", "&#64;")}
    forms |= {quopri.encodestring(text.encode(), header=each).decode() for each in (False, True)}
    old = {text.encode("latin-1", "ignore")} if text.encode("latin-1", "ignore").decode("latin-1") == text else set()
    return {form.lower() for form in ({form.encode() for form in forms} | old)}


def _entity(char: str) -> str:
    name = html.entities.codepoint2name.get(ord(char))
    return f"&{name};" if name else f"&#{ord(char)};"


def _base64(text: str) -> set[bytes]:
    """Return the digits of base64 that depend on the text alone, for each of the three places it may begin at."""
    raw, found = text.encode(), set()
    for before in range(3):
        digits = base64.b64encode(bytes(before) + raw)
        start = (before * 8 + 5) // 6
        end = (before + len(raw)) * 8 // 6
        found.add(digits[start:end])
    return {each for each in found if len(each) >= SURE}
