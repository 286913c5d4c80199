#!/bin/sh
# What Sympa calls as sendmail: hands the message to the association's relay, from the address that the relay takes.
# Without a relay nothing can be sent: the message is dropped, and said so.
if [ -z "$MAIL_HOST" ]; then
  cat > /dev/null
  echo "no mail relay: a message was not sent" >&2
  exit 0
fi
exec msmtp --file=/run/sympa/msmtprc "$@"
