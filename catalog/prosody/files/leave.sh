#!/bin/sh
# leave.sh NAME: the account can no longer be used. Prints changed, unchanged or unknown (modules/leave.lib.lua).
set -eu
name="${1%@"$XMPP_DOMAIN"}"
# An e-mail address is no name here.
case "$name" in *@*) echo unknown; exit ;; esac
found="$(prosodyctl --config "$PROSODY_CONFIG" shell person leave "$name@$XMPP_DOMAIN")"
printf '%s\n' "$found" | sed -n 's/.*answer: //p' | grep .
