#!/bin/sh
# Options alone or a configuration file mean valkey-server; VALKEY_EXTRA_FLAGS are added at its end.
set -e
case "${1:-}" in
  -* | *.conf) set -- valkey-server "$@" ;;
esac
case "${1:-}" in
  # Protected mode would refuse every other container; the network is the container's own.
  valkey-server | redis-server) exec "$@" --protected-mode no ${VALKEY_EXTRA_FLAGS:-} ;;
esac
exec "$@"
