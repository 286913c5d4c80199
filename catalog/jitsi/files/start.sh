#!/bin/sh
# Hands the secrets this container was given to the image, then becomes its first program.
set -eu
if [ -e /run/secrets/jicofo_password ]; then
  JICOFO_AUTH_PASSWORD="$(cat /run/secrets/jicofo_password)"
  export JICOFO_AUTH_PASSWORD
fi
if [ -e /run/secrets/jvb_password ]; then
  JVB_AUTH_PASSWORD="$(cat /run/secrets/jvb_password)"
  export JVB_AUTH_PASSWORD
fi
# The bridge tells people where to send picture and sound: to the host, which is where the name of the service leads.
if [ -n "${DOMAIN:-}" ]; then
  addresses="${MEDIA_ADDRESSES:-$(getent ahostsv4 "$DOMAIN" | cut -d' ' -f1 | sort -u | paste -s -d, -)}"
  [ -n "$addresses" ] || echo "no address for $DOMAIN and none in MEDIA_ADDRESSES: meetings will have no sound" >&2
  export JVB_ADVERTISE_IPS="$addresses"
fi
exec /init
