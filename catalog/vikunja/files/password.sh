#!/bin/bash
# Given an account's name, and its new password on the first line of standard input: sets it. Run in the container of
# the database: Vikunja's own command wants a terminal or an argument. The hash is made in the database "postgres", so
# that Vikunja's own has nothing foreign in it, and no log of the server may hold the password.
set -euo pipefail
IFS= read -r password
query() { psql --username=vikunja --dbname="$1" --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1; }
quiet="SET log_min_error_statement = panic; SET log_statement = none;"
hash="$(query postgres <<< "$quiet SET client_min_messages = error; CREATE EXTENSION IF NOT EXISTS pgcrypto;
SELECT crypt('$password', gen_salt('bf', 11));")"
done="$(query vikunja <<< "UPDATE users SET password = '$hash' WHERE username = '$1' RETURNING 1;")"
[ "$done" = 1 ] || { echo "there is no account $1" >&2; exit 1; }
