"""Print the mail relay of the association as Tryton wants it: one address with everything in it.

Reads MAIL_HOST, MAIL_PORT, MAIL_SECURITY, MAIL_USER and the secret mail_password. Without a relay the address leads
nowhere: what is sent is lost, and nothing else fails.
"""

import os
from pathlib import Path
from urllib.parse import quote_plus

SCHEMES = {"none": "smtp", "starttls": "smtp+tls", "tls": "smtps"}


def build_uri(host: str, port: str, security: str, user: str, password: str) -> str:
    """Return the address of the relay."""
    login = f"{quote_plus(user)}:{quote_plus(password)}@" if user and password else ""
    scheme = SCHEMES.get(security, "smtp") if host else "smtp"
    return f"{scheme}://{login}{host or 'localhost'}:{port or 25}"


if __name__ == "__main__":
    secret = Path("/run/secrets/mail_password").read_text(encoding="utf-8").strip()
    names = ("MAIL_HOST", "MAIL_PORT", "MAIL_SECURITY", "MAIL_USER")
    print(build_uri(*(os.environ.get(name, "") for name in names), secret))
