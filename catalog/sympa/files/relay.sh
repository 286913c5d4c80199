#!/bin/sh
# Hands the messages that sendmail.sh kept to the association's relay. One that is refused waits longer each time; after
# two days it goes to the folder "failed", whose content is dropped after a month. Without a relay all wait.
set -u
echo $$ > /run/sympa/relay.pid
cd /var/spool/sympa/relay
trap 'exit 0' TERM

# Sympa's options say who sends and who receives, one a line.
hand_over() {
  set -- "$1" --file=/run/sympa/msmtprc
  while IFS= read -r option; do set -- "$@" "$option"; done < "$1.args"
  message=$1
  shift
  msmtp "$@" < "$message.mail"
}

while sleep 2; do
  now=$(date +%s)
  for mail in *.mail; do
    [ -e "$mail" ] || continue
    name=${mail%.mail}
    # A file's time says when it may be tried; its name says when it came.
    [ "$(stat -c %Y "$mail")" -le "$now" ] || continue
    if [ -n "$MAIL_HOST" ] && hand_over "$name"; then
      rm -f "$mail" "$name.args"
    elif [ $((now - ${name%%.*})) -gt 172800 ]; then
      echo "given up: message $name" >&2
      mv "$mail" "$name.args" failed/
    else
      touch -d "@$((now + 60 + (now - ${name%%.*}) / 2))" "$mail"
    fi
  done
  find failed -type f -mtime +30 -delete
done
