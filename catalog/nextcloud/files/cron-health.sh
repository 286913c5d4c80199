#!/bin/sh
# Exits 0 when Nextcloud is installed, and its background jobs, once they ran, ran within the last half hour.
set -eu
occ() { sh /provisioner/occ.sh "$@"; }
occ status --output=json | grep -q '"installed":true'
last="$(occ config:app:get core lastcron || echo 0)"
[ "${last:-0}" -eq 0 ] || [ "$last" -gt "$(($(date +%s) - 1800))" ] || { echo "no background job since $last"; exit 1; }
