#!/bin/sh
# Makes the folders that are new at each start, then becomes the given command (the entrypoint of the image).
set -eu
mkdir -p /var/www/html/tmp/assets /var/www/html/tmp/runtime /var/www/html/tmp/upload
# The entrypoint hands the first password to a program on its command line, where others may read it: it gets one that
# nobody knows, and the set-up command gives the administrator the real one before anybody can reach the site.
ADMIN_PASSWORD="$(head -c 32 /dev/urandom | sha256sum | cut -c 1-40)"
export ADMIN_PASSWORD
exec "$@"
