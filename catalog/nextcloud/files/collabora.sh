#!/bin/sh
# Points Nextcloud to the Collabora of the setting COLLABORA; without one, switches off what it had switched on.
set -u
occ() { sh /provisioner/occ.sh "$@"; }
ours="$(occ config:app:get core provisioner_collabora 2> /dev/null)"
[ "$COLLABORA" != "$ours" ] || exit 0
if [ -z "$COLLABORA" ]; then
  occ app:disable richdocuments && occ config:app:delete core provisioner_collabora
elif [ ! -d /var/www/html/custom_apps/richdocuments ]; then
  echo "Collabora waits for the application richdocuments"
else
  occ config:app:set richdocuments wopi_url --value="$COLLABORA"
  # It asks Collabora what it can open; when that does not answer, the next try is tomorrow's.
  occ richdocuments:activate-config && occ config:app:set core provisioner_collabora --value="$COLLABORA"
fi
exit 0
