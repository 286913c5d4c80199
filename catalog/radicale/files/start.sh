#!/bin/sh
# Makes an empty list of accounts when there is none, then becomes Radicale with the given arguments.
set -eu
[ -e /var/lib/radicale/users ] || (umask 077 && : > /var/lib/radicale/users)
exec /app/bin/python /app/bin/radicale "$@"
