#!/bin/sh
# Given a program and its arguments, exports what Canaille reads from its environment out of the secrets and runs it.
set -eu
SECRET_KEY="$(cat /run/secrets/secret_key)"
PGPASSWORD="$(cat /run/secrets/db_password)"
CANAILLE_SQL__DATABASE_URI="postgresql+psycopg2://canaille:${PGPASSWORD}@db/canaille"
export SECRET_KEY PGPASSWORD CANAILLE_SQL__DATABASE_URI
CANAILLE_OIDC__ACTIVE_JWKS="$(python /provisioner/signing_key.py)"
export CANAILLE_OIDC__ACTIVE_JWKS
exec "$@"
