"""Accounts of copyparty, each with a folder of its own beside the common one. Passwords are kept hashed.

python3 accounts.py ensure NAME   the account exists and takes the password read on standard input
python3 accounts.py remove NAME   the account, its links and its own folder are gone; in the common folder, its name is
python3 accounts.py export NAME   prints, as a tar archive, the files of that account: its own, and those it sent
python3 accounts.py list          the names, and those whose account is gone but not their folder or the files they sent
python3 accounts.py count         how many there are
python3 accounts.py configure     writes the configuration, before the start
"""

import fcntl
import io
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ACCOUNTS, CONFIGURATION = Path("/state/accounts.json"), Path("/tmp/copyparty.conf")  # noqa: S108
LINKS, OWN_FOLDERS = Path("/state/links.db"), Path("/w/personnel")
SESSIONS, INDEX, COMMON = Path("/state/copyparty/sessions.db"), Path("/state/index"), Path("/w/commun")
NAME = re.compile(r"(?!(?:admin|acct)$)[a-z0-9][a-z0-9_.-]*")
HASHING = ["--usernames", "--ah-alg", "scrypt"]


@contextmanager
def locked() -> Iterator[None]:
    """Hold the list from reading it to replacing it: who is erased meanwhile would come back."""
    with ACCOUNTS.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def load_accounts() -> dict[str, str]:
    """Return name -> hash."""
    return json.loads(ACCOUNTS.read_text("utf-8")) if ACCOUNTS.exists() else {}


def write(path: Path, text: str) -> None:
    """Replace the file at once, so that a reader never sees half of it."""
    new = path.with_name(f"{path.name}.new")
    new.touch(mode=0o600)
    new.write_text(text, "utf-8")
    new.replace(path)


def hashed(name: str, password: str) -> str:
    """Return the hash of a password by copyparty itself, which salts it with a salt kept in /state."""
    command = [sys.executable, "-m", "copyparty", *HASHING, "--ah-gen", "-"]
    done = subprocess.run(command, input=f"{name}:{password}\n", capture_output=True, text=True, check=True)
    return next(line for line in done.stdout.splitlines() if line.startswith("+"))


def folder(url: str, path: str, who: str) -> str:
    """Return the lines that open a folder to some: to read, write, move and delete."""
    return f"\n[{url}]\n  {path}\n  accs:\n    rwmd.: {who}\n    a: admin\n  flags:\n    daw\n"


def configuration(accounts: dict[str, str]) -> str:
    """Return the whole configuration: settings, accounts, the common folder, one folder for each account."""
    makers = {"members": "auth", "admin": "a", "nobody": "no"}[os.environ["SHARE_LINKS"]]
    everyone = {"admin": hashed("admin", Path("/run/secrets/admin_password").read_text("utf-8").strip()), **accounts}
    language = "eng" if os.environ["LANGUAGE"] == "en" else "fra"
    head = Path("/provisioner/copyparty.conf").read_text("utf-8")
    head += f"  name: {os.environ['ASSOCIATION']}\n  doctitle: {os.environ['ASSOCIATION']}\n  lang: {language}\n"
    head += f"  site: {os.environ['URL']}/\n  df: {os.environ['FREE_GB']}\n  shr-who: {makers}\n"
    people = "".join(f"  {name}: {word}\n" for name, word in everyone.items())
    own = "".join(folder(f"/personnel/{name}", f"/w/personnel/{name}", name) for name in everyone)
    top = "\n[/]\n  /w/haut\n  accs:\n    r: @acct\n"
    return f"{head}\n[accounts]\n{people}{top}{folder('/commun', '/w/commun', '@acct')}{own}"


def save(accounts: dict[str, str]) -> None:
    """Keep the accounts and let the running server read them."""
    write(ACCOUNTS, json.dumps(accounts, indent=1))
    write(CONFIGURATION, configuration(accounts))
    os.kill(1, signal.SIGUSR1)


