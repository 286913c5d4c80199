#!/bin/sh
# Makes the pages for these settings, the key with which the first administrator signs up, then becomes CryptPad.
set -eu
cd /cryptpad
node /provisioner/install_key.js
node scripts/build.js
exec node server.js
