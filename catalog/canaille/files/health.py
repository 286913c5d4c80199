"""Exit 0 when Canaille answers under its public name, with its keys, from its database."""

import http.client
import json
import os
import sys

DOMAIN = os.environ["SERVER_NAME"]


def get(path: str) -> dict[str, object]:
    """Return the JSON that the application answers to a request that came through the proxy."""
    headers = {"Host": DOMAIN, "X-Forwarded-Host": DOMAIN, "X-Forwarded-Proto": "https"}
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=8)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    if answer.status != 200:
        sys.exit(f"{path} answers {answer.status}")
    return dict(json.load(answer))


if __name__ == "__main__":
    issuer = get("/.well-known/openid-configuration")["issuer"]
    if issuer != f"https://{DOMAIN}":
        sys.exit(f"it calls itself {issuer}")
    if not get("/oauth/jwks.json")["keys"]:
        sys.exit("it has no signing key")
