"""The first administrator, through Canaille's own commands, in one process so that no password is an argument.

python administrator.py ensure NAME EMAIL   the account and the group of administrators exist
python administrator.py password NAME       the account takes the password on the first line of standard input
python administrator.py export NAME         prints the account as JSON, without its password and one-time codes
python administrator.py has NAME            exits 0 when the account exists and is in that group
"""

import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

from canaille.commands import cli

GROUP = "admin"
HIDDEN = {"password", "secret_token", "one_time_password"}


def run(*arguments: str) -> str:
    """Run one command of Canaille and return what it printed; raises click.ClickException when it refuses."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        cli(list(arguments), standalone_mode=False)
    return output.getvalue()


def find(model: str, option: str, value: str) -> list[dict[str, Any]]:
    """Return the objects whose attribute has that value."""
    found: list[dict[str, Any]] = json.loads(run("get", model, option, value))
    return found


def ensure(name: str, email: str) -> None:
    """Make the account and its group unless they are there."""
    if not find("user", "--user-name", name):
        password = Path("/run/secrets/admin_password").read_text(encoding="utf-8").strip()
        names = ["--given-name", "Admin", "--family-name", "Admin", "--formatted-name", "Admin"]
        run("create", "user", "--quiet", "--user-name", name, "--emails", email, "--password", password, *names)
    if not find("group", "--display-name", GROUP):
        run("create", "group", "--quiet", "--display-name", GROUP, "--members", name)


def set_password(name: str, password: str) -> None:
    """Give the account a new password; exit with a message when it is not there."""
    found = find("user", "--user-name", name)
    if not found:
        sys.exit(f"there is no account {name}")
    run("set", "user", found[0]["id"], "--quiet", "--password", password)


def exists(name: str) -> bool:
    """Return whether the account exists and is in the group."""
    users, groups = find("user", "--user-name", name), find("group", "--display-name", GROUP)
    return bool(users and groups) and users[0]["id"] in groups[0].get("members", [])


if __name__ == "__main__":
    action, administrator, *rest = sys.argv[1:]
    if action == "ensure":
        ensure(administrator, rest[0])
    elif action == "password":
        set_password(administrator, sys.stdin.readline().rstrip("\n"))
    elif action == "export":
        found = find("user", "--user-name", administrator)
        kept = [{key: value for key, value in each.items() if key not in HIDDEN} for each in found]
        print(json.dumps(kept, ensure_ascii=False, indent=1))
    elif not exists(administrator):
        sys.exit(f"{administrator} is not there yet")
