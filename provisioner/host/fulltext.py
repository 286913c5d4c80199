"""Look for a person in what an instance keeps: bytes in passing, as words of their own, inside archives too."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from .forms import LETTERS, Needles

Read = Callable[[int], bytes]
BLOCK = 1 << 20
MARGIN = 128  # bytes before a place that tell what it stands in: a word, a line of base64
MOST_UNPACKED = 256 << 20
UNREADABLE = (
    zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError, ValueError, OSError,
    struct.error,
)  # fmt: skip
PACKED: dict[bytes, Callable[[IO[bytes]], Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}
ESCAPES = frozenset((b"\\n", b"\\r", b"\\t", b"\\b", b"\\f", b"\\0"))
# Lines that were broken in passing: by quoted-printable, and by calendars, cards and directories.
SOFT, FOLDED, LINE = re.compile(rb"=\r?\n"), re.compile(rb"\r?\n[ \t]"), re.compile(rb"\r?\n")
# Whether there are any: each begins with one byte, for which Python looks much faster than for a class of bytes.
INDENTED = re.compile(rb"\n[ \t]")
CODED = re.compile(rb"\n(?:(?<=[A-Za-z0-9+/]{40}\n)|(?<=[A-Za-z0-9+/]{40}\r\n))[A-Za-z0-9+/=]")
INSIDE = frozenset(LETTERS[i : i + 1] for i in range(len(LETTERS)))


def count(read: Read, needles: Needles) -> int:
    """Return how often any form stands in a stream. `read` gives at most so many bytes, b"" at the end.

    A form counts as a word of its own only ("ann" is not in "anniversary"). Broken lines are looked at as they are and
    joined, base64 over lines as well. What begins near the end of a block is looked at with the next one, so nothing
    is missed between two.
    """
    keep, found, text, before = 2 * needles.longest + MARGIN, 0, b"", 0
    while True:
        block = read(BLOCK)
        text += block
        last = max(before, len(text) - keep) if block else len(text)
        found += _all_hits(text, needles, before, last)
        if not block:
            return found
        text, before = text[max(0, last - MARGIN) :], min(MARGIN, last)


def _all_hits(text: bytes, needles: Needles, first: int, last: int) -> int:
    """Return the hits that begin between two places, in the text as it is or with its lines joined: the most."""
    found = [_hits(text, needles, first, last)]
    words, codes = Needles(needles.plain, ()), Needles({}, needles.exact)
    for sign, broken, wanted in ((SOFT, SOFT, words), (INDENTED, FOLDED, words), (CODED, LINE, codes)):
        if sign.search(text):
            joined = broken.sub(b"", text)
            begin, end = (len(broken.sub(b"", text[:place])) for place in (first, last))
            found.append(_hits(joined, wanted, begin, end if last < len(text) else len(joined)))
    return max(found)


def _hits(text: bytes, needles: Needles, first: int, last: int) -> int:
    """Return how many hits begin from `first` to before `last`; forms that overlap are one."""
    low = text.lower()
    there: list[bytes] = []
    if any(root in low for root in needles.roots):
        there = [form for piece, forms in needles.plain.items() if piece in low for form in forms]
    spans = [s for needle in there for s in _places(low, needle, first, last) if _is_word(low, *s, needle)]
    spans += [s for needle in needles.exact for s in _places(text, needle, first, last)]
    end = total = 0
    for start, stop in sorted(spans):
        if start >= end:
            total, end = total + 1, stop
    return total


def _places(text: bytes, needle: bytes, first: int, last: int) -> Iterator[tuple[int, int]]:
    at = text.find(needle, first)
    while 0 <= at < last:
        yield at, at + len(needle)
        at = text.find(needle, at + 1)


def _is_word(low: bytes, start: int, end: int, needle: bytes) -> bool:
    """Tell whether no letter stands before (but one that ends an escape: \\n, %20, =20) and none after."""
    if low[end : end + 1] in INSIDE:
        return False
    if start == 0 or low[start - 1 : start] not in INSIDE:
        return b"@" not in needle or low[max(0, start - 1) : start] not in (b".", b"-", b"+")
    before = low[max(0, start - 6) : start]
    return before[-2:] in ESCAPES or before[-3:-2] in (b"%", b"=") or before[-6:-4] == b"\\u"


def in_file(path: Path, needles: Needles) -> int:
    """Return how often any form stands in a file, and in what is packed inside it: gzip, bzip2, xz, zip, office files.

    Raise OSError when it cannot be read.
    """
    with path.open("rb") as stream:
        head = stream.read(5)
        stream.seek(0)
        found = count(stream.read, needles)
        stream.seek(0)
        try:
            for start, unpack in PACKED.items():
                if head.startswith(start):
                    found += count(_at_most(unpack(stream)), needles)
            if head.startswith(b"PK\x03\x04"):
                found += _in_zip(stream, needles)
        except UNREADABLE:
            return found  # it only looks like an archive
    return found


def _in_zip(stream: IO[bytes], needles: Needles) -> int:
    found = 0
    with zipfile.ZipFile(stream) as archive:
        for member in archive.infolist():
            if not member.flag_bits & 1:
                with archive.open(member) as inside:
                    found += count(_at_most(inside), needles)
    return found


def _at_most(stream: IO[bytes]) -> Read:
    """Return a reader that stops after MOST_UNPACKED bytes: a small archive may hold a world."""
    left = MOST_UNPACKED

    def read(size: int) -> bytes:
        nonlocal left
        block = stream.read(min(size, left))
        left -= len(block)
        return block

    return read


def in_folder(folder: Path, needles: Needles) -> dict[str, int]:
    """Return path below the folder -> hits, in names of files and in their content. What goes meanwhile is skipped."""
    found: dict[str, int] = {}
    for place, folders, files in os.walk(folder):
        for name in sorted((*folders, *files)):
            path = Path(place) / name
            hits = _hits(b"/" + os.fsencode(name) + b"/", needles, 0, len(os.fsencode(name)) + 2)
            try:
                if name in files and path.is_file() and not path.is_symlink():
                    hits += in_file(path, needles)
            except FileNotFoundError:
                continue
            if hits:
                # A name need not be UTF-8; what is told of it goes into JSON.
                told = os.fsencode(path.relative_to(folder)).decode("utf-8", "backslashreplace")
                found[told] = hits
    return found
