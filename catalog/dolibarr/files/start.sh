#!/bin/sh
# Given the secrets and the environment: write conf.php, install or migrate when needed, then become the given command.
# It stands in for upstream's docker-run.sh, which needs root and a writable image, has the passwords on its command
# lines, leaves an update undone when install.lock is there, and serves after a failed migration.
set -eu
here=/provisioner
documents=/var/www/documents
log=$documents/provisioner.log
dump=$documents/before-upgrade.sql

# Both are made from folders that the image has closed even to their owner.
chmod u+rwx /var/www/html/conf /var/www/html/custom
php $here/configure.php
close() { chmod 0400 /var/www/html/conf/conf.php; }
if [ "$1" != apache2-foreground ]; then close; exec "$@"; fi
. $here/migrate.sh

# Not serving beats pretending: the container ends, so nobody is told that it is well. The same container tries the
# same again only after a quarter of an hour; one made anew, as by another image, tries at once.
failed=$documents/provisioner.failed
give_up() { printf '%s\n%s\n' "$(hostname)" "$*" > "$failed"; echo "Error: $*" >&2; exit 1; }
if [ -n "$(find $documents -maxdepth 1 -name provisioner.failed -mmin -15)" ] && [ "$(head -n 1 "$failed")" = "$(hostname)" ]
then
  echo "Error: $(tail -n 1 "$failed") (not tried again yet)" >&2
  exit 1
fi
rm -f "$failed"

# An interrupted migration left the tables between two versions: back to the dump taken before it.
if [ -f "$dump" ] && [ -f "$dump.complete" ]; then
  restore "$dump" || give_up "the dump $dump of an interrupted migration cannot be read back"
fi
state=$(php $here/state.php) || exit 1
case "$state" in
  install*) install || give_up "the installation failed; see $log" ;;
  upgrade*)
    versions=${state#upgrade }
    upgrade "${versions% *}" "${versions#* }" || give_up "the migration ${versions% *} -> ${versions#* } failed; see $log"
    ;;
  refused*) give_up "$state" ;;
esac
# All went well: the plain copies of the data go, upstream's as well, and so does the log, which names every row.
rm -f "$dump" "$dump.complete" "$log" "$documents/backup-before-upgrade.sql" "$documents/upgrade.unlock"
# Nobody else shortens Dolibarr's own logs.
find $documents -maxdepth 1 -name 'dolibarr*.log' -size +5M -delete
# The installer's pages stay closed whatever the proxy does.
[ -f $documents/install.lock ] || (umask 0377; : > $documents/install.lock)
close
exec "$@"
