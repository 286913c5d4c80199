# Read by /start.sh of the image and by our scripts: what Vaultwarden wants in another form than the platform gives it.
DATABASE_URL="postgresql://vaultwarden:$(cat /run/secrets/db_password)@db:5432/vaultwarden"
export DATABASE_URL
mkdir -p "$DATA_FOLDER"

# Vaultwarden does not start with half a mail configuration: all of it, or none.
if [ -n "${MAIL_HOST:-}" ]; then
  export SMTP_HOST="$MAIL_HOST" SMTP_PORT="${MAIL_PORT:-587}" SMTP_FROM="$MAIL_FROM" SMTP_FROM_NAME="$MAIL_NAME"
  case "${MAIL_SECURITY:-starttls}" in
    tls) export SMTP_SECURITY=force_tls ;;
    none) export SMTP_SECURITY=off ;;
    *) export SMTP_SECURITY=starttls ;;
  esac
  if [ -n "${MAIL_USER:-}" ] && [ -s /run/secrets/mail_password ]; then
    SMTP_PASSWORD="$(cat /run/secrets/mail_password)"
    export SMTP_USERNAME="$MAIL_USER" SMTP_PASSWORD
  fi
fi
