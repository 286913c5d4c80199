#!/bin/bash
# Given "export" or "erase" and an e-mail address: what Zulip holds of that person as a tar archive on standard output;
# or the account is deleted with everything the person wrote, which cannot be taken back.
set -eu
case "${2:-}" in
*[!A-Za-z0-9._+@-]* | "" | -*) echo "not an e-mail address" >&2; exit 2 ;;
esac
manage() { su zulip -c "/home/zulip/deployments/current/manage.py $(printf '%q ' "$@")"; }
case "$1" in
export)
  folder="$(mktemp -d /tmp/person-XXXXXX)"
  trap 'rm -rf "$folder"' EXIT
  chown zulip: "$folder"
  manage export_single_user "$2" --output "$folder/export" >&2
  tar --create --file=- --directory="$folder" .
  ;;
erase) manage delete_user --users="$2" --for-real ;;
*) echo "wanted: export or erase, and an e-mail address" >&2; exit 2 ;;
esac
