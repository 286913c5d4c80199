#!/bin/sh
# Becomes a Valkey with the password of the secret, given on standard input: arguments can be read by everybody.
# Waiting jobs survive a restart (appendonly), and none may be dropped for want of memory.
set -eu
exec valkey-server - <<CONFIG
requirepass $(cat /run/secrets/cache_password)
save ""
appendonly yes
maxmemory-policy noeviction
dir /data
CONFIG
