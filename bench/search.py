"""The search for a person in what services keep, against what a careful person would type: grep for each name."""

import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.clock import seconds
from provisioner.host import fulltext
from provisioner.host.forms import needles

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from test_fulltext import FOUND, NAMES

TEXTS, TEXT_KILOBYTES, PICTURES, DUMP_MEGABYTES = 2000, 8, 30, 60
WORDS = b"INSERT INTO adherents VALUES assemblee compte-rendu =20 \\n 2026-11-23 note".split()


def run() -> Iterator[dict[str, object]]:
    """Yield how long each takes over the same folder, and how many of the forms each finds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = _fill(folder)
        grep = ["grep", "-rlaiF", *(word for each in NAMES for word in ("-e", each)), str(folder)]
        files = subprocess.run(grep, capture_output=True, text=True, check=True).stdout.splitlines()
        hits = {Path(each).name for each in files if "/form-" in each}
        raw = seconds(lambda: subprocess.run(grep, capture_output=True, check=True), times=3)
        wanted = needles(NAMES)
        ours = {Path(each).name for each in fulltext.in_folder(folder, wanted) if each.startswith("form-")}
        took = seconds(lambda: fulltext.in_folder(folder, wanted))
    told = f"{size / 2**20:.0f} MB in {TEXTS + PICTURES + 1 + len(FOUND):,} files"
    yield {"what": f"grep: {told}, {len(hits)} of {len(FOUND)} forms", "seconds": raw, "goal": ""}
    yield {
        "what": f"ours: {len(ours)} of {len(FOUND)} forms, {size / 2**20 / took:.0f} MB/s",
        "seconds": took,
        "ratio": f"{took / raw:.1f}x",
        "goal": "all forms",
    }


def _fill(folder: Path) -> int:
    """Write texts, pictures, a dump and one file for each form; return how many bytes that is."""
    chance = random.Random(7)
    page = b" ".join(chance.choices(WORDS, k=TEXT_KILOBYTES * 150))[: TEXT_KILOBYTES << 10]
    for number in range(TEXTS):
        (folder / f"text-{number}").write_bytes(page + b"%d" % number)
    for number in range(PICTURES):
        (folder / f"picture-{number}").write_bytes(chance.randbytes(1 << 20))
    (folder / "dump.sql").write_bytes(b"\n".join(chance.choices(WORDS, k=20)) * 5000 * DUMP_MEGABYTES)
    for number, content in enumerate(FOUND.values()):
        (folder / f"form-{number}").write_bytes(page + b"\n" + content + b"\n" + page)
    return sum(path.stat().st_size for path in folder.iterdir())
