#!/bin/sh
# Given the names of applications, switches each on, fetching it when it is not there. Without a way to the internet the
# missing ones are named and the rest goes on: the next start tries again.
set -u
occ() { sh /provisioner/occ.sh "$@"; }
# shellcheck disable=SC2086 # one argument holds several names
for app in $1; do
  occ app:enable "$app" || occ app:install "$app" || echo "not installed: $app"
done
