#!/bin/sh
# Puts the volumes in order, then becomes the image's own start with the arguments given.
set -eu
find /tmp -mindepth 1 -mtime +1 -delete 2> /dev/null || true
php /provisioner/before.php
# php.ini names it: the sessions of people who are signed in lie in the cache.
CACHE_PASSWORD="$(cat /run/secrets/cache_password)"
export CACHE_PASSWORD
exec /entrypoint.sh "$@"
