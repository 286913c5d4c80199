#!/bin/sh
# Makes or upgrades the database before anybody asks for a page, then becomes PHP.
set -eu
umask 077
mkdir -p /tmp/kanboard
cd /var/www/app
php cli db:migrate
exec php-fpm84 --nodaemonize --fpm-config /provisioner/php-fpm.conf
