#!/bin/bash
# Lays out the volume: data, and links to the extensions of the image beside those that people add. Then starts Apache.
set -euo pipefail
umask 022
mkdir -p /storage/data /storage/conf
cp -R /var/www/html/data.core/. /storage/data
ln -sfn /var/www/html/conf.core/license.php /storage/conf/license.php
for kind in plugins tpl; do
  mkdir -p "/storage/lib/$kind"
  for path in "/var/www/html/lib/$kind.core"/*; do
    target="/storage/lib/$kind/${path##*/}"
    rm -rf "$target"
    ln -s "$path" "$target"
  done
done
exec apache2-foreground
