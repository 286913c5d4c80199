"""What a Go program says of the modules it was built from: what `go version -m` reads (since Go 1.18). Pure."""

from __future__ import annotations

from typing import Any, BinaryIO

MAGIC = b"\xff Go buildinf:"
SMALLEST = 512 * 1024
CHUNK = 4 * 2**20
LONGEST = 4 * 2**20  # of all modules' lines


def modules_of(stream: BinaryIO) -> list[dict[str, Any]] | None:
    """Given a program, return its Go modules, [] when it does not tell, None when it is no program."""
    head = stream.read(CHUNK)
    if not head.startswith(b"\x7fELF"):
        return None
    text = head
    while True:
        start = text.find(MAGIC)
        if start >= 0:
            while len(text) < start + 64 + LONGEST and (more := stream.read(CHUNK)):
                text += more
            found = _inline(text, start)
            if found is not None:
                return found
            text = text[start + len(MAGIC) :]
            continue
        more = stream.read(CHUNK)
        if not more:
            return []
        text = text[-32:] + more


def _inline(text: bytes, start: int) -> list[dict[str, Any]] | None:
    """Return the modules written at a magic word; None when these bytes are the word only, as in Go's own tools.

    After the word: a byte, flags (2: texts follow in line), at 32 the compiler's version and the modules' lines, each
    with its length before it.
    """
    if len(text) < start + 33 or not text[start + 15] & 2:
        return None
    version, after = _text(text, start + 32)
    lines, _end = _text(text, after)
    if not version.startswith(b"go"):
        return None
    found = [{"type": "golang", "name": "stdlib", "version": version.decode("ascii", "replace").split()[0][2:]}]
    for line in lines.decode("utf-8", "replace").splitlines():
        parts = line.split("\t")
        if parts[0] in ("mod", "dep") and len(parts) >= 3:
            found.append({"type": "golang", "name": parts[1], "version": parts[2]})
        elif parts[0] == "=>" and len(parts) >= 3:
            found[-1] = {"type": "golang", "name": parts[1], "version": parts[2]}
    return [each for each in found if each["version"]]


def _text(data: bytes, start: int) -> tuple[bytes, int]:
    """Return the text at a place, before which its length stands (seven bits a byte, lowest first), and its end."""
    length = shift = 0
    for index in range(start, min(start + 10, len(data))):
        length |= (data[index] & 0x7F) << shift
        shift += 7
        if not data[index] & 0x80:
            return data[index + 1 : index + 1 + length], index + 1 + length
    return b"", start
