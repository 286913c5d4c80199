#!/bin/sh
# Runs one command of Nextcloud.
exec php /var/www/html/occ --no-interaction "$@"
