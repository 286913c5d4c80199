"""Set a person's password: python password.py LOGIN, the password on the first line of standard input."""

import sys

from setup import in_transaction, open_pool


def main(login: str) -> None:
    """Set it. Exit with a message when there is no such account."""
    password = sys.stdin.readline().rstrip("\n")
    pool = open_pool()

    def work(_transaction: object) -> None:
        User = pool.get("res.user")
        found = User.search([("login", "=", login)])
        if not found:
            sys.exit(f"there is no account {login}")
        User.write(found, {"password": password})

    in_transaction({}, work)


if __name__ == "__main__":
    main(sys.argv[1])
