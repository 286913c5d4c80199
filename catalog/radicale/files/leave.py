"""One person leaves: python leave.py NAME. The account goes; its calendars and address books stay.

Prints changed, or unknown where there is no such account. Radicale reads the list at each request: no session stays.
"""

import sys

from accounts import load_accounts, locked, save_accounts


def main(name: str) -> None:
    """Take the account away."""
    with locked():
        accounts = load_accounts()
        found = [each for each in accounts if each.casefold() == name.casefold()]
        if found:
            save_accounts({key: value for key, value in accounts.items() if key not in found})
    print("changed" if found else "unknown")


if __name__ == "__main__":
    main(sys.argv[1])
