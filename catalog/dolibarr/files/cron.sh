#!/bin/sh
# Run Dolibarr's planned tasks every five minutes. With the argument "healthy": did it go well in the last fifteen?
beat=/tmp/last-run
if [ "${1:-}" = healthy ]; then
  [ -n "$(find "$beat" -mmin -15)" ]
  exit
fi
trap 'exit 0' TERM
touch "$beat"
while true; do
  pause=300
  # While the application is being installed, set up or migrated (75): no fault of this container, and nothing to run.
  code=75
  if php /provisioner/check.php tables 2>/dev/null; then
    code=0
    php /provisioner/cron.php || code=$?
  fi
  case $code in 0) touch "$beat" ;; 75) touch "$beat"; pause=15 ;; esac
  sleep $pause &
  wait $!
done
