"""Exit 0 when Canaille answers under its public name, with its keys, from its database."""

import json
import os
import sys
import urllib.request

DOMAIN = os.environ["SERVER_NAME"]


def get(path: str) -> dict[str, object]:
    """Return the JSON that the application answers to a request that came through the proxy."""
    headers = {"Host": DOMAIN, "X-Forwarded-Host": DOMAIN, "X-Forwarded-Proto": "https"}
    request = urllib.request.Request(f"http://127.0.0.1:8000{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=8) as answer:
        return dict(json.load(answer))


if __name__ == "__main__":
    issuer = get("/.well-known/openid-configuration")["issuer"]
    if issuer != f"https://{DOMAIN}":
        sys.exit(f"it calls itself {issuer}")
    if not get("/oauth/jwks.json")["keys"]:
        sys.exit("it has no signing key")
