#!/bin/sh
# Sets what lies in the database rather than in files. It says what must be true: run as often as one likes.
set -eu
occ() { sh /provisioner/occ.sh "$@"; }

if [ -e /var/www/data/.first-installation ]; then
  OC_PASS="$(cat /run/secrets/admin_password)" sh /provisioner/occ.sh user:resetpassword --password-from-env \
    "$NEXTCLOUD_ADMIN_USER"
fi
rm -f /var/www/data/.first-installation
occ config:import <<JSON
{"apps": {
  "files": {"default_quota": "$QUOTA"},
  "files_sharing": {"lookupServerEnabled": "no", "lookupServerUploadEnabled": "no"},
  "updatenotification": {"notify_groups": "[]"}
}}
JSON
occ background:cron
occ app:disable survey_client firstrunwizard nextcloud_announcements weather_status || true
# After an upgrade; nothing to do otherwise.
occ db:add-missing-indices
occ db:add-missing-columns
occ db:add-missing-primary-keys
sh /provisioner/apps.sh
