# Functions of start.sh. They expect here, documents, log and dump.
installer=/var/www/html/install

# Run a program of the installer; its pages of HTML go to the log, its failure to the caller.
page() { (umask 0077; cd $installer && php "$@") >> "$log" 2>&1; }

# Succeed when the tables are where the program is. The installer's own exit codes do not tell.
done_well() { case "$(php $here/state.php)" in same*) ;; *) return 1 ;; esac; }

# The client reads the password from a file in memory: neither a command line nor the environment has it.
client() {
  (umask 0077; printf '[client]\nhost=db\nuser=dolibarr\npassword=%s\n' "$(cat /run/secrets/db_password)" > /tmp/client.cnf)
  program=$1; shift
  "$program" --defaults-extra-file=/tmp/client.cnf --skip-ssl --default-character-set=utf8mb4 "$@"
}

# Back to the dump: tables that a migration added go as well.
restore() {
  client mariadb -e 'DROP DATABASE dolibarr; CREATE DATABASE dolibarr CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci' \
    && client mariadb dolibarr < "$1" && rm -f "$1" "$1.complete"
}

# An installation that was cut off is taken up again: the tables and rows that are there already do no harm.
install() {
  echo "installing: $state"
  rm -f $documents/install.lock "$log"
  page step2.php set && page $here/install.php && done_well
}

# Given the versions FROM and TO: migrate the tables; after a failure, put the old ones back.
upgrade() {
  echo "migrating the tables: $1 -> $2"
  target="$(echo "$2" | cut -d. -f1,2).0"
  rm -f "$dump" "$dump.complete" "$log"
  (umask 0077; client mariadb-dump --single-transaction --routines --triggers --no-tablespaces dolibarr > "$dump") \
    && : > "$dump.complete" || return 1
  rm -f $documents/install.lock; : > $documents/upgrade.unlock
  if page upgrade.php "$1" "$target" && page upgrade2.php "$1" "$target" && page step5.php "$1" "$target" && done_well
  then
    echo "migrated to $2"
    # The migration makes Dolibarr ask again for its call home; setup.php says no later, this comes before anyone signs in.
    client mariadb dolibarr -e "UPDATE llx_const SET value='disabled' WHERE name='MAIN_FIRST_PING_OK_ID'"
    return 0
  fi
  sed -n 's/.*class="error">//p' "$log" | sed 's/<[^>]*>/ /g' | head -20 >&2
  rm -f $documents/upgrade.unlock
  restore "$dump"
  return 1
}
