#!/bin/bash
# Given "export" or "erase" and an e-mail address: what Zulip holds of that person as a tar archive on standard output;
# or the account is deleted with everything the person wrote, which cannot be taken back. Given "people": every address
# that "erase" takes, a line each.
set -eu
manage() { su zulip -c "/home/zulip/deployments/current/manage.py $(printf '%q ' "$@")"; }
people() {
  code='from zerver.models import UserProfile
people = UserProfile.objects.filter(realm__string_id="", is_bot=False)
# Without those whom delete_user leaves in the place of somebody.
for one in people.exclude(is_mirror_dummy=True, delivery_email__startswith="deleteduser"):
    print("person:", one.delivery_email)'
  found="$(manage shell -c "$code")" || return
  # Django tells other things, too.
  printf '%s\n' "$found" | sed -n 's/^person: //p'
}
case "$1:${2:-}" in
people:*) people; exit ;;
*:*[[:space:],]* | *: | *:-*) echo "not an e-mail address" >&2; exit 2 ;;
esac
case "$1" in
export)
  folder="$(mktemp -d /tmp/person-XXXXXX)"
  trap 'rm -rf "$folder"' EXIT
  chown zulip: "$folder"
  manage export_single_user "$2" --output "$folder/export" >&2
  tar --create --file=- --directory="$folder" .
  ;;
erase)
  known="$(people)"
  # delete_user fails on an address it does not know.
  printf '%s\n' "$known" | grep -qixF -e "$2" || { echo "no account of $2: nothing to erase"; exit; }
  manage delete_user --users="$2" --for-real
  ;;
*) echo "wanted: people, or export or erase and an e-mail address" >&2; exit 2 ;;
esac
