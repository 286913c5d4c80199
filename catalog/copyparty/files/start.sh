#!/bin/sh
# Writes the configuration of this instance, then becomes copyparty.
set -eu
umask 077
mkdir -p /w/commun /w/personnel /state/index
python3 /provisioner/databases.py check
python3 /provisioner/accounts.py configure
exec python3 -m copyparty -c /tmp/copyparty.conf
