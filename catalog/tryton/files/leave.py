"""One person leaves: python leave.py SUBJECT, an e-mail address or a login. The account is closed, its sessions end.

Members, entries and history stay. Prints changed, unchanged or unknown.
"""

import sys

from setup import in_transaction, open_pool
from trytond.pool import Pool
from trytond.tools import escape_wildcard


def leave(pool: Pool, subject: str) -> str:
    """Close the accounts, and what is still signed in by them: sessions, keys of programs."""
    User, Session, Key = (pool.get(name) for name in ("res.user", "ir.session", "res.user.application"))
    # An underscore in an address is a letter, no wildcard: somebody else would be meant.
    mail = ("email", "ilike", escape_wildcard(subject))
    found = User.search([["OR", mail, ("login", "=", subject)], ("login", "!=", "admin")])
    active = [user for user in found if user.active]
    if active:
        User.write(active, {"active": False, "password": None})
    if found:
        Session.clear([user.id for user in found])
        Key.delete(Key.search([("user", "in", [user.id for user in found])]))
    return "changed" if active else "unchanged" if found else "unknown"


if __name__ == "__main__":
    models = open_pool()
    in_transaction({"active_test": False}, lambda _transaction: print(leave(models, sys.argv[1])))
