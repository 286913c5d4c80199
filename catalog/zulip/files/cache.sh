#!/bin/sh
# Becomes a Valkey with the password of the secret, given on standard input: arguments can be read by everybody.
set -eu
exec valkey-server - <<CONFIG
requirepass $(cat /run/secrets/cache_password)
dir /data
CONFIG
