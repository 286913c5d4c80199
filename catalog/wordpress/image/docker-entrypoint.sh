#!/bin/bash
# Fills an empty /var/www/html with WordPress and a wp-config.php that reads the environment, then starts the command.
set -Eeuo pipefail
SOURCE=/usr/src/wordpress

# What is already in the volume under wp-content (themes, plugins, languages) is never replaced.
copy_wordpress() {
  local kept=() path
  for path in "$SOURCE"/.htaccess "$SOURCE"/wp-content/*/*/; do
    path=${path%/}
    [ ! -e "./${path#"$SOURCE"/}" ] || kept+=(--exclude "./${path#"$SOURCE"/}")
  done
  tar --create --directory "$SOURCE" "${kept[@]}" . | tar --extract --no-overwrite-dir
}

# Each phrase of the template becomes a random one, kept with the volume: sessions live as long as it does.
write_config() {
  local line phrase="put your unique phrase here"
  while IFS= read -r line; do
    printf '%s\n' "${line//"$phrase"/$(head -c 48 /dev/urandom | base64 -w 0)}"
  done < "$SOURCE/wp-config-docker.php" > wp-config.php.new
  mv wp-config.php.new wp-config.php
}

case "${1:-}" in
  apache2*)
    [ -e index.php ] || [ -e wp-includes/version.php ] || { echo >&2 "copying WordPress to $PWD"; copy_wordpress; }
    [ -s wp-config.php ] || write_config
    ;;
esac
exec "$@"
