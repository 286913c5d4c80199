#!/bin/sh
# Exits 0 when the administration page refuses a stranger and takes our token.
set -eu
. /provisioner/administrator.sh
case "$(curl --silent http://127.0.0.1:8080/admin/users)" in
  "["*) echo "a stranger may list the accounts"; exit 1 ;;
esac
sign_in || { echo "the administration page refuses our token"; exit 1; }
