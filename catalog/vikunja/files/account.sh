#!/bin/bash
# Accounts of Vikunja, run in the container of the database, which has a shell.
#   account.sh ensure NAME E-MAIL   make the account, with the password on standard input, unless it exists
#   account.sh has NAME             exits 0 when the account exists and may sign in
set -euo pipefail
export LC_ALL=C

exists() {
  local found
  found="$(psql --username=vikunja --dbname=vikunja --tuples-only --no-align --quiet --set=ON_ERROR_STOP=1 --set=name="$1" \
    <<< "SELECT count(*) FROM users WHERE username = :'name' AND status = 0;")"
  [ "$found" = 1 ]
}

# Bash speaks HTTP itself: there is no curl here, and no password shows in a list of processes.
register() {
  local body status line
  printf -v body '{"username":"%s","email":"%s","password":"%s"}' "$1" "$2" "$3"
  # The health check of the image asks the database alone: the port may open a little later.
  local tries=30
  until { exec 3<> /dev/tcp/register/3456; } 2> /dev/null; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "Vikunja does not answer" >&2; return 1; }
    sleep 1
  done
  printf 'POST /api/v1/register HTTP/1.1\r\nHost: register\r\nConnection: close\r\n' >&3
  printf 'Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' "${#body}" "$body" >&3
  read -r line <&3
  status="${line#* }"
  case "$status" in
    200*) echo "made the account $1" ;;
    *) echo "Vikunja refuses the account $1: $line" >&2; tail -n 1 <&3 >&2; return 1 ;;
  esac
}

case "${1:-}" in
  has) exists "$2" ;;
  ensure)
    exists "$2" && exit 0
    case "$2$3" in *[\"\\]*) echo "a name and an address hold no quotes" >&2; exit 2 ;; esac
    IFS= read -r password || [ -n "$password" ]
    case "$password" in "" | *[\"\\]*) echo "no password, or one with quotes" >&2; exit 2 ;; esac
    register "$2" "$3" "$password"
    ;;
  *) echo "wanted: ensure NAME E-MAIL, or has NAME" >&2; exit 2 ;;
esac
