#!/bin/bash
# Makes the database cluster at the first start, then becomes the server. While it is being made, a temporary server
# listens on its socket only: nobody can connect over TCP before everything is there.
set -Eeuo pipefail

# Given a variable's name and a default: read it from the file named by NAME_FILE when that is set.
value_or_file() {
  local name=$1 file_name="${1}_FILE" value=${2:-}
  if [ -n "${!name:-}" ] && [ -n "${!file_name:-}" ]; then
    echo >&2 "error: both $name and $file_name are set"
    exit 1
  fi
  if [ -n "${!name:-}" ]; then value=${!name}; elif [ -n "${!file_name:-}" ]; then value=$(<"${!file_name}"); fi
  export "$name=$value"
  unset "$file_name"
}

make_cluster() {
  local options=()
  [ -z "${POSTGRES_INITDB_ARGS:-}" ] || eval "options=($POSTGRES_INITDB_ARGS)"
  [ -z "${POSTGRES_INITDB_WALDIR:-}" ] || options+=(--waldir "$POSTGRES_INITDB_WALDIR")
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA" || true
  initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") "${options[@]}"
  printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >> "$PGDATA/pg_hba.conf"
}

run_init_files() {
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sh) if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
      *.sql) "${PSQL[@]}" --file "$file" ;;
      *.sql.gz) gunzip -c "$file" | "${PSQL[@]}" ;;
    esac
  done
}

first_start() {
  value_or_file POSTGRES_PASSWORD
  value_or_file POSTGRES_USER postgres
  value_or_file POSTGRES_DB "$POSTGRES_USER"
  value_or_file POSTGRES_INITDB_ARGS
  if [ -z "$POSTGRES_PASSWORD" ] && [ "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
    echo >&2 "error: POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE is needed to make the database"
    exit 1
  fi
  make_cluster
  export PGPASSWORD=$POSTGRES_PASSWORD
  PSQL=(psql -v ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER")
  pg_ctl --wait -o "-c listen_addresses= -p ${PGPORT:-5432}" start
  if [ "$POSTGRES_DB" != postgres ]; then
    "${PSQL[@]}" --dbname postgres --set name="$POSTGRES_DB" <<< 'CREATE DATABASE :"name";'
  fi
  PSQL+=(--dbname "$POSTGRES_DB")
  run_init_files
  pg_ctl --wait --mode fast stop
  unset PGPASSWORD
}

if [ "${1:0:1}" = - ]; then set -- postgres "$@"; fi
if [ "${1:-}" = postgres ]; then
  [ -s "$PGDATA/PG_VERSION" ] || first_start
  unset POSTGRES_PASSWORD POSTGRES_PASSWORD_FILE
fi
exec "$@"
