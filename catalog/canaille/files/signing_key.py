"""Print the keys that sign what we tell other services, as a JSON list; make them on the first day.

They are kept in the database, so that its dump is the whole backup: with other keys, all sign-ins would be lost.
Reads PGPASSWORD.
"""

import json
from contextlib import closing

import psycopg2
from joserfc.jwk import RSAKey


def load_keys() -> list[dict[str, str]]:
    """Return the keys, newest first, made once even if two processes ask at the same time."""
    with closing(psycopg2.connect(host="db", dbname="canaille", user="canaille")) as connection, connection:
        cursor = connection.cursor()
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('signing key'))")
        cursor.execute("CREATE SCHEMA IF NOT EXISTS provisioner")
        cursor.execute("CREATE TABLE IF NOT EXISTS provisioner.signing_key (made timestamptz, jwk text)")
        cursor.execute("SELECT jwk FROM provisioner.signing_key ORDER BY made DESC")
        if rows := cursor.fetchall():
            return [json.loads(row[0]) for row in rows]
        key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True).as_dict(private=True)
        cursor.execute("INSERT INTO provisioner.signing_key VALUES (now(), %s)", [json.dumps(key)])
        return [key]


if __name__ == "__main__":
    print(json.dumps(load_keys()))
