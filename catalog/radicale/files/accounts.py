"""Accounts of Radicale: a line per person in /var/lib/radicale/users, passwords hashed with bcrypt.

python accounts.py ensure NAME   the account exists and takes the password read on standard input
python accounts.py remove NAME   the account is gone; its calendars stay
python accounts.py export NAME   prints the calendars and address books of that person, as a tar archive
python accounts.py erase NAME    the account is gone, and its calendars and address books with it
python accounts.py has NAME      exits 0 when the account exists and takes the password on standard input
python accounts.py list          the names
python accounts.py all           the same, and those whose account is gone but not their calendars
"""

import fcntl
import io
import shutil
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import bcrypt

USERS = Path("/var/lib/radicale/users")
COLLECTIONS = Path("/var/lib/radicale/collections/collection-root")


@contextmanager
def locked() -> Iterator[None]:
    """Hold the list from reading it to replacing it: who is erased meanwhile would come back."""
    with USERS.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def load_accounts() -> dict[str, str]:
    """Return name -> hash."""
    lines = USERS.read_text(encoding="utf-8").splitlines() if USERS.exists() else []
    return dict(line.split(":", 1) for line in lines if ":" in line)


def save_accounts(accounts: dict[str, str]) -> None:
    """Replace the file at once, so that a reader never sees half of it."""
    new = USERS.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text("".join(f"{name}:{hashed}\n" for name, hashed in sorted(accounts.items())), encoding="utf-8")
    new.replace(USERS)


def matches(accounts: dict[str, str], name: str, password: str) -> bool:
    """Return whether the account exists and takes the password."""
    return name in accounts and bcrypt.checkpw(password.encode(), accounts[name].encode())


def read_password() -> str:
    """Return the password on standard input; exit 2 on one that is too short or longer than bcrypt can tell apart."""
    password = sys.stdin.read().strip()
    if not 8 <= len(password.encode()) <= 72:
        sys.exit("Give a password of 8 to 72 bytes on standard input.")
    return password


def export(accounts: dict[str, str], name: str) -> None:
    """Write an archive: account.txt, and the person's folder when they ever signed in."""
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as archive:
        text = f"{name}: {'an account' if name in accounts else 'no account any more'}\n".encode()
        about = tarfile.TarInfo("account.txt")
        about.size = len(text)
        archive.addfile(about, io.BytesIO(text))
        if (COLLECTIONS / name).is_dir():
            archive.add(COLLECTIONS / name, name, filter=lambda each: None if ".Radicale.cache" in each.name else each)


def main(action: str, name: str = "") -> int:
    """Do one action of the page above; return the exit code."""
    if action == "list":
        print("\n".join(sorted(load_accounts())))
        return 0
    if action == "all":
        kept = {path.name for path in COLLECTIONS.iterdir() if not path.name.startswith(".")}
        print("".join(f"{name}\n" for name in sorted((kept | set(load_accounts())) - {"association"})), end="")
        return 0
    if not name or set(name) & set(":/\\\n") or name.startswith(".") or name == "association":
        sys.exit(f"{name!r} cannot be the name of an account.")
    if action == "has":
        return 0 if matches(load_accounts(), name, read_password()) else 1
    if action == "ensure":
        password = read_password()
        if not matches(load_accounts(), name, password):
            hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(10)).decode()
            with locked():
                save_accounts(load_accounts() | {name: hashed})
        return 0
    if action == "export":
        export(load_accounts(), name)
        return 0
    if action in ("remove", "erase"):
        with locked():
            save_accounts({key: value for key, value in load_accounts().items() if key != name})
        if action == "erase" and (COLLECTIONS / name).is_dir():
            shutil.rmtree(COLLECTIONS / name)
        return 0
    sys.exit(__doc__)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]) if len(sys.argv) > 1 else __doc__)
