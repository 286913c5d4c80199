#!/bin/bash
# Given MAIL_*, exports what the image writes into Zulip's settings, then becomes the image's entry point.
set -eu
# Empty settings are left out by the image; without a relay Zulip says itself that no mail is set up.
if [ -n "${MAIL_HOST:-}" ]; then
  export SETTING_EMAIL_HOST="$MAIL_HOST" SETTING_EMAIL_PORT="${MAIL_PORT:-25}" SETTING_EMAIL_HOST_USER="${MAIL_USER:-}"
  export SETTING_NOREPLY_EMAIL_ADDRESS="$MAIL_FROM" SETTING_ADD_TOKENS_TO_NOREPLY_ADDRESS=False
  case "${MAIL_SECURITY:-none}" in
  tls) export SETTING_EMAIL_USE_SSL=True SETTING_EMAIL_USE_TLS=False ;;
  starttls) export SETTING_EMAIL_USE_TLS=True ;;
  *) export SETTING_EMAIL_USE_TLS=False ;;
  esac
fi
exec /sbin/entrypoint.sh "$@"
