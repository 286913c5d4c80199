#!/bin/sh
# As root: gives /data to the user of the image, becomes that user, and runs itself again.
# As that user: writes the configuration, makes the server's signing key on the first day, becomes Synapse.
set -eu
if [ "$(id -u)" = 0 ]; then
  chown 991:991 /data
  exec gosu 991:991 sh "$0"
fi
export HOME=/tmp SYNAPSE_CONFIG_PATH=/tmp/homeserver.yaml
python3 /provisioner/configure.py "$SYNAPSE_CONFIG_PATH"
python3 -m synapse.app.homeserver --config-path "$SYNAPSE_CONFIG_PATH" --generate-keys
exec /start.py run
