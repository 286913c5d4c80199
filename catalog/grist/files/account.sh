#!/bin/sh
# Accounts of the door: a line per person in /accounts/users, an e-mail address and its password's bcrypt hash.
#   account.sh ensure NAME   the account takes the password given on standard input (8 to 72 bytes)
#   account.sh remove NAME   the account is gone; what it wrote in Grist stays
#   account.sh list          the names
set -eu
users=/accounts/users
fail() { echo "$1" >&2; exit 1; }

# Given a name, print the other lines.
others() { [ ! -e "$users" ] || while read -r name hash; do [ "$name" = "$1" ] || echo "$name $hash"; done < "$users"; }

case "${1:-}" in
list) cut -d' ' -f1 "$users"; exit ;;
ensure | remove) ;;
*) fail "wanted: ensure NAME, remove NAME or list" ;;
esac
[ "$1 ${2:-}" != "remove admin" ] || fail "admin cannot be removed"
# Grist also knows people who have no password here, under any name: removing them is no error.
[ "$1" = remove ] || case "${2:-}" in
admin) ;;
*[!a-z0-9._+@-]* | "" | @* | *@) fail "a name is an e-mail address in small letters" ;;
*@*) ;;
*) fail "a name is an e-mail address in small letters" ;;
esac
umask 077
line=
if [ "$1" = ensure ]; then
  password="$(cat)"
  [ "${#password}" -ge 8 ] && [ "${#password}" -le 72 ] || fail "give a password of 8 to 72 bytes on standard input"
  # The program reads the password on its standard input: it is in no list of processes.
  line="$2 $(printf '%s\n' "$password" | caddy hash-password --algorithm bcrypt)"
fi
# The slow part is done. Held until the door has read the list too: who is erased meanwhile would come back.
exec 9> "$users.lock"
flock 9
{ others "$2"; [ -z "$line" ] || echo "$line"; } > "$users.$$"
mv "$users.$$" "$users"
# Before the first start there is nobody to tell.
if [ -e /tmp/open ]; then
  caddy reload --config /provisioner/Caddyfile --adapter caddyfile 2>/dev/null ||
    fail "the door did not take the change"
fi
