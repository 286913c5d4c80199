"""Copies of Grist's files that fit together, as a tar archive on standard output, while Grist works.

Given "save", writes the archive: databases (home.sqlite3, *.grist) through SQLite's own backup, other files as they
are. Given "restore", reads such an archive on standard input and puts it in the place of what is there.

The last member of a whole archive is an empty file named COMPLETE, and a line of text follows the archive: a tar that
was cut between two members would be read without a word.
"""

import os
import shutil
import sqlite3
import sys
import tarfile
import tempfile
from pathlib import Path

PLACE = Path(os.environ.get("PERSIST", "/persist"))
DATABASES = (".grist", ".sqlite3")
PASSING = ("-journal", "-wal", "-shm")
COMPLETE, LINE = "provisioner-complete", b"\n-- Grist archive complete\n"


def add(archive: tarfile.TarFile, path: Path, scratch: Path) -> None:
    """Put one file into the archive; a database as SQLite copies it."""
    name = str(path.relative_to(PLACE))
    if path.suffix not in DATABASES:
        archive.add(path, name)
        return
    copy = scratch / "copy"
    with sqlite3.connect(path, timeout=60) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    archive.add(copy, name)
    copy.unlink()


def save() -> None:
    """Write the archive. The scratch copy lies beside the files: the container's /tmp is memory."""
    paths = [path for path in sorted(PLACE.rglob("*")) if path.is_file() and not path.name.endswith(PASSING)]
    with (
        tempfile.TemporaryDirectory(prefix=".copy-", dir=PLACE) as scratch,
        tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as archive,
    ):
        for path in paths:
            add(archive, path, Path(scratch))
        archive.addfile(tarfile.TarInfo(COMPLETE))
    sys.stdout.buffer.write(LINE)


def restore() -> None:
    """Unpack beside the present files first, so that a broken archive changes nothing."""
    with tempfile.TemporaryDirectory(prefix=".copy-", dir=PLACE) as folder:
        scratch = Path(folder)
        with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as archive:
            archive.extractall(scratch, filter="data")
        sys.stdin.buffer.read()
        if not (scratch / COMPLETE).exists():
            sys.exit("the archive is cut short: nothing was changed")
        (scratch / COMPLETE).unlink()
        for path in PLACE.iterdir():
            if path != scratch:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        for path in scratch.iterdir():
            path.rename(PLACE / path.name)


if __name__ == "__main__":
    {"save": save, "restore": restore}[sys.argv[1]]()
