#!/bin/bash
# Usage: healthcheck.sh [--connect] [--innodb_initialized]; exits 0 when every test holds.
# --connect goes over TCP, which the temporary server of a first start or an upgrade does not offer.
set -eo pipefail
DATADIR=/var/lib/mysql
CLIENT=(mariadb "--defaults-file=$DATADIR/.my-healthcheck.cnf" --defaults-group-suffix= --skip-column-names --batch)

connect() { "${CLIENT[@]}" --protocol=tcp --host=127.0.0.1 --skip-ssl --execute 'select 1' >/dev/null; }

innodb_initialized() {
  [ "$("${CLIENT[@]}" --execute \
    "select 1 from information_schema.ENGINES where engine='innodb' and support in ('YES','DEFAULT','ENABLED')")" = 1 ]
}

[ "$#" -gt 0 ] || { echo >&2 "error: name at least one test"; exit 1; }
for test in "$@"; do
  case "$test" in
    --connect) connect ;;
    --innodb_initialized) innodb_initialized ;;
    *) echo >&2 "error: unknown test $test (there are --connect, --innodb_initialized)"; exit 1 ;;
  esac
done
