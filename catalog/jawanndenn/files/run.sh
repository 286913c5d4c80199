#!/bin/sh
# Given what to do, hands jawanndenn its secrets and does it.
#   serve          bring the tables up to date, then answer requests
#   prune-forever  delete the polls that are over, every hour
#   healthy        exit 0 when the application and its database answer
#   pruned         exit 0 when prune-forever did its work within the last two hours
#   anything else  a program and its arguments, run with the secrets
set -eu
beat=/tmp/pruned
case "$1" in
  healthy)
    # An unknown poll is looked for in the database.
    answer="$(curl --silent --header "Host: $JAWANNDENN_ALLOWED_HOSTS" http://127.0.0.1:54080/data/health)"
    [ "$answer" = "No such poll" ]
    exit ;;
  pruned)
    [ -n "$(find "$beat" -mmin -120)" ]
    exit ;;
esac
# provisioned.py reads the secrets.
export DJANGO_SETTINGS_MODULE=provisioned PYTHONPATH=/provisioner
case "$1" in
  serve)
    django-admin migrate --noinput
    # One process: it alone counts the requests of each visitor. No line per request in the log.
    exec gunicorn --bind 0.0.0.0:54080 --workers 1 --threads 8 --worker-tmp-dir /dev/shm jawanndenn.wsgi ;;
  prune-forever)
    trap 'exit 0' TERM
    while true; do
      if django-admin prune_expired_polls; then touch "$beat"; fi
      sleep 3600 &
      wait $!
    done ;;
esac
exec "$@"
