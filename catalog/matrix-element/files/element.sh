#!/bin/sh
# Lets the image prepare its web server, puts our settings in the place of its sample, then becomes the web server.
set -eu
/docker-entrypoint.sh nginx -t
mkdir -p /tmp/element-web-config
sed -e "s/@DOMAIN@/$DOMAIN/g" -e "s/@LANGUAGE@/$LANGUAGE/g" /provisioner/element.json \
  > /tmp/element-web-config/config.json
exec nginx -g 'daemon off;'
