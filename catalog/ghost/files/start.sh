#!/bin/bash
# Given the secrets in /run/secrets, MAIL_* and VISITOR_WINDOWS, exports what Ghost reads, then becomes the image's
# entry point. Ghost's names have double underscores; JSON values are read as such.
set -eu
database__connection__password="$(cat /run/secrets/db_password)"
export database__connection__password
if [ "${VISITOR_WINDOWS:-off}" = off ]; then
  # Otherwise every visitor's browser fetches programs from cdn.jsdelivr.net.
  export portal__url=false sodoSearch__url=false sodoSearch__styles=false comments__url=false announcementBar__url=false
  export signupForm__url=false
fi
export mail__transport=SMTP mail__options__host="${MAIL_HOST:-localhost}" mail__options__port="${MAIL_PORT:-25}"
export mail__from="${MAIL_FROM:-ghost@localhost}"
case "${MAIL_SECURITY:-none}" in
tls) export mail__options__secure=true ;;
starttls) export mail__options__secure=false mail__options__requireTLS=true ;;
*) export mail__options__secure=false mail__options__ignoreTLS=true ;;
esac
if [ -n "${MAIL_USER:-}" ]; then
  mail__options__auth__pass="$(cat /run/secrets/mail_password)"
  export mail__options__auth__user="$MAIL_USER" mail__options__auth__pass
fi
cd /var/lib/ghost
exec docker-entrypoint.sh "$@"
