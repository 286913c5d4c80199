#!/bin/sh
# Makes or upgrades the wiki before anybody can reach it, then becomes the given command.
set -eu
mkdir -p /var/www/data/images
sh /provisioner/maintenance.sh
if command -v docker-php-entrypoint >/dev/null; then set -- docker-php-entrypoint "$@"; fi
exec "$@"
