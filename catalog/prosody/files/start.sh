#!/bin/sh
# Carries the data over when the name of the service changed, then becomes Prosody.
set -eu
umask 077
lua5.4 /provisioner/move.lua "$XMPP_DOMAIN"
XMPP_PROXY="$(lua5.4 /provisioner/gateway.lua)"
export XMPP_PROXY
exec prosody --config "$PROSODY_CONFIG" -F
