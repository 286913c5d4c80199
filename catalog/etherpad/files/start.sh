#!/bin/sh
# Has Node read the secrets in /run/secrets before it reads Etherpad (secrets.js), then becomes the given command.
set -eu
export NODE_OPTIONS="--require /provisioner/secrets.js"
# Without this list Etherpad asks pnpm for plugins of old, and pnpm dies where its own files are read-only.
list=/opt/etherpad-lite/var/installed_plugins.json
[ -s "$list" ] || echo '{"plugins": []}' > "$list"
exec "$@"
