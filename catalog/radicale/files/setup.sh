#!/bin/sh
# Given the administrator's name and the name of the association: makes the account and the shared calendar, once.
set -eu
/app/bin/python /provisioner/accounts.py ensure "$1" < /run/secrets/admin_password
/app/bin/python /provisioner/shared_calendar.py "$1" "$2"
