"""Tell an application a new value of a secret: by standard input alone, never an argument nor an environment.

Every step may be repeated. It reads two lines: the value that is to hold from now on, and the one that may hold still.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from typing import Any

from . import docker, layout
from .fill import fill_command

ITERATIONS = 4096  # PostgreSQL's own choice, postgresql.org/docs: scram_iterations
STEP_SECONDS = 600
# As the account itself, whichever of the two values it takes now: so it also works when it was told before.
MARIADB = r"""
set -eu
read -r new
read -r old
client() {
  mariadb --defaults-extra-file=/dev/fd/3 --user="$1" --protocol=socket --batch 3<<END
[client]
password=$2
END
}
for word in "$old" "$new"; do
  if echo 'SELECT 1' | client "$1" "$word" > /dev/null 2>&1; then
    printf "SET PASSWORD = PASSWORD('%s');\n" "$new" | client "$1" "$word"
    exit
  fi
done
echo "the account $1 takes neither value" >&2
exit 1
"""
MYSQL = MARIADB.replace("mariadb --", "mysql --").replace(
    "SET PASSWORD = PASSWORD('%s')", "ALTER USER CURRENT_USER() IDENTIFIED BY '%s'"
)
# The server is told a verifier: no log of it can hold the password.
POSTGRES = r"""
set -eu
read -r verifier
printf "ALTER ROLE \"%s\" PASSWORD '%s';\n" "$1" "$verifier" | psql --username="$1" --dbname=postgres --no-psqlrc \
  --quiet --set=ON_ERROR_STOP=1 --output=/dev/null --file=-
"""


def scram(password: str, salt: bytes = b"") -> str:
    """Return what PostgreSQL keeps of a password (RFC 5802 and 7677; postgresql.org/docs: pg_authid)."""
    salt = salt or os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    one, two, three = (base64.b64encode(each).decode() for each in (salt, stored, server))
    return f"SCRAM-SHA-256${ITERATIONS}:{one}${two}:{three}"


def containers(how: Any) -> list[str]:
    """Return the containers that must run for what is done before the file changes."""
    if not isinstance(how, dict):
        return []
    database = [how.get("in", "db")] if any(map(how.get, ("postgres", "mariadb", "mysql"))) else []
    return database + [step["in"] for step in how.get("before", [])]


def before(name: str, how: Any, new: str, old: str) -> None:
    """Do what comes before the file of a secret changes. Raise docker.Failed."""
    if not isinstance(how, dict):
        return
    for kind, script, word in (("postgres", POSTGRES, scram(new)), ("mariadb", MARIADB, new), ("mysql", MYSQL, new)):
        if how.get(kind):
            step = {"in": how.get("in", "db"), "run": ["sh", "-c", script, "sh", how[kind]]}
            _run(name, step, word, old, (new, old))
    for step in how.get("before", []):
        _run(name, step, new, old, (new, old))


def after(name: str, how: Any, new: str, old: str) -> None:
    """Do what comes once the containers run with the new file. Raise docker.Failed."""
    for step in how.get("after", []) if isinstance(how, dict) else []:
        _run(name, step, new, old, (new, old))


def _run(name: str, step: dict[str, Any], first: str, second: str, hidden: tuple[str, ...]) -> None:
    folder = layout.instance_dir(name)
    facts = layout.read_json(folder / "instance.json", {})
    line = docker.execute(step["in"], fill_command(step["run"], facts))
    try:
        docker.run(line, cwd=folder, stdin=f"{first}\n{second}\n", timeout=STEP_SECONDS)
    except docker.Failed as error:
        output = error.output
        for value in hidden:
            output = output.replace(value, "***") if value else output
        raise docker.Failed(str(error), output, error.code) from None
