#!/bin/sh
# Runs the given command with the configuration of Synapse.
set -eu
export HOME=/tmp SYNAPSE_CONFIG_PATH=/tmp/homeserver.yaml
exec "$@"
