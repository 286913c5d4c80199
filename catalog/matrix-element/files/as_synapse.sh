#!/bin/sh
# Runs the given command as the user of Synapse, with its configuration.
set -eu
export HOME=/tmp SYNAPSE_CONFIG_PATH=/tmp/homeserver.yaml
exec gosu 991:991 "$@"
