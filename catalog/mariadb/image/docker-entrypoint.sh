#!/bin/bash
# Makes the database at the first start, brings its system tables up to the installed version when
# MARIADB_AUTO_UPGRADE is set, then becomes the server. Both happen without TCP.
set -Eeuo pipefail
DATADIR=/var/lib/mysql
SOCKET=/run/mysqld/mysqld.sock
. /usr/local/lib/mariadb/prepare.sh

# Given a name without prefix: read MARIADB_NAME or MYSQL_NAME, or the file named by the same with _FILE.
value_or_file() {
  local prefix name value=""
  for prefix in MYSQL MARIADB; do
    name="${prefix}_$1"
    if [ -n "${!name:-}" ]; then value=${!name}; fi
    name="${name}_FILE"
    if [ -n "${!name:-}" ]; then value=$(<"${!name}"); fi
    unset "${prefix}_$1" "$name"
  done
  printf -v "$1" '%s' "$value"
}

if [ "${1:0:1}" = - ]; then set -- mariadbd "$@"; fi
if [ "${1:-}" = mariadbd ] || [ "${1:-}" = mysqld ]; then
  shift
  for name in ROOT_PASSWORD RANDOM_ROOT_PASSWORD ALLOW_EMPTY_ROOT_PASSWORD ROOT_HOST USER PASSWORD DATABASE; do
    value_or_file "$name"
  done
  if [ ! -d "$DATADIR/mysql" ]; then
    make_database
  elif [ -n "${MARIADB_AUTO_UPGRADE:-}" ] && needs_upgrade; then
    upgrade_database
  fi
  set -- mariadbd "$@"
fi
exec "$@"
