"""The databases of copyparty's share links and sessions: dumped while it works, put back whole or not at all.

python3 databases.py dump      writes both as SQL on standard output; a line of its own ends it
python3 databases.py restore   reads that on standard input and puts new files in the place of the present ones
python3 databases.py check     before the start: takes away broken databases, which would keep copyparty from serving
"""

import os
import sqlite3
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

STATE = Path(os.environ.get("XDG_CONFIG_HOME", "/state"))
FILES = {"links": STATE / "links.db", "sessions": STATE / "copyparty/sessions.db"}
TABLES = {"links": ("kv", "sh", "sf"), "sessions": ("kv", "us")}
INDEX = ("kv", "up")
HEAD, END = "-- database ", "-- copyparty dump complete"
BROKEN = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def opened(path: Path) -> sqlite3.Connection:
    """Return a connection to a file that exists; it never makes an empty one."""
    return sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=60, isolation_level=None)


def sound(database: sqlite3.Connection, tables: Iterable[str]) -> bool:
    """Return whether it is whole and has these tables. Raise sqlite3.Error when that cannot be known."""
    try:
        for table in tables:
            database.execute(f"select count(*) from {table}").fetchone()  # noqa: S608
        version = database.execute("select v from kv where k = 'sver'").fetchone()
        return bool(version) and database.execute("pragma integrity_check").fetchone() == ("ok",)
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF in BROKEN:
            return False
        raise


def remove(path: Path, *, itself: bool = True) -> None:
    """Take away what SQLite left beside a database, and the file itself."""
    for end in ("-wal", "-shm", "-journal", *([""] if itself else [])):
        path.with_name(path.name + end).unlink(missing_ok=True)


def dump() -> None:
    """Copy each database by SQLite's own backup, into memory, and write the copy when it is sound."""
    for name, path in FILES.items():
        with closing(opened(path)) as source, closing(sqlite3.connect(":memory:")) as copy:
            source.backup(copy)
            if not sound(copy, TABLES[name]):
                sys.exit(f"{path} is broken")
            sys.stdout.buffer.write(f"{HEAD}{name}\n".encode())
            for statement in copy.iterdump():
                sys.stdout.buffer.write(f"{statement}\n".encode())
    sys.stdout.buffer.write(f"{END}\n".encode())
    sys.stdout.buffer.flush()


def build(lines: Iterable[bytes], new: dict[str, sqlite3.Connection]) -> None:
    """Run the SQL of a dump. A line of dashes counts between statements only: a file's name may hold anything."""
    name, statement, ended = "", "", False
    for line in lines:
        if ended:
            sys.exit("something follows the end of the dump: nothing was changed")
        text = line.decode()
        if not statement and text.startswith("-- "):
            name, ended = text.removeprefix(HEAD).strip(), text == f"{END}\n"
            continue
        statement += text
        if sqlite3.complete_statement(statement):
            new[name].execute(statement)
            statement = ""
    if not ended:
        sys.exit("the dump is cut short: nothing was changed")


def restore() -> None:
    """Build both files beside the present ones, test them, put them in place."""
    beside = {name: path.with_name(f"{path.name}.new") for name, path in FILES.items()}
    try:
        for path in beside.values():
            remove(path)
        new = {name: sqlite3.connect(path, isolation_level=None) for name, path in beside.items()}
        build(sys.stdin.buffer, new)
        for name, database in new.items():
            if database.in_transaction or not sound(database, TABLES[name]):
                sys.exit(f"what the dump says of {name} is not whole: nothing was changed")
            database.close()
        for name, path in FILES.items():
            # What the old database had not yet written into its file must not be read into the new one.
            remove(path, itself=False)
            beside[name].replace(path)
        FILES["links"].with_name("links.db.broken").unlink(missing_ok=True)
    finally:
        for path in beside.values():
            remove(path)


def check() -> None:
    """Put a broken database of links aside; drop broken sessions and indexes, which copyparty then makes again."""
    links, sessions = FILES.values()
    wanted = {links: ("kv", "sh"), sessions: TABLES["sessions"]}
    wanted |= dict.fromkeys((STATE / "index").glob("*/up2k.db"), INDEX)
    for path, tables in wanted.items():
        if not path.exists():
            continue
        with closing(opened(path)) as database:
            whole = sound(database, tables)
        if not whole:
            print(f"{path} is broken: put aside or made again, empty", file=sys.stderr)
            if path == links:
                path.replace(f"{path}.broken")
            remove(path)


if __name__ == "__main__":
    os.umask(0o077)
    actions = {"dump": dump, "restore": restore, "check": check}
    if sys.argv[1:] not in [[name] for name in actions]:
        sys.exit(__doc__)
    try:
        actions[sys.argv[1]]()
    except (sqlite3.Error, ValueError, KeyError) as error:
        # Not the message itself: it may quote a row.
        sys.exit(f"{sys.argv[1]}: {getattr(error, 'sqlite_errorname', type(error).__name__)}")
