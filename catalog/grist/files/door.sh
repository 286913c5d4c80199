#!/bin/sh
# The administrator's account takes the password of the secret, then the door opens.
set -eu
sh /provisioner/account.sh ensure admin < /run/secrets/admin_password
touch /tmp/open
exec caddy run --config /provisioner/Caddyfile --adapter caddyfile
