"""One person leaves: python leave.py NAME, a user name or an e-mail address, through Canaille's own commands.

The account is locked: nobody signs in by it, here or in the services behind it; its tokens go. The profile stays.
Prints changed, unchanged or unknown.
"""

import sys
from datetime import UTC, datetime

from administrator import GROUP, find, run

LOCKED = "2000-01-01T00:00:00+00:00"


def main(name: str) -> None:
    """Lock the accounts of that name or address."""
    found = find("user", "--user-name", name) or (find("user", "--emails", name) if "@" in name else [])
    answer = "unknown"
    for user in found:
        last_administrator(user["id"])
        until = str(user.get("lock_date") or "")
        locked = bool(until) and datetime.fromisoformat(until) < datetime.now(UTC)
        if not locked:
            run("set", "user", user["id"], "--quiet", "--lock-date", LOCKED)
        for token in find("token", "--subject", user["id"]):
            run("delete", "token", "--noconfirm", "--identifier", token["id"])
        answer = "unchanged" if locked and answer != "changed" else "changed"
    print(answer)


def last_administrator(identifier: str) -> None:
    """Exit with a message when nobody else administers the accounts."""
    for group in find("group", "--display-name", GROUP):
        if set(group.get("members", [])) == {identifier}:
            sys.exit("this is the last administrator: make another one first")


if __name__ == "__main__":
    main(sys.argv[1])
