#!/bin/sh
# Writes the configuration, makes the server's signing key on the first day, becomes Synapse.
set -eu
export HOME=/tmp SYNAPSE_CONFIG_PATH=/tmp/homeserver.yaml
python3 /provisioner/configure.py "$SYNAPSE_CONFIG_PATH"
python3 -m synapse.app.homeserver --config-path "$SYNAPSE_CONFIG_PATH" --generate-keys
exec /start.py run
