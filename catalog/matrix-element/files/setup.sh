#!/bin/sh
# Makes the account admin, an administrator, with the password of the secret, unless it is there.
set -eu
sh /provisioner/as_synapse.sh register_new_matrix_user --exists-ok --admin --user admin \
  --password-file /run/secrets/admin_password --config /tmp/homeserver.yaml http://127.0.0.1:8008
