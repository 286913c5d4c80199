#!/bin/sh
# Speaks to the running server.
#   ctl.sh ensure-admin EMAIL   there is an administrator; if not, EMAIL becomes one with the secret admin_password
#   ctl.sh password EMAIL       the account takes the secret admin_password, whatever it had
#   ctl.sh has-admin            exits 0 when there is an administrator
#   ctl.sh delete EMAIL         the account and its profiles are deleted, and other servers are told
set -eu
RELEASE_COOKIE="$(cat /run/secrets/cookie)"
export RELEASE_COOKIE
case "${2:-nobody@localhost}" in
*[!A-Za-z0-9._+@-]* | -*) echo "not an e-mail address" >&2; exit 2 ;;
*@*) ;;
*) echo "not an e-mail address" >&2; exit 2 ;;
esac
# The server reads the password itself: it is in no list of processes.
evaluate() { /bin/mobilizon rpc "Code.eval_string(File.read!(\"/provisioner/$1.exs\"), email: \"${2:-}\")"; }

case "${1:-}" in
ensure-admin)
  # The server's own port may open a moment before it takes commands.
  for attempt in 1 2 3 4 5 6; do
    if evaluate admin "$2"; then exit 0; fi
    sleep 5
  done
  exit 1
  ;;
password) evaluate password "$2" ;;
has-admin) evaluate has_admin ;;
delete) /bin/mobilizon_ctl users.delete "$2" --assume-yes ;;
*) echo "wanted: ensure-admin EMAIL, has-admin or delete EMAIL" >&2; exit 2 ;;
esac
