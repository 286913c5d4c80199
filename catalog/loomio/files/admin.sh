#!/bin/sh
# Exits 0 once Loomio has an administrator who can sign in. Asked of the database: loading Loomio takes half a minute.
set -eu
psql --no-psqlrc --tuples-only --no-align --username=postgres --dbname=loomio_production --command "
  SELECT 'found' FROM users
  WHERE is_admin AND NOT bot AND email_verified AND deactivated_at IS NULL AND password_digest <> '' LIMIT 1" |
  grep -q found
