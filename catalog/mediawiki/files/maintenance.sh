#!/bin/sh
# An empty database becomes a wiki with its first administrator; the tables of an older version become the present ones.
# May be run again at any time.
set -eu
cd /var/www/html
# Versions before 1.40 have no run.php.
script() {
  name=$1
  shift
  if [ -f maintenance/run.php ]; then php maintenance/run.php "$name" "$@"; else php "maintenance/$name.php" "$@"; fi
}

case "$(php /provisioner/state.php)" in
  empty)
    # The installer refuses to run where settings exist, so it is shown none; what it writes is thrown away.
    MW_CONFIG_FILE=/tmp/no-settings.php script install --confpath=/tmp --dbtype=mysql --dbserver=db \
      --dbname=mediawiki --dbuser=mediawiki --dbpassfile=/run/secrets/db_password \
      --server="$URL" --scriptpath= --lang="$LANGUAGE" --passfile=/run/secrets/admin_password \
      "$ASSOCIATION" Admin
    rm -f /tmp/LocalSettings.php
    script update --quick
    php /provisioner/state.php done
    ;;
  older)
    script update --quick
    php /provisioner/state.php done
    ;;
esac
