#!/bin/sh
# Given an account's name, and its new password on the first line of standard input: sets it, hashed by the database as
# listmonk itself has it done. Run in the container of the database; no log of the server may hold the password.
set -eu
read -r password
done="$(printf "SET log_min_error_statement = panic; SET log_statement = none;
UPDATE users SET password = CRYPT('%s', GEN_SALT('bf')) WHERE username = '%s' AND type = 'user' RETURNING 1;\n" \
  "$password" "$1" | psql --username=listmonk --dbname=listmonk --no-psqlrc --quiet --tuples-only --no-align \
  --set=ON_ERROR_STOP=1)"
[ "$done" = 1 ] || { echo "there is no account $1" >&2; exit 1; }
