#!/bin/sh
# Given the domain, language, telephone region, quota, days of trash and days of activity: sets what the environment of
# the image cannot. Each line says what must be true, so it may run as often as one likes.
set -eu
domain="$1" language="$2" region="$3" quota="$4" trash="$5" activity="$6"
occ() { sh /provisioner/occ.sh "$@"; }
system() { occ config:system:set "$@"; }

# The image writes the domain at the first installation only; index 0 is localhost.
system trusted_domains 1 --value="$domain"
system default_language --value="$language"
system default_phone_region --value="$region"
system maintenance_window_start --type=integer --value=1
system trashbin_retention_obligation --value="auto, $trash"
system versions_retention_obligation --value="auto, $trash"
system activity_expire_days --type=integer --value="$activity"
system log_rotate_size --type=integer --value=10485760
# Nothing is told to others: no search for updates, no common address book, no survey of use.
system updatechecker --type=boolean --value=false
system lookup_server --value=
system simpleSignUpLink.shown --type=boolean --value=false
system skeletondirectory --value=
occ config:app:set files_sharing lookupServerEnabled --value=no
occ config:app:set files_sharing lookupServerUploadEnabled --value=no
occ config:app:set updatenotification notify_groups --value='[]'
occ config:app:set files default_quota --value="$quota"
occ background:cron
for app in survey_client firstrunwizard; do occ app:disable "$app" || true; done
# After an upgrade; nothing to do otherwise.
occ db:add-missing-indices
occ db:add-missing-columns
occ db:add-missing-primary-keys
