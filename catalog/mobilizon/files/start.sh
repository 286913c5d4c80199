#!/bin/sh
# Given the secrets in /run/secrets and MAIL_*, exports what Mobilizon reads, then becomes the given command.
set -eu
MOBILIZON_DATABASE_PASSWORD="$(cat /run/secrets/db_password)"
MOBILIZON_INSTANCE_SECRET_KEY="$(cat /run/secrets/secret_key)"
MOBILIZON_INSTANCE_SECRET_KEY_BASE="$(cat /run/secrets/secret_key_base)"
# Who knows this word commands the server from the network. The image holds one that everybody can read.
RELEASE_COOKIE="$(cat /run/secrets/cookie)"
export MOBILIZON_DATABASE_PASSWORD MOBILIZON_INSTANCE_SECRET_KEY MOBILIZON_INSTANCE_SECRET_KEY_BASE RELEASE_COOKIE

# Without a relay mails go nowhere; Mobilizon has no switch for that and only says so in its log.
export MOBILIZON_SMTP_SERVER="${MAIL_HOST:-localhost}" MOBILIZON_SMTP_PORT="${MAIL_PORT:-25}"
case "${MAIL_SECURITY:-none}" in
tls) export MOBILIZON_SMTP_SSL=true MOBILIZON_SMTP_TLS=never ;;
starttls) export MOBILIZON_SMTP_SSL=false MOBILIZON_SMTP_TLS=always ;;
*) export MOBILIZON_SMTP_SSL=false MOBILIZON_SMTP_TLS=never ;;
esac
if [ -n "${MAIL_USER:-}" ]; then
  MOBILIZON_SMTP_PASSWORD="$(cat /run/secrets/mail_password)"
  export MOBILIZON_SMTP_USERNAME="$MAIL_USER" MOBILIZON_SMTP_PASSWORD MOBILIZON_SMTP_AUTH=always
else
  export MOBILIZON_SMTP_AUTH=never
fi
# The volume hides these folders of the image, and two of the three formats of participant lists do not make their own.
for format in csv pdf ods; do mkdir -p "/var/lib/mobilizon/uploads/exports/$format"; done
cd /
exec "$@"
