#!/bin/sh
# What Sympa calls as sendmail: keeps the message for relay.sh, since Sympa does not ask whether sendmail succeeded.
set -eu
umask 077
name="$(date +%s).$$.$(head -c 6 /dev/urandom | od -An -tx1 | tr -d ' \n')"
cd /var/spool/sympa/relay
printf '%s\n' "$@" > "new/$name.args"
cat > "new/$name.mail"
mv "new/$name.args" "$name.args"
mv "new/$name.mail" "$name.mail"
