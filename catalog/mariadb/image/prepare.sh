# Functions of docker-entrypoint.sh. They expect DATADIR, SOCKET and the values read from the environment.

CLIENT=(mariadb --no-defaults --user=root "--socket=$SOCKET")

# Start a server that only this container's socket reaches; further options are passed on.
start_temporary_server() {
  mariadbd --skip-networking --socket="$SOCKET" "$@" &
  TEMPORARY=$!
  local attempt
  for attempt in {1..120}; do
    if mariadb-admin --no-defaults --socket="$SOCKET" --user=root ping >/dev/null 2>&1; then return; fi
    kill -0 "$TEMPORARY" 2>/dev/null || break
    sleep 0.5
  done
  echo >&2 "error: the temporary server did not start"
  exit 1
}

stop_temporary_server() {
  kill "$TEMPORARY"
  wait "$TEMPORARY"
}

# Given a text, print it as an SQL string.
sql_text() { printf "'%s'" "$(sed "s/\\\\/\\\\\\\\/g; s/'/''/g" <<< "$1")"; }

# Given a text, print it as an SQL name.
sql_name() { printf '`%s`' "${1//\`/\`\`}"; }

# The healthcheck's own user may connect and see nothing; its password stays in the data directory, like upstream's.
healthcheck_user() {
  local password
  password=$(head -c 32 /dev/urandom | base64 | tr -dc 'A-Za-z0-9')
  local host
  for host in localhost 127.0.0.1 ::1; do
    echo "CREATE OR REPLACE USER healthcheck@'$host' IDENTIFIED BY '$password';"
    echo "GRANT USAGE ON *.* TO healthcheck@'$host';"
  done
  (umask 077; printf '[mariadb-client]\nport=3306\nsocket=%s\nuser=healthcheck\npassword=%s\n' "$SOCKET" "$password" \
    > "$DATADIR/.my-healthcheck.cnf")
}

first_sql() {
  local host=${ROOT_HOST:-%} self
  self=$(sql_text "$(hostname)")
  # mariadb-install-db leaves root without a password on these addresses.
  echo "DROP USER IF EXISTS root@'127.0.0.1', root@'::1', root@$self, ''@localhost, ''@$self;"
  echo "DROP DATABASE IF EXISTS test;"
  healthcheck_user
  if [ -n "$DATABASE" ]; then echo "CREATE DATABASE IF NOT EXISTS $(sql_name "$DATABASE");"; fi
  if [ -n "$USER" ] && [ -n "$PASSWORD" ]; then
    echo "CREATE USER $(sql_text "$USER")@'%' IDENTIFIED BY $(sql_text "$PASSWORD");"
    if [ -n "$DATABASE" ]; then
      echo "GRANT ALL ON $(sql_name "${DATABASE//_/\\_}").* TO $(sql_text "$USER")@'%';"
    fi
  fi
  if [ "$host" != localhost ]; then
    echo "CREATE USER root@$(sql_text "$host") IDENTIFIED BY $(sql_text "$ROOT_PASSWORD");"
    echo "GRANT ALL ON *.* TO root@$(sql_text "$host") WITH GRANT OPTION;"
  fi
  echo "ALTER USER root@localhost IDENTIFIED BY $(sql_text "$ROOT_PASSWORD");"
}

make_database() {
  if [ -n "$RANDOM_ROOT_PASSWORD" ]; then
    ROOT_PASSWORD=$(head -c 32 /dev/urandom | base64 | tr -dc 'A-Za-z0-9')
    echo "GENERATED ROOT PASSWORD: $ROOT_PASSWORD"
  fi
  if [ -z "$ROOT_PASSWORD" ] && [ -z "$ALLOW_EMPTY_ROOT_PASSWORD" ]; then
    echo >&2 "error: MARIADB_ROOT_PASSWORD or MARIADB_RANDOM_ROOT_PASSWORD is needed to make the database"
    exit 1
  fi
  mariadb-install-db --datadir="$DATADIR" --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve \
    --cross-bootstrap >/dev/null
  start_temporary_server
  # Time zones: conversions by name need them; errors about odd files in zoneinfo are normal.
  mariadb-tzinfo-to-sql --skip-write-binlog /usr/share/zoneinfo 2>/dev/null | "${CLIENT[@]}" mysql
  first_sql | "${CLIENT[@]}"
  CLIENT+=("--password=$ROOT_PASSWORD")
  run_init_files
  stop_temporary_server
}

run_init_files() {
  local file
  [ -z "$DATABASE" ] || CLIENT+=("$DATABASE")
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sh) if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
      *.sql) "${CLIENT[@]}" < "$file" ;;
      *.sql.gz) gunzip -c "$file" | "${CLIENT[@]}" ;;
      *.sql.zst) zstd -dc "$file" | "${CLIENT[@]}" ;;
    esac
  done
}

# Succeed when the data directory was last upgraded by another version than the installed one.
needs_upgrade() {
  local done_by=""
  [ ! -f "$DATADIR/mariadb_upgrade_info" ] || done_by=$(cut -d- -f1 "$DATADIR/mariadb_upgrade_info")
  [ "$(installed_version)" != "$done_by" ]
}

# Print the version of the installed server, as 11.8.6.
installed_version() { mariadbd --no-defaults --version | sed -rn 's/.*Ver ([0-9.]+)-.*/\1/p'; }

upgrade_database() {
  local sql=/tmp/after-upgrade.sql
  start_temporary_server --skip-grant-tables
  if [ -z "${MARIADB_DISABLE_UPGRADE_BACKUP:-}" ]; then
    mariadb-dump --no-defaults --socket="$SOCKET" --user=root --skip-lock-tables --replace mysql | zstd -q -f \
      -o "$DATADIR/system_mysql_backup_before_$(installed_version).sql.zst"
  fi
  mariadb-upgrade --no-defaults --socket="$SOCKET" --user=root --upgrade-system-tables
  stop_temporary_server
  # The upgrade turned passwords on again; statements of this file are run without one.
  (umask 077; healthcheck_user > "$sql")
  start_temporary_server --init-file="$sql"
  stop_temporary_server
  rm "$sql"
}
