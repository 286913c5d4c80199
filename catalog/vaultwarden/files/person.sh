#!/bin/sh
# Given "export" or "erase" and an e-mail address: prints what the server knows of that account (what it keeps in the
# safe is encrypted, only the person can export that), or deletes the account with its own safe. Given "people": every
# address that "erase" takes, a line each.
set -eu
. /provisioner/administrator.sh
sign_in
if [ "$1" = people ]; then
  found="$(as_administrator /users)"
  printf '%s' "$found" | grep -o '"email":"[^"]*"' | cut -d '"' -f 4
  exit
fi
# An address may hold what means something in a path.
mail="$(printf '%s' "$2" | od -A n -t x1 -v | tr -d '\n' | tr ' ' %)"
found="$(as_administrator "/users/by-mail/$mail" --write-out '%{onerror}%{http_code}')" || {
  echo "no account of $2" >&2
  [ "$1 $found" = "erase 404" ] && exit 0 || exit 1
}
case "$1" in
  export) printf '%s\n' "$found" ;;
  erase)
    id="$(printf '%s' "$found" | grep -o '"id":"[0-9a-f-]\{36\}"' | head -n 1 | cut -d '"' -f 4)"
    as_administrator "/users/$id/delete" --request POST --header "Content-Type: application/json"
    echo "deleted the account of $2"
    ;;
  *) echo "wanted: people, or export or erase and an e-mail address" >&2; exit 2 ;;
esac
