#!/bin/sh
# Given the secrets in /run/secrets, exports what Etherpad reads from its environment, then becomes the given command.
set -eu
DB_PASS="$(cat /run/secrets/db_password)"
ADMIN_PASSWORD="$(cat /run/secrets/admin_password)"
# Unset passwords are the word "null" and unset client secrets "admin" and "user", which anyone could try.
USER_PASSWORD="$(cat /run/secrets/user_password)"
ADMIN_SECRET="$(cat /run/secrets/admin_client_secret)"
USER_SECRET="$(cat /run/secrets/user_client_secret)"
export DB_PASS ADMIN_PASSWORD USER_PASSWORD ADMIN_SECRET USER_SECRET
# Without this list Etherpad asks pnpm for plugins of old, and pnpm dies where its own files are read-only.
list=/opt/etherpad-lite/var/installed_plugins.json
[ -s "$list" ] || echo '{"plugins": []}' > "$list"
exec "$@"
