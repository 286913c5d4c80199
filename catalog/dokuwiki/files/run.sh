#!/bin/sh
# Run a PHP program of this folder as the user who owns the wiki's files: run.sh FILE ARGUMENTS
program=$1
shift
[ "$(id -u)" = 33 ] && exec php "/provisioner/$program" "$@"
exec setpriv --reuid=33 --regid=33 --clear-groups php "/provisioner/$program" "$@"
