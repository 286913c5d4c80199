#!/bin/sh
# Exits 0 when Prosody takes browsers in for this name, knows the administrator, and may write where it keeps messages.
set -eu
curl --fail --silent --output /dev/null --header "Host: $XMPP_DOMAIN" http://127.0.0.1:5280/http-bind
sh /provisioner/has_admin.sh
[ -w /data ] || { echo "cannot write to /data"; exit 1; }
