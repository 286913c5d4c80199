#!/bin/bash
# Given the secrets in /run/secrets, exports what Grist reads, then becomes the image's entry point.
set -eu
GRIST_SESSION_SECRET="$(cat /run/secrets/session_secret)"
# Without a key of ours Grist makes one and prints it in its log.
GRIST_BOOT_KEY="$(cat /run/secrets/boot_key)"
export GRIST_SESSION_SECRET GRIST_BOOT_KEY
cd /grist
exec ./sandbox/docker_entrypoint.sh "$@"
