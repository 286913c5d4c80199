#!/bin/sh
# person.sh export|erase|invite|password NAME: what the running server does for one person (modules/person.lib.lua).
# person.sh list: every name that "erase" takes, a line each.
set -eu
if [ "$1" = list ]; then
  found="$(prosodyctl --config "$PROSODY_CONFIG" shell person list "$XMPP_DOMAIN")"
  printf '%s\n' "$found" | sed -n 's/^name: //p' | sort
  exit
fi
exec prosodyctl --config "$PROSODY_CONFIG" shell person "$1" "$2@$XMPP_DOMAIN"
