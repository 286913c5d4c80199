#!/bin/sh
# Given the secrets in /run/secrets and our variables, exports what Loomio reads, then becomes the given command.
# In Loomio a flag is on as soon as its variable exists, even with the value 0: one that is off is not exported.
set -eu

secret() { cat "/run/secrets/$1"; }

# Given a flag's name, a value and the value that switches it on: exports the flag, or sees to it that there is none.
flag() {
  unset "$1"
  if [ "$2" = "$3" ]; then export "$1=1"; fi
}

set_secrets() {
  DATABASE_URL="postgresql://loomio:$(secret db_password)@db/loomio_production"
  SECRET_COOKIE_TOKEN="$(secret cookie_secret)"
  DEVISE_SECRET="$(secret devise_secret)"
  RAILS_INBOUND_EMAIL_PASSWORD="$(secret inbound_secret)"
  B3_API_KEY="$(secret server_api_key)"
  export DATABASE_URL SECRET_COOKIE_TOKEN DEVISE_SECRET RAILS_INBOUND_EMAIL_PASSWORD B3_API_KEY
}

set_flags() {
  # The proxy alone speaks TLS, and everything outside is https.
  export FORCE_SSL=1 ASSUME_SSL=1
  export USE_RACK_ATTACK=1 FEATURES_DISABLE_HELP_LINK=1 LOOMIO_RESTRICT_EXPLORE_TO_SIGNED_IN_USERS=1
  # Open pages load anew after an upgrade, instead of asking for program files that are gone.
  export LOOMIO_SYSTEM_RELOAD=1
  flag FEATURES_DISABLE_CREATE_USER "$SIGN_UP" invitation
  flag FEATURES_DISABLE_CREATE_GROUP "$NEW_GROUPS" admins
  # Never on: third parties, and what deletes by itself.
  unset SENTRY_PUBLIC_DSN SENTRY_DSN PLAUSIBLE_SRC PLAUSIBLE_SITE TURNSTILE_SITE_KEY OPENAI_API_KEY \
    TRANSLATE_CREDENTIALS PUSH_RELAY_URL FEATURES_DEMO_GROUPS CLEANUP_ENABLED
}

set_mail() {
  unset SMTP_SERVER SMTP_PORT SMTP_DOMAIN SMTP_USE_SSL SMTP_SSL_VERIFY_MODE SMTP_AUTH SMTP_USERNAME SMTP_PASSWORD
  export NOTIFICATIONS_EMAIL_ADDRESS="${MAIL_FROM:-$SUPPORT_EMAIL}"
  # Without a relay Loomio starts, and keeps its mail to itself.
  [ -n "${MAIL_HOST:-}" ] || return 0
  export SMTP_SERVER="$MAIL_HOST" SMTP_PORT="${MAIL_PORT:-587}" SMTP_DOMAIN="$CANONICAL_HOST"
  flag SMTP_USE_SSL "${MAIL_SECURITY:-}" tls
  # By itself Loomio takes any certificate.
  if [ "${MAIL_SECURITY:-none}" != none ]; then export SMTP_SSL_VERIFY_MODE=peer; fi
  [ -n "${MAIL_USER:-}" ] || return 0
  SMTP_PASSWORD="$(secret mail_password)"
  export SMTP_AUTH=plain SMTP_USERNAME="$MAIL_USER" SMTP_PASSWORD
}

# The volume of program files keeps those of older versions for pages still open; a newer image must add its own.
refresh_program_files() {
  [ -d /loomio/client3-build ] && [ "${TASK:-}" = "" ] || return 0
  cp -R /loomio/client3-build/. /loomio/public/client3/
}

set_flags
# The server of common texts asks the application who may write: it gets no secret.
if [ "${TASK:-}" != hocuspocus ]; then set_secrets; set_mail; fi
case "$1" in */docker_start.sh) refresh_program_files ;; esac
exec "$@"
