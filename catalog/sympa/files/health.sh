#!/bin/sh
# Given nothing, exits 0 when the pages answer from the database and every daemon runs.
set -eu
curl -fsS -o /dev/null -H "Host: $DOMAIN" -H "X-Forwarded-Proto: https" -H "X-Forwarded-For: 127.0.0.1" \
  http://127.0.0.1:8080/sympa/lists
for daemon in sympa_msg bulk archived task_manager relay; do
  kill -0 "$(cat "/run/sympa/$daemon.pid")"
done
