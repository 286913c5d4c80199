#!/bin/sh
# Brings the code of the image into the volume, makes or upgrades the site before anybody can reach it, then becomes
# the given command. The image's own entrypoint is left out: it writes into the image, and hands passwords to commands.
set -eu
cd /var/www/html
branch() {
  sed -n "s/^\$spip_version_branche = [\"']\(.*\)[\"'];.*/\1/p" "$1/ecrire/inc_version.php" 2>/dev/null || true
}
new=$(branch /usr/src/spip)
if [ "$(branch .)" != "$new" ]; then
  echo "SPIP $new comes into the volume"
  # What people added lies in other folders: the code's own are made anew, so that dropped files do not stay.
  rm -rf ecrire prive plugins-dist squelettes-dist vendor local/cache-* tmp/cache
  tar -C /usr/src/spip -cf - . | tar -xf - --no-overwrite-dir
fi
mkdir -p IMG lib local plugins/auto squelettes tmp/dump tmp/log tmp/upload tmp/sessions
cp /provisioner/htaccess .htaccess
cp /provisioner/mes_options.php config/mes_options.php
php /provisioner/setup.php
exec "$@"
