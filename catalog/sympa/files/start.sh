#!/bin/sh
# Writes the configuration, makes or upgrades tables and folders, then runs the web server, the pages and the daemons.
# When one of them ends, all end, and the container starts again.
set -eu
umask 027
mkdir -p /run/sympa/conf
sh /provisioner/sympa.conf.sh > /run/sympa/conf/sympa.conf
sh /provisioner/msmtprc.sh > /run/sympa/msmtprc
chmod 600 /run/sympa/msmtprc
mkdir -p /var/spool/sympa/relay/new /var/spool/sympa/relay/failed
cd /var/lib/sympa
mkdir -p etc list_data/X509-user-certs arc bounce css pictures wwsarchive
chmod 755 . css pictures
# Two kinds of lists to choose from, made for lists whose address takes no mail; the listmaster may add others.
mkdir -p etc/create_list_templates
cp -r /provisioner/templates/. etc/create_list_templates/
/usr/lib/sympa/bin/sympa.pl --health_check
perl /provisioner/domain.pl
perl /provisioner/setup.pl
sh /provisioner/relay.sh &
nginx -c /provisioner/nginx.conf &
exec perl /provisioner/launch.pl
