# Read by our scripts: curl as the administrator. Cookies live in a file that goes with the script.
jar="$(mktemp)"
trap 'rm -f "$jar"' EXIT

as_administrator() {
  path="$1"
  shift
  curl --silent --fail --cookie "$jar" --cookie-jar "$jar" "$@" "http://127.0.0.1:8080/admin$path"
}

# Exits 0 when the administration page takes our token. The session's cookie is meant for https: curl sends it to
# 127.0.0.1 only when the answer, too, believes in https.
sign_in() {
  as_administrator "" --output /dev/null --data-urlencode token@/run/secrets/admin_token
}
