#!/bin/sh
# Given "app", "worker" or "hocuspocus", exits 0 when that part of Loomio works; else says why and exits 1.
set -eu

# The API looks up the (wrong) key in the database before it refuses it: 403 comes from a whole application only.
app() {
  status="$(curl --silent --output /dev/null --write-out '%{http_code}' --max-time 12 \
    --header 'Authorization: Bearer health' http://127.0.0.1:3000/api/b2/groups)"
  [ "$status" = 403 ] || { echo "the application answers $status"; exit 1; }
}

# The worker writes down each minute that it lives.
worker() {
  DATABASE_URL="postgresql://loomio:$(cat /run/secrets/db_password)@db/loomio_production" \
    exec bundle exec ruby /provisioner/worker.rb
}

hocuspocus() {
  curl --silent --fail --output /dev/null --max-time 8 http://127.0.0.1:80/
}

"$1"
