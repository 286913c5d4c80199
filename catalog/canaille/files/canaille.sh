#!/bin/sh
# Given a program and its arguments, writes the secrets and the signing keys into a settings file that only its owner may
# read, and runs the program with it: variables can be read by whoever sees the process.
set -eu
umask 077
python /provisioner/signing_key.py "/tmp/canaille.$$"
mv "/tmp/canaille.$$" /tmp/canaille.toml
export CANAILLE_CONFIG=/tmp/canaille.toml
exec "$@"
