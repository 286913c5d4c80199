"""One person leaves: python3 leave.py NAME. The account, its links and sessions go; its files stay.

Prints changed, or unknown where there is no such account.
"""

import sqlite3
import sys
from contextlib import closing

from accounts import LINKS, load_accounts, locked, save


def main(name: str) -> None:
    """Take the account and the links it made away. A session names its account: without it, it opens nothing."""
    with locked():
        accounts = load_accounts()
        found = [each for each in accounts if each.casefold() == name.casefold()]
        if found:
            save({key: value for key, value in accounts.items() if key not in found})
    if not found:
        print("unknown")
        return
    if LINKS.exists():
        with closing(sqlite3.connect(LINKS)) as links, links:
            for each in found:
                links.execute("delete from sf where k in (select k from sh where un = ?)", (each,))
                links.execute("delete from sh where un = ?", (each,))
    print("changed")


if __name__ == "__main__":
    main(sys.argv[1])
