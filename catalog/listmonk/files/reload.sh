#!/bin/sh
# Given what settings.sql was given: makes listmonk read its settings again, unless it has read these since its start.
set -eu
read_so_far=/run/listmonk/settings
given() {
  echo "$@"
  env | grep '^MAIL_' | sort
  cat /run/secrets/mail_password /run/secrets/api_token
}
wanted="$(given "$@" | sha256sum)"
[ "$(cat "$read_so_far" 2>/dev/null)" != "$wanted" ] || exit 0
kill -HUP 1
# It waits up to three seconds for work under way, then starts itself again.
sleep 4
tries=30
until wget -q -O /dev/null http://127.0.0.1:9000/health; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || { echo "listmonk does not come back with its new settings"; exit 1; }
  sleep 1
done
echo "$wanted" > "$read_so_far"
