"""The ways a text goes out: the association's mail relay, and what the program Apprise speaks (ntfy, Matrix, webhooks).

E-mail goes by Python's own library: Apprise gives the relay's password to whoever answers, its certificate unseen.
"""

from __future__ import annotations

import base64
import os
import shutil
import smtplib
import ssl
import tempfile
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Any

from . import docker, layout

MAIL = "mail"
MAIL_PASSWORD, ALERT_URLS = "mail_password", "alert_urls"
TIMEOUT = 30


class Unsent(Exception):
    """A text did not go out; the message says why and holds no secret."""


def channels(config: dict[str, Any], secrets: Path) -> dict[str, str]:
    """Return the channels of an association: name -> address. Addresses of Apprise are secrets; their names are not."""
    found = {MAIL: ""} if config.get("mail") and config["mail"]["to"] else {}
    for number, url in enumerate(_read(secrets / ALERT_URLS).split(), 1):
        found[f"{url.partition(':')[0].lower()} {number}"] = url
    return found


def send(channel: str, url: str, config: dict[str, Any], secrets: Path, subject: str, text: str) -> None:
    """Send a text by one channel. Raise Unsent when it was not taken."""
    if channel == MAIL:
        send_mail(config["mail"], _read(secrets / MAIL_PASSWORD), config["name"], subject, text)
    else:
        send_by_apprise(url, subject, text)


def send_by_apprise(url: str, subject: str, text: str) -> None:
    """Send by the program Apprise: the address in a file that only root reads, the text by standard input.

    Its home is that folder too, so that it finds no settings of others and leaves no session of Matrix behind.
    """
    folder = Path(tempfile.mkdtemp(prefix="provisioner-alert-", dir=_memory()))
    try:
        layout.write(folder / "urls", url + "\n", 0o600)
        command = ["apprise", "--config", f"{folder}/urls", "--title", subject, "--input-format", "text"]
        docker.run(command, cwd=folder, stdin=text, timeout=120, env={"HOME": str(folder)})
    except docker.Failed as error:
        raise Unsent(f"apprise: exit code {error.code}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def send_mail(relay: dict[str, Any], password: str, name: str, subject: str, text: str) -> None:
    """Send by the association's relay. A relay whose certificate is not right gets neither password nor text."""
    try:
        with _connected(relay) as connection:
            if relay["user"]:
                _log_in(connection, relay["user"], password)
            refused = connection.send_message(_message(relay, name, subject, text))
    except smtplib.SMTPResponseException as error:
        raise Unsent(f"the mail relay answered {error.smtp_code}") from error
    except smtplib.SMTPRecipientsRefused as error:
        raise Unsent("the mail relay took none of the addresses") from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unsent(f"the mail relay: {type(error).__name__}: {error}"[:200]) from error
    except ValueError as error:  # what it says may hold a piece of the password
        raise Unsent(f"the mail relay: {type(error).__name__}") from error
    if refused:
        raise Unsent(f"the mail relay did not take {', '.join(sorted(refused))}")


def _connected(relay: dict[str, Any]) -> smtplib.SMTP:
    if relay["security"] == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(relay["host"], relay["port"], timeout=TIMEOUT, context=context)
    connection = smtplib.SMTP(relay["host"], relay["port"], timeout=TIMEOUT)
    if relay["security"] == "starttls":
        connection.starttls(context=ssl.create_default_context())
    return connection


def _log_in(connection: smtplib.SMTP, user: str, password: str) -> None:
    """Log in by what the relay offers; Python's own way knows no letters such as ü, which go as RFC 4616 says."""
    if (user + password).isascii():
        connection.login(user, password)
        return
    connection.ehlo_or_helo_if_needed()
    code, answer = connection.docmd("AUTH", "PLAIN " + base64.b64encode(f"\0{user}\0{password}".encode()).decode())
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, answer)


def _message(relay: dict[str, Any], name: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    display = "".join(letter for letter in name if letter.isprintable() and letter not in '"\\<>')
    message["From"] = f'"{display}" <{relay["sender"]}>'
    message["To"] = ", ".join(relay["to"])
    message["Subject"] = " ".join(subject.split())
    message["Date"], message["Message-ID"] = formatdate(localtime=True), make_msgid(domain="provisioner.invalid")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _memory() -> str | None:
    """Return the folder that no disk holds; who may not write there is no host but somebody trying this out."""
    return "/run" if os.access("/run", os.W_OK) else None


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip("\n")
    except OSError:
        return ""
