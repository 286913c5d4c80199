"""Write Canaille's settings file, with the secrets and the keys that sign what we tell other services.

The keys are made on the first day.
They are kept in the database, so that its dump is the whole backup: with other keys, all sign-ins would be lost.
python signing_key.py FILE
"""

import json
import sys
from contextlib import closing
from pathlib import Path

import psycopg2
from joserfc.jwk import RSAKey


def secret(name: str) -> str:
    """Return a secret of this service."""
    return Path("/run/secrets", name).read_text(encoding="utf-8").strip()


def load_keys() -> list[dict[str, str]]:
    """Return the keys, newest first, made once even if two processes ask at the same time."""
    login = {"host": "db", "dbname": "canaille", "user": "canaille", "password": secret("db_password")}
    with closing(psycopg2.connect(**login)) as connection, connection:
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
    # Texts of JSON are texts of TOML too, and so are lists of tables of texts once each colon is an equals sign.
    keys = ", ".join("{" + ", ".join(f"{k} = {json.dumps(v)}" for k, v in each.items()) + "}" for each in load_keys())
    uri = f"postgresql+psycopg2://canaille:{secret('db_password')}@db/canaille"
    lines = [
        f"SECRET_KEY = {json.dumps(secret('secret_key'))}",
        "[CANAILLE_SQL]",
        f"DATABASE_URI = {json.dumps(uri)}",
        "[CANAILLE_OIDC]",
        f"ACTIVE_JWKS = [{keys}]",
    ]
    Path(sys.argv[1]).write_text("\n".join(lines) + "\n", encoding="utf-8")
