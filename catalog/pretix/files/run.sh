#!/bin/sh
# Given what to do, prepares pretix's environment and does it.
#   web            nginx in front of the application
#   app            bring the tables up to date, then answer requests
#   worker         do what requests leave for later
#   cron           do what is due, every fifteen minutes
#   cron-healthy   exit 0 when that was done within the last hour
#   anything else  a program and its arguments, run in pretix's folder
set -eu
beat=/tmp/last-cron
case "$1" in
  cron-healthy)
    [ -n "$(find "$beat" -mmin -60)" ]
    exit ;;
  web)
    # Where the style sheets are has changed between versions of the image.
    for static in /static /pretix/src/pretix/static.dist; do
      if [ -e "$static/staticfiles.json" ]; then break; fi
    done
    sed "s|@STATIC@|$static|" /provisioner/nginx.conf > /tmp/nginx.conf
    exec nginx -e /dev/stderr -c /tmp/nginx.conf ;;
esac

cd /pretix/src
export PYTHONPATH=/pretix/src
if [ -n "${MAIL_HOST:-}" ]; then
  export PRETIX_MAIL_HOST="$MAIL_HOST" PRETIX_MAIL_PORT="${MAIL_PORT:-25}" PRETIX_MAIL_USER="${MAIL_USER:-}"
  case "${MAIL_SECURITY:-none}" in
    starttls) export PRETIX_MAIL_TLS=on ;;
    tls) export PRETIX_MAIL_SSL=on ;;
  esac
fi
case "$1" in
  app)
    mkdir -p /data/logs /data/media
    python3 -m pretix migrate --noinput
    # One process with threads: each further process would need 200 MB more.
    exec gunicorn pretix.wsgi --bind 0.0.0.0:8000 --workers 1 --threads 4 --timeout 120 --worker-tmp-dir /dev/shm \
      --log-level warning ;;
  worker)
    exec celery --app pretix.celery_app worker --loglevel warning --pool threads --concurrency 1 ;;
  cron)
    trap 'exit 0' TERM
    touch "$beat"
    while true; do
      sleep 900 &
      wait $!
      if python3 -m pretix runperiodic; then touch "$beat"; fi
    done ;;
esac
exec "$@"
