#!/bin/bash
# Makes the organisation with its owner, once. Given its name, the owner's e-mail address and the language.
set -eu
manage() { su zulip -c "/home/zulip/deployments/current/manage.py $(printf '%q ' "$@")"; }
count='from zerver.models import Realm; print("realms:", Realm.objects.filter(string_id="").count())'
found="$(manage shell -c "$count")"
case "$found" in
*"realms: 1"*) exit 0 ;;
*"realms: 0"*) ;;
*) echo "no answer from Zulip: $found" >&2; exit 1 ;;
esac
manage create_realm "$1" "$2" Administration --password-file /run/secrets/admin_password
case "$3" in fr | en) ;; *) echo "no language $3" >&2; exit 1 ;; esac
manage shell -c "
from zerver.models import Realm, UserProfile
realm = Realm.objects.get(string_id='')
# Saved one by one, which also takes the old ones out of the cache.
for one in [realm, *UserProfile.objects.filter(realm=realm, is_bot=False)]:
    one.default_language = '$3'
    one.save(update_fields=['default_language'])"
