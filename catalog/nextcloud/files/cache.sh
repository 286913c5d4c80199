#!/bin/sh
# Becomes a Valkey that keeps nothing on disk: sessions, locks and a cache, with the password of the secret.
set -eu
exec valkey-server - <<CONFIG
requirepass $(cat /run/secrets/cache_password)
save ""
appendonly no
maxmemory 128mb
maxmemory-policy allkeys-lru
dir /data
CONFIG
