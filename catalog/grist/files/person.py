"""What Grist knows of one person outside the documents, read or erased in its own database.

Given "export" or "erase" and an e-mail address. export prints JSON; erase takes away name, address, keys and every
right; the documents, which belong to the association, stay. The administrator's address cannot be erased. Given
"people": every address that erase takes, a line each.
"""

import json
import os
import sqlite3
import sys

DATABASE = os.environ.get("TYPEORM_DATABASE", "/persist/home.sqlite3")
RIGHTS = """
    SELECT groups.name AS role, orgs.name AS site, workspaces.name AS workspace, docs.name AS document
    FROM group_users JOIN groups ON groups.id = group_users.group_id JOIN acl_rules ON acl_rules.group_id = groups.id
    LEFT JOIN orgs ON orgs.id = acl_rules.org_id LEFT JOIN workspaces ON workspaces.id = acl_rules.workspace_id
    LEFT JOIN docs ON docs.id = acl_rules.doc_id WHERE group_users.user_id = ?"""
# Without what Grist is born with, its service accounts and who is erased already.
PEOPLE = """
    SELECT DISTINCT email FROM logins
    WHERE email NOT LIKE '%@getgrist.com' AND email NOT LIKE '%.invalid' ORDER BY email"""


def export(database: sqlite3.Connection, person: int) -> dict[str, object]:
    """Return account, addresses, rights and the documents the person made; never the key of the interface."""
    account = dict(database.execute("SELECT * FROM users WHERE id = ?", [person]).fetchone())
    account["api_key"] = account.get("api_key") is not None
    return {
        "account": account,
        "addresses": rows(database, "SELECT email, display_email FROM logins WHERE user_id = ?", person),
        "preferences": rows(database, "SELECT prefs FROM prefs WHERE user_id = ?", person),
        "rights": rows(database, RIGHTS, person),
        "documents made": rows(database, "SELECT name, created_at FROM docs WHERE created_by = ?", person),
    }


def erase(database: sqlite3.Connection, person: int) -> dict[str, object]:
    """Take away what tells who it was. The row itself stays: documents name it as their maker."""
    database.execute("DELETE FROM group_users WHERE user_id = ?", [person])
    database.execute("DELETE FROM prefs WHERE user_id = ?", [person])
    database.execute(
        "UPDATE users SET name = '', picture = NULL, api_key = NULL, options = NULL, connect_id = NULL WHERE id = ?",
        [person],
    )
    nobody = f"erased-{person}@erased.invalid"
    database.execute("UPDATE logins SET email = ?, display_email = ? WHERE user_id = ?", [nobody, nobody, person])
    return {"erased": person}


def rows(database: sqlite3.Connection, query: str, person: int) -> list[dict[str, object]]:
    """Return the rows of a query about one person."""
    return [dict(row) for row in database.execute(query, [person])]


def main(action: str, email: str = "") -> None:
    """Find the person and print what was found or done."""
    administrator = os.environ.get("GRIST_ADMIN_EMAIL", "").lower()
    if action == "erase" and email.lower() == administrator:
        sys.exit("This is the administrator's address: give the association another contact address first.")
    database = sqlite3.connect(f"file:{DATABASE}?mode=rw", uri=True, timeout=60)
    database.row_factory = sqlite3.Row
    if action == "people":
        print("".join(f"{row['email']}\n" for row in database.execute(PEOPLE) if row["email"] != administrator), end="")
        return
    found = database.execute("SELECT user_id FROM logins WHERE email = ?", [email.lower()]).fetchone()
    if not found:
        print(json.dumps({"account": None}))
        return
    with database:
        report = {"export": export, "erase": erase}[action](database, found["user_id"])
    print(json.dumps(report, ensure_ascii=False, indent=2, default=str))


if __name__ == "__main__":
    main(*sys.argv[1:3])
