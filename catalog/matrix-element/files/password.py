"""Set the password of an account of this server: python password.py NAME, the password on standard input's first line.

Synapse has no command for it; this writes what its own hash_password prints.
"""

import json
import sys
from contextlib import closing
from pathlib import Path

import bcrypt
import psycopg2


def main(name: str) -> None:
    """Set it. Exit with a message when there is no such account."""
    settings = json.loads(Path("/tmp/homeserver.yaml").read_text("utf-8"))  # noqa: S108
    database = {key: value for key, value in settings["database"]["args"].items() if not key.startswith("cp_")}
    password = sys.stdin.readline().rstrip("\n")
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(12)).decode()
    with closing(psycopg2.connect(**database)) as connection, connection, connection.cursor() as cursor:
        who = f"@{name}:{settings['server_name']}"
        cursor.execute("UPDATE users SET password_hash = %s WHERE name = %s", (hashed, who))
        if cursor.rowcount != 1:
            sys.exit(f"there is no account {who}")


if __name__ == "__main__":
    main(sys.argv[1])
