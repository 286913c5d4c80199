#!/bin/sh
# Given what to do, hands Tryton its secrets and does it.
#   serve          bring the tables up to date, then answer requests
#   cron-forever   do what is planned, every ten minutes
#   healthy        exit 0 when the application answers from its database
#   cron-healthy   exit 0 when cron-forever did its work within the last half hour
#   anything else  a program and its arguments, run with the secrets
set -eu
beat=/tmp/last-cron
case "$1" in
  healthy)
    curl --silent --fail --header 'Content-Type: application/json' --data '{"method": "common.db.list", "params": []}' \
      http://127.0.0.1:8000/rpc/ | grep --quiet '"tryton"'
    exit ;;
  cron-healthy)
    [ -n "$(find "$beat" -mmin -30)" ]
    exit ;;
esac
# In a file that only its owner may read: variables can be read by whoever sees the process.
umask 077
printf '[database]\nuri = postgresql://tryton:%s@db:5432/\n[email]\nuri = %s\n' "$(cat /run/secrets/db_password)" \
  "$(python /provisioner/mail_uri.py)" > "/tmp/trytond.$$"
mv "/tmp/trytond.$$" /tmp/trytond.conf
export TRYTOND_CONFIG=/tmp/trytond.conf
case "$1" in
  serve)
    python /provisioner/prepare.py
    # One process with threads: what it keeps in memory is kept once.
    exec gunicorn --bind 0.0.0.0:8000 --workers 1 --threads 8 --timeout 300 --worker-tmp-dir /dev/shm \
      --pythonpath /provisioner server:app ;;
  cron-forever)
    trap 'exit 0' TERM
    touch "$beat"
    while true; do
      sleep 600 &
      wait $!
      # Started anew each time: between two runs it needs no memory.
      if trytond-cron --database tryton --once -n 1; then touch "$beat"; fi
    done ;;
esac
exec "$@"