def remove(name: str) -> None:
    """Take away the account, its links and sessions, its own folder with the index of it, its name on files it sent."""
    with locked():
        save({key: value for key, value in load_accounts().items() if key != name})
    shutil.rmtree(OWN_FOLDERS / name, ignore_errors=True)
    change(LINKS, "delete from sf where k in (select k from sh where un = ?)", name)
    change(LINKS, "delete from sh where un = ?", name)
    change(SESSIONS, "delete from us where un = ?", name)
    time.sleep(3)  # until the server has closed the index of a folder that it does not serve any more
    for index, folder in indexes():
        if folder == OWN_FOLDERS / name:
            shutil.rmtree(index, ignore_errors=True)
        else:
            change(index / "up2k.db", "update up set un = '' where un = ?", name)


def change(path: Path, statement: str, name: str) -> None:
    """Run a statement on a database, if it is there, so that nothing of the old is left in the file."""
    if not path.exists():
        return
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as database:
        database.execute("pragma secure_delete = on")
        database.execute(statement, (name,))
        database.execute("vacuum")
        database.execute("pragma wal_checkpoint(truncate)")


def indexes() -> Iterator[tuple[Path, Path]]:
    """Yield each index with the folder that it is of."""
    for path in sorted(INDEX.glob("*/owner.txt")):
        yield path.parent, Path(path.read_text("utf-8").strip())


def sent(name: str) -> list[Path]:
    """Return the files in the common folder that the account sent."""
    found = []
    for index, folder in indexes():
        if folder != COMMON or not (index / "up2k.db").exists():
            continue
        with closing(sqlite3.connect(index / "up2k.db", timeout=60)) as database:
            rows = database.execute("select rd, fn from up where un = ? order by rd, fn", (name,))
            found += [COMMON / rd / fn for rd, fn in rows]
    return [path for path in found if path.is_file()]


def names() -> list[str]:
    """Return who can be erased: who has an account, a folder of their own or files sent to the common one."""
    found = {*load_accounts(), *(path.name for path in OWN_FOLDERS.iterdir())}
    for index, _folder in indexes():
        if (index / "up2k.db").exists():
            with closing(sqlite3.connect(index / "up2k.db", timeout=60)) as database:
                found |= {who for (who,) in database.execute("select distinct un from up")}
    return sorted(name for name in found if NAME.fullmatch(name or ""))


def export(name: str) -> None:
    """Write the archive: account.json, the account's own folder, what it sent to the common one."""
    links = []
    if LINKS.exists():
        with closing(sqlite3.connect(LINKS)) as database:
            rows = database.execute("select vp, t0, t1 from sh where un = ?", (name,)).fetchall()
            links = [{"folder": vp, "made": made, "ends": ends} for vp, made, ends in rows]
    about = json.dumps({"account": name, "links": links}, indent=1, ensure_ascii=False).encode()
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as archive:
        entry = tarfile.TarInfo("account.json")
        entry.size = len(about)
        archive.addfile(entry, io.BytesIO(about))
        if (OWN_FOLDERS / name).is_dir():
            archive.add(OWN_FOLDERS / name, f"personnel/{name}")
        for path in sent(name):
            archive.add(path, f"commun/{path.relative_to(COMMON)}")


def main(action: str, name: str = "") -> None:
    """Do one action of the page above; exit with a message when it cannot be done."""
    if action == "configure":
        with locked():
            return write(CONFIGURATION, configuration(load_accounts()))
    if action == "list":
        return print("".join(f"{name}\n" for name in names()), end="")
    if action == "count":
        return print(len(load_accounts()))
    if not NAME.fullmatch(name):
        sys.exit(f"{name!r} cannot be the name of an account: small letters, digits, dot, hyphen.")
    if action == "ensure":
        password = sys.stdin.read().strip()
        if not 10 <= len(password) <= 200:
            sys.exit("Give a password of ten characters at least on standard input.")
        word = hashed(name, password)
        with locked():
            return save(load_accounts() | {name: word})
    if action == "remove":
        return remove(name)
    if action == "export":
        return export(name)
    sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:3]) if len(sys.argv) > 1 else sys.exit(__doc__)
