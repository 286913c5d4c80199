#!/bin/sh
# Prints sympa.conf: every value comes from the environment or from a secret.
set -eu
secret() { cat "/run/secrets/$1"; }
from=${MAIL_FROM:-$CONTACT}
cat <<END
domain $DOMAIN
listmaster $CONTACT
title $ASSOCIATION
gecos $ASSOCIATION
lang $LANGUAGE
supported_lang fr,en-US
wwsympa_url $URL/sympa
static_content_url /static-sympa
css_url /css-sympa
pictures_url /pictures-sympa
cookie $(secret cookie)
db_type PostgreSQL
db_host db
db_name sympa
db_user sympa
db_passwd $(secret db_password)
etc /var/lib/sympa/etc
syslog LOCAL1
sendmail /provisioner/sendmail.sh
sendmail_aliases none
aliases_program none
bulk_max_count 1
maxsmtp 10
password_hash bcrypt
create_list listmaster
default_archive_quota 0
cache_list_config binary_file
tracking.delivery_status_notification off
rfc2369_header_fields archive
dmarc_protection.mode all
dmarc_protection.other_email $from
dmarc_protection.phrase name_via_list
archive.web_access private
visibility conceal
END
