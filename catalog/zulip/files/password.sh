#!/bin/bash
# Given an e-mail address, and a new password on the first line of standard input: the account takes it.
set -eu
code='
import sys
from zerver.actions.user_settings import do_change_password
from zerver.models import UserProfile
email = sys.stdin.readline().strip()
password = sys.stdin.readline().rstrip("\n")
do_change_password(UserProfile.objects.get(delivery_email__iexact=email, realm__string_id=""), password)'
IFS= read -r password
printf '%s\n%s\n' "$1" "$password" |
  su zulip -c "/home/zulip/deployments/current/manage.py shell -c $(printf '%q' "$code")"
