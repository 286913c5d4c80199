#!/bin/sh
# Exits 0 when Radicale answers, refuses strangers, and may write where it keeps the calendars.
set -eu
status="$(curl --silent --output /dev/null --write-out '%{http_code}' --request PROPFIND http://127.0.0.1:5232/)"
[ "$status" = 401 ] || { echo "a stranger gets $status instead of 401"; exit 1; }
[ -w /var/lib/radicale ] || { echo "cannot write to /var/lib/radicale"; exit 1; }
