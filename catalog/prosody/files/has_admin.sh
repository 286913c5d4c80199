#!/bin/sh
# Exits 0 when the administrator's account exists. Prosody writes . and - of a name as %2e and %2d.
set -eu
folder="$(printf %s "$XMPP_DOMAIN" | sed 's/\./%2e/g; s/-/%2d/g')"
[ -s "/data/$folder/accounts/$XMPP_ADMIN.dat" ]
