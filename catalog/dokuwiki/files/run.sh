#!/bin/sh
# Run a PHP program of this folder: run.sh FILE ARGUMENTS
program=$1
shift
exec php "/provisioner/$program" "$@"
