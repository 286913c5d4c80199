#!/bin/sh
# Runs Nextcloud's background jobs every five minutes, and once a day fetches the applications that are still missing.
# (The image's own crond would need root.) With the argument "healthy": did the jobs run in the last half hour?
beat=/tmp/provisioner-cron
if [ "${1:-}" = healthy ]; then
  [ -n "$(find "$beat" -mmin -30)" ]
  exit
fi
trap 'exit 0' TERM
touch "$beat"
fetched=0
while true; do
  if php -f /var/www/html/cron.php; then touch "$beat"; fi
  if [ "$(($(date +%s) - fetched))" -gt 86400 ]; then
    sh /provisioner/apps.sh
    fetched="$(date +%s)"
  fi
  sleep 300 &
  wait $!
done
