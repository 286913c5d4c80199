#!/bin/sh
# Prints the configuration of msmtp, made of the platform's MAIL_* variables.
set -eu
echo "account default"
echo "host $MAIL_HOST"
echo "port ${MAIL_PORT:-25}"
# The envelope is the association's address, whatever Sympa says: answers of failing mailboxes go there.
echo "from ${MAIL_FROM:-$CONTACT}"
echo "allow_from_override off"
echo "domain $DOMAIN"
echo "logfile -"
case $MAIL_SECURITY in
  tls) printf 'tls on\ntls_starttls off\n' ;;
  starttls) printf 'tls on\ntls_starttls on\n' ;;
  *) echo "tls off" ;;
esac
if [ -n "$MAIL_USER" ]; then
  # Without TLS msmtp must be told that a password may be shown to the relay.
  if [ "$MAIL_SECURITY" = none ]; then echo "auth plain"; else echo "auth on"; fi
  printf 'user %s\npasswordeval cat /run/secrets/mail_password\n' "$MAIL_USER"
fi
