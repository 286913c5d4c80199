#!/bin/bash
# Given a name and the association's address: makes the first account, and the one the probe writes with.
set -euo pipefail
bash /provisioner/account.sh ensure "$1" "$2" < /run/secrets/admin_password
bash /provisioner/account.sh ensure probe probe@provisioner.invalid < /run/secrets/probe_password
