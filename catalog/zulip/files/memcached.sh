#!/bin/sh
# Becomes a memcached that asks for the password of the secret.
set -eu
umask 077
password="$(cat /run/secrets/memcached_password)"
echo 'mech_list: plain' > "$SASL_CONF_PATH"
printf 'zulip@%s:%s\nzulip@localhost:%s\n' "$(hostname)" "$password" "$password" > "$MEMCACHED_SASL_PWDB"
exec memcached -S -m 96
