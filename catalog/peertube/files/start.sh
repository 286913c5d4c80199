#!/bin/sh
# Given the secrets in /run/secrets and MAIL_*, exports what PeerTube reads, then becomes the image's entry point.
set -eu
PEERTUBE_DB_PASSWORD="$(cat /run/secrets/db_password)"
PEERTUBE_REDIS_AUTH="$(cat /run/secrets/cache_password)"
PEERTUBE_SECRET="$(cat /run/secrets/peertube_secret)"
# Read at the very first start only; without it PeerTube makes one up.
PT_INITIAL_ROOT_PASSWORD="$(cat /run/secrets/admin_password)"
export PEERTUBE_DB_PASSWORD PEERTUBE_REDIS_AUTH PEERTUBE_SECRET PT_INITIAL_ROOT_PASSWORD

# Without a host name PeerTube knows that it cannot write to anybody, and hides what needs mail.
if [ -n "${MAIL_HOST:-}" ]; then
  export PEERTUBE_SMTP_HOSTNAME="$MAIL_HOST" PEERTUBE_SMTP_PORT="${MAIL_PORT:-25}" PEERTUBE_SMTP_FROM="$MAIL_FROM"
  case "${MAIL_SECURITY:-none}" in
  tls) export PEERTUBE_SMTP_TLS=true PEERTUBE_SMTP_DISABLE_STARTTLS=false ;;
  starttls) export PEERTUBE_SMTP_TLS=false PEERTUBE_SMTP_DISABLE_STARTTLS=false ;;
  *) export PEERTUBE_SMTP_TLS=false PEERTUBE_SMTP_DISABLE_STARTTLS=true ;;
  esac
  if [ -n "${MAIL_USER:-}" ]; then
    PEERTUBE_SMTP_PASSWORD="$(cat /run/secrets/mail_password)"
    export PEERTUBE_SMTP_USERNAME="$MAIL_USER" PEERTUBE_SMTP_PASSWORD
  fi
fi
cd /app
exec /usr/local/bin/entrypoint.sh "$@"
