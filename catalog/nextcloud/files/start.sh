#!/bin/sh
# Puts the volumes in order, then becomes the image's own start with the arguments given.
set -eu
find /tmp -mindepth 1 -mtime +1 -delete 2> /dev/null || true
php /provisioner/before.php
# php.ini names it: the sessions of people who are signed in lie in the cache.
CACHE_PASSWORD="$(cat /run/secrets/cache_password)"
export CACHE_PASSWORD
# The image hands the first administrator's password to a program on its command line, where others may read it: it gets
# one that nobody knows, and setup.sh gives the administrator the real one.
unset NEXTCLOUD_ADMIN_PASSWORD_FILE
NEXTCLOUD_ADMIN_PASSWORD="$(head -c 32 /dev/urandom | sha256sum | cut -c 1-40)"
export NEXTCLOUD_ADMIN_PASSWORD
exec /entrypoint.sh "$@"
