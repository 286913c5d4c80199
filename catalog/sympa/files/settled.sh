#!/bin/sh
# Given nothing, waits until the daemons have worked through every message, at most a minute.
set -eu
for _ in $(seq 60); do
  sleep 1
  waiting=$(cd /var/spool/sympa && find msg outgoing bulk/msg -type f -not -path '*/bad/*')
  if [ -z "$waiting" ]; then
    exit 0
  fi
done
echo "messages still wait" >&2
exit 1
