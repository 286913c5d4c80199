#!/bin/sh
# Makes the account the probe writes with, unless it is there. Nobody may sign up, and an invitation would be a letter
# to an address that does not exist: for a moment a second Vaultwarden on the same data, without mail and reached from
# inside this container only, takes that one sign-up.
set -eu
. /provisioner/environment.sh
umask 077
email=probe@provisioner.invalid
device=00000000-0000-4000-8000-000000000001
request="$(mktemp)"
trap 'rm -f "$request"; [ -z "${second:-}" ] || kill "$second"' EXIT

signs_in() {
  tr -d '\n' < /run/secrets/probe_password | curl --silent --fail --output /dev/null --data-urlencode password@- \
    --data "grant_type=password&username=$email&scope=api%20offline_access&client_id=web" \
    --data "device_identifier=$device&device_name=probe&device_type=9" "http://127.0.0.1:$1/identity/connect/token"
}

if signs_in 8080; then exit 0; fi
unset SMTP_HOST SMTP_PORT SMTP_FROM SMTP_FROM_NAME SMTP_SECURITY SMTP_USERNAME SMTP_PASSWORD
ROCKET_ADDRESS=127.0.0.1 ROCKET_PORT=8081 SIGNUPS_DOMAINS_WHITELIST=provisioner.invalid \
  WEB_VAULT_ENABLED=false ENABLE_WEBSOCKET=false JOB_POLL_INTERVAL_MS=0 /vaultwarden &
second=$!
curl --silent --fail --output /dev/null --retry 30 --retry-delay 1 --retry-connrefused http://127.0.0.1:8081/alive

# The keys are no keys: what the probe writes is not encrypted, and no person signs in with this account.
cat > "$request" <<JSON
{"email": "$email", "name": "probe", "masterPasswordHash": "$(cat /run/secrets/probe_password)",
 "kdf": 0, "kdfIterations": 600000, "key": "probe",
 "keys": {"encryptedPrivateKey": "probe", "publicKey": "probe"}}
JSON
curl --silent --show-error --fail --output /dev/null --header "Content-Type: application/json" \
  --data "@$request" http://127.0.0.1:8081/identity/accounts/register
# Its device becomes known here, where no letter tells of a new device.
signs_in 8081
echo "made the probe's account"
