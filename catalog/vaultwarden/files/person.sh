#!/bin/sh
# Given "export" or "erase" and an e-mail address: prints what the server knows of that account (what it keeps in the
# safe is encrypted, only the person can export that), or deletes the account with its own safe.
set -eu
. /provisioner/administrator.sh
sign_in
found="$(as_administrator "/users/by-mail/$2")" || { echo "no account of $2" >&2; exit 1; }
case "$1" in
  export) printf '%s\n' "$found" ;;
  erase)
    id="$(printf '%s' "$found" | grep -o '"id":"[0-9a-f-]\{36\}"' | head -n 1 | cut -d '"' -f 4)"
    as_administrator "/users/$id/delete" --request POST --header "Content-Type: application/json"
    echo "deleted the account of $2"
    ;;
  *) echo "wanted: export or erase, and an e-mail address" >&2; exit 2 ;;
esac
