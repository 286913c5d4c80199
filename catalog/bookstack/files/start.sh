#!/bin/sh
# Given the secrets in /run/secrets and the relay in RELAY_*, exports what BookStack reads from its environment, makes
# the folders that are new at each start, then becomes the given command.
set -eu
# Laravel takes a key of exactly 32 characters as it is; only one in base64 needs the prefix "base64:".
APP_KEY="$(cat /run/secrets/app_key)"
DB_PASSWORD="$(cat /run/secrets/db_password)"
export APP_KEY DB_PASSWORD

if [ -n "${RELAY_HOST:-}" ]; then
  export MAIL_DRIVER=smtp MAIL_HOST="$RELAY_HOST" MAIL_PORT="${RELAY_PORT:-587}"
  # "tls" refuses a relay without encryption; port 465 speaks it from the first byte.
  case "${RELAY_SECURITY:-starttls}" in
    none) ;;
    *) export MAIL_ENCRYPTION=tls ;;
  esac
  if [ -n "${RELAY_USER:-}" ]; then
    MAIL_PASSWORD="$(cat /run/secrets/mail_password)"
    export MAIL_USERNAME="$RELAY_USER" MAIL_PASSWORD
  fi
else
  # Letters go nowhere; "log" would keep the links to new passwords in the logs.
  export MAIL_DRIVER=array MAIL_FROM="${MAIL_FROM:-bookstack@localhost}"
fi

cd /var/www/bookstack
mkdir -p storage/framework/cache storage/framework/sessions storage/framework/views
exec "$@"
