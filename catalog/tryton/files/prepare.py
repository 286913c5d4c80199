"""Make Tryton's tables, or bring them to the version of the code; nothing to do when they are there already.

python prepare.py         do it
python prepare.py check   exit 0 when the tables, an account that can sign in and the association are there
"""

import configparser
import hashlib
import os
import subprocess
import sys
from contextlib import closing
from importlib.metadata import distributions

import psycopg

MODULES = [
    "party",
    "party_relationship",
    "account_fr",
    "account_invoice",
    "account_statement",
    "account_payment_sepa",
    "sale_subscription",
]
READY = "SELECT 1 FROM res_user, company_company WHERE res_user.active AND password_hash IS NOT NULL LIMIT 1"


def connect() -> psycopg.Connection:
    """Open the database that Tryton's settings file leads to."""
    settings = configparser.RawConfigParser()
    settings.read(os.environ["TRYTOND_CONFIG"])
    return psycopg.connect(settings.get("database", "uri") + "tryton", autocommit=True)


def has_table(connection: psycopg.Connection, name: str) -> bool:
    """Return whether the database has the table."""
    row = connection.execute("SELECT to_regclass(%s)", [name]).fetchone()
    return bool(row and row[0])


def fingerprint() -> str:
    """Return a text that changes with the code, the modules wanted and the language."""
    code = sorted(f"{each.name} {each.version}" for each in distributions() if each.name.startswith("trytond"))
    return hashlib.sha256(repr((code, MODULES, os.environ["TRYTOND_DATABASE__LANGUAGE"])).encode()).hexdigest()


def update(first: bool) -> None:
    """Run Tryton's own program over all modules. Raises CalledProcessError."""
    options = ["--update", "ir", *MODULES, "--activate-dependencies"]
    if first:
        options += ["--email", os.environ["CONTACT"]]
        os.environ["TRYTONPASSFILE"] = "/run/secrets/admin_password"
    subprocess.run(["trytond-admin", "--database", "tryton", *options], check=True)


def prepare() -> None:
    """Compare the code with what the tables were made by, and bring them up to date. It is noted in the database."""
    with closing(connect()) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS provisioner")
        connection.execute("CREATE TABLE IF NOT EXISTS provisioner.made_by (fingerprint text)")
        row = connection.execute("SELECT fingerprint FROM provisioner.made_by").fetchone()
        if row and row[0] == fingerprint():
            return
        update(first=not row)
        connection.execute("DELETE FROM provisioner.made_by")
        connection.execute("INSERT INTO provisioner.made_by VALUES (%s)", [fingerprint()])


def is_ready() -> bool:
    """Return whether somebody can sign in and work."""
    with closing(connect()) as connection:
        return has_table(connection, "company_company") and connection.execute(READY).fetchone() is not None


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        sys.exit(0 if is_ready() else "nobody can sign in yet")
    prepare()
