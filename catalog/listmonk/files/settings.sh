#!/bin/sh
# Given URL, title, language and contact: writes listmonk's settings, which it keeps in the database and nowhere else.
set -eu
exec psql --username=listmonk --dbname=listmonk --quiet --single-transaction --set=ON_ERROR_STOP=1 \
  --set=url="$1" --set=title="$2" --set=language="$3" --set=contact="$4" --file=/provisioner/settings.sql
