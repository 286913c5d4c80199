#!/bin/sh
# Becomes a RabbitMQ with the account zulip. The account is made at the first start only.
set -eu
umask 077
# Logs to standard output alone: nothing else may be written outside the volume.
export RABBITMQ_CONFIG_FILE=/tmp/rabbitmq.conf RABBITMQ_LOGS=-
printf 'default_user = zulip\ndefault_pass = %s\nlog.console = true\nlog.console.level = warning\n' \
  "$(cat /run/secrets/rabbitmq_password)" > "$RABBITMQ_CONFIG_FILE"
exec docker-entrypoint.sh rabbitmq-server
