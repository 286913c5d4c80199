"""What an administrator does for one person: invite, export, erase.

invite             print a word with which one person may make an account within seven days
export NAME        tar archive of what Synapse knows of the person, on standard output
erase NAME         the account is closed for good, name and picture go, messages are shown to nobody who comes later
NAME is @alice:domain or alice. invite and erase work as the account admin with the password of the secret: whoever
changed that password in Element does both there or through the interface of the server.
"""

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

SECRETS = Path(os.environ.get("SECRETS", "/run/secrets"))


def send(method: str, path: str, body: object, token: str = "") -> dict[str, object]:
    """Return the answer to one request; end with what the server said when it refuses."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    connection = http.client.HTTPConnection("127.0.0.1", 8008, timeout=120)
    connection.request(method, path, json.dumps(body), headers)
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    if answer.status != 200:
        sys.exit(f"{path}: {answer.status} {text[:200]}")
    return dict(json.loads(text))


def as_admin(method: str, path: str, body: object) -> dict[str, object]:
    """Sign in, send, sign out."""
    password = (SECRETS / "admin_password").read_text(encoding="utf-8").strip()
    identifier = {"type": "m.id.user", "user": "admin"}
    body_of_login = {"type": "m.login.password", "identifier": identifier, "password": password}
    token = str(send("POST", "/_matrix/client/v3/login", body_of_login)["access_token"])
    try:
        return send(method, path, body, token)
    finally:
        send("POST", "/_matrix/client/v3/logout", {}, token)


def full_name(name: str) -> str:
    """Return @name:domain; end on anything that cannot be a name here."""
    name = name if name.startswith("@") else f"@{name}:{os.environ['DOMAIN']}"
    if not re.fullmatch(r"@[a-z0-9._=/+-]+:" + re.escape(os.environ["DOMAIN"]), name):
        sys.exit(f"{name!r} is not a name on this server")
    return name


def export(name: str) -> None:
    """Let Synapse write the person's data beside its own files, hand it out, and take it away again."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("DATA", "/data")) as folder:
        command = [sys.executable, "-m", "synapse.app.admin_cmd", "-c", os.environ["SYNAPSE_CONFIG_PATH"]]
        target = str(Path(folder) / "export")
        subprocess.run([*command, "export-data", name, "--output-directory", target], check=True, stdout=sys.stderr)
        subprocess.run(["tar", "--create", "--file=-", "--directory", folder, "export"], check=True)


def main(action: str, name: str = "") -> None:
    """Do one action of the page above."""
    if action == "invite":
        expires = int((time.time() + 7 * 86400) * 1000)
        path = "/_synapse/admin/v1/registration_tokens/new"
        print(as_admin("POST", path, {"uses_allowed": 1, "expiry_time": expires})["token"])
    elif action == "export":
        export(full_name(name))
    elif action == "erase":
        if full_name(name).startswith("@admin:"):
            sys.exit("the first administrator cannot be erased")
        as_admin("POST", f"/_synapse/admin/v1/deactivate/{quote(full_name(name))}", {"erase": True})
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:3])
