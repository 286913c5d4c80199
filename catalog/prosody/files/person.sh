#!/bin/sh
# person.sh export|erase|invite|password NAME: what the running server does for one person (modules/person.lib.lua).
set -eu
exec prosodyctl --config "$PROSODY_CONFIG" shell person "$1" "$2@$XMPP_DOMAIN"
