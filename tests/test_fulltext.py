"""A person is found in every form in which databases and files hold a name, as a word, across blocks, in archives."""

import base64
import bz2
import gzip
import io
import json
import lzma
import os
import quopri
import random
import textwrap
import zipfile
from pathlib import Path

import pytest

from provisioner.host import fulltext
from provisioner.host.forms import TooShort, needles

NAMES = ["Zoé Aubépin", "zaubepin", "zoe@example.org"]
CODED = base64.b64encode(b"x" * 50 + b" zoe@example.org " + b"y" * 40).decode()
FOUND = {
    "as it is": b"x zaubepin y",
    "upper case": "ZOÉ AUBÉPIN".encode(),
    "accents apart": "Zoe\u0301 Aube\u0301pin".encode(),
    "Latin-1": "Zoé Aubépin".encode("latin-1"),
    "UTF-16": "zaubepin".encode("utf-16-le"),
    "UTF-16, the other way round": "zaubepin".encode("utf-16-be"),
    "JSON": json.dumps("Zoé Aubépin").encode(),
    "JSON in JSON": json.dumps(json.dumps("Zoé Aubépin")).encode(),
    "JSON after an escaped line": rb'"Merci\nzaubepin"',
    "JSON after an escaped bracket": rb"\u003czoe@example.org\u003e",
    "a dump of MySQL after a zero": rb"\0zaubepin",
    "HTML, by number": b"Zo&#xe9; Aub&#xe9;pin",
    "HTML, by name": b"Zo&eacute; Aub&eacute;pin",
    "percent": b"?q=zoe%40example.org&x=1",
    "percent, twice": b"?q=zoe%2540example.org",
    "after a percent": b"?q=a%20zaubepin",
    "quoted-printable": quopri.encodestring("Zoé Aubépin".encode()),
    "a line that quoted-printable broke": b"zoe@exam=\r\nple.org",
    "a setting without a value": b"a\nzaubepin=\nother=1\n",
    "a folded line of a directory": b"mail: zoe@exam\n ple.org\n",
    "a folded line of a calendar": b"ATTENDEE:mailto:zoe@exam\r\n ple.org\r\n",
    "hexadecimal": b"\\x00" + b"Zo".hex().encode() + "é Aubépin".encode().hex().encode(),
    "base64": CODED.encode(),
    "base64 over lines": "\n".join(textwrap.wrap(CODED, 76)).encode(),
    "the title of a page": "Zoé_Aubépin".encode(),
    "a space that does not break": "Zoé\u00a0Aubépin".encode(),
    "over two lines": "Zoé\nAubépin".encode(),
    "the name of a file": b"avatar_zaubepin.png",
}
NOT_FOUND = {
    "inside a longer word": b"xzaubepin zaubepins",
    "another's address": b"joezoe@example.org jo.zoe@example.org zoe@example.organ",
    "one word of a name": "Zoé seule, Aubépine".encode(),
}


def count(data: bytes, step: int = 1 << 20) -> int:
    stream = io.BytesIO(data)
    return fulltext.count(lambda size: stream.read(min(size, step)), needles(NAMES))


@pytest.mark.parametrize("form", FOUND)
def test_form_is_found_once(form: str) -> None:
    assert count(b"before " + FOUND[form] + b"\nafter") == 1


@pytest.mark.parametrize("text", NOT_FOUND)
def test_what_is_no_word_of_its_own_is_not_counted(text: str) -> None:
    assert count(NOT_FOUND[text]) == 0


def test_names_of_two_letters_are_refused() -> None:
    with pytest.raises(TooShort):
        needles(["Al"])


@pytest.mark.parametrize("size", [8, 64, 100, 1000])
def test_blocks_of_any_size_give_the_same_count(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fulltext, "BLOCK", size)
    dice = random.Random(size)
    for _turn in range(60):
        parts = [b"q" * dice.randrange(90) + dice.choice([b" zaubepin ", b" zoe@example.org "]) for _ in range(5)]
        assert count(b"".join(parts)) == 5
        assert count(b"".join(parts), step=dice.randrange(1, 70)) == 5


def test_archives_and_names_of_files(tmp_path: Path) -> None:
    (tmp_path / "zaubepin").mkdir()
    (tmp_path / "zaubepin" / "old.gz").write_bytes(gzip.compress(b"by zoe@example.org, and zaubepin"))
    (tmp_path / "list.bz2").write_bytes(bz2.compress(b"zoe@example.org"))
    (tmp_path / "list.tar.xz").write_bytes(lzma.compress(b"zaubepin\n" * 3))
    with zipfile.ZipFile(tmp_path / "minutes.odt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", "<p>Zoé Aubépin</p>")
    (tmp_path / "looks.gz").write_bytes(b"\x1f\x8b nothing of the kind, zaubepin")
    (tmp_path / "other.txt").write_text("nobody")
    found = fulltext.in_folder(tmp_path, needles(NAMES))
    assert found == {
        "zaubepin": 1,
        "zaubepin/old.gz": 2,
        "minutes.odt": 1,
        "looks.gz": 1,
        "list.bz2": 1,
        "list.tar.xz": 3,
    }


def test_broken_archives_and_strange_names_stop_nothing(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.txt", "zaubepin " * 1000)
    data = bytearray(packed.getvalue())
    data[60:90] = b"\xff" * 30
    (tmp_path / "torn.zip").write_bytes(data)
    whole = b"".join(b"%d zaubepin\n" % number for number in range(5000))
    for name, packer in (("cut.gz", gzip), ("cut.bz2", bz2), ("cut.xz", lzma)):
        (tmp_path / name).write_bytes(packer.compress(whole)[:40])
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/zaubepin \xe9.txt")).write_text("x")
    found = fulltext.in_folder(tmp_path, needles(NAMES))
    assert json.loads(json.dumps(found)) == {"zaubepin \\xe9.txt": 1}
