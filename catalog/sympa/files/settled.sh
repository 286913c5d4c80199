#!/bin/sh
# Given nothing, waits until the daemons have worked through every message, at most a minute.
set -eu
for _ in $(seq 60); do
  sleep 1
  if [ -z "$(find /var/spool/sympa/msg /var/spool/sympa/outgoing /var/spool/sympa/bulk/msg -type f -not -path "*/bad/*")" ]; then
    exit 0
  fi
done
echo "messages still wait" >&2
exit 1
