#!/bin/sh
# Given an account, writes the archive of everything it has to standard output.
set -eu
folder="$(setpriv --reuid=33 --regid=33 --clear-groups mktemp --directory)"
trap 'rm -rf "$folder"' EXIT
sh /provisioner/occ.sh user:export "$1" "$folder" >&2
cat "$folder"/*
