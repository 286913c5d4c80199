#!/bin/sh
# Makes the tables and the first administrator on an empty database, brings older tables up to date, then becomes
# listmonk.
set -eu
LISTMONK_db__password="$(cat /run/secrets/db_password)"
export LISTMONK_db__password
umask 077
mkdir -p /tmp/uploads
cd /listmonk
LISTMONK_ADMIN_USER=admin LISTMONK_ADMIN_PASSWORD="$(cat /run/secrets/admin_password)" \
  ./listmonk --install --idempotent --yes --config ''
./listmonk --upgrade --yes --config ''
exec ./listmonk --config ''
