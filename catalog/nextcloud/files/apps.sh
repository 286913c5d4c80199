#!/bin/sh
# Switches on the applications of the setting APPS, fetching those that are not there. Without a way to the internet
# the missing ones are named and all else goes on; the container cron tries again each day.
set -u
html=/var/www/html store=https://apps.nextcloud.com/api/v1/
occ() { sh /provisioner/occ.sh "$@"; }

enabled=" $(occ app:list --enabled --output=json | tr -c 'a-z0-9_' ' ') "
missing=""
for app in $APPS${COLLABORA:+ richdocuments}; do
  case "$enabled" in *" $app "*) continue ;; esac
  # Not asked of occ: for an application that is not there, each "enable" would wait for the store.
  if [ -d "$html/apps/$app" ] || [ -d "$html/custom_apps/$app" ]; then
    occ app:enable "$app" || echo "cannot be switched on: $app"
  else
    missing="$missing $app"
  fi
done
fetched="$(ls $html/custom_apps)"
if [ -n "$missing$fetched" ]; then
  if curl --silent --show-error --max-time 15 --head --output /dev/null "$store"; then
    for app in $missing; do
      occ app:install "$app" || echo "not installed: $app; next try within a day"
    done
    # Nobody else does it: the search for updates is off.
    [ -z "$fetched" ] || occ app:update --all || echo "some applications were not updated"
  else
    echo "apps.nextcloud.com cannot be reached; not installed:${missing:- none}, and no updates. Next try within a day."
  fi
fi
sh /provisioner/collabora.sh
