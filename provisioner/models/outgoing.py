"""What containers may reach outside: networks, names with a port, and what a service of the catalog needs."""

import ipaddress
import re
from typing import Annotated

from pydantic import AfterValidator, Field

from provisioner.i18n import _
from provisioner.models.base import Model, Text

NAME = r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}"


def _network(text: str) -> str:
    try:
        if "%" in text:  # what follows it in an IPv6 address may be any text, and would reach nftables and fail2ban
            raise ValueError(text)
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        message = _("'{text}' is no address or network (198.51.100.7, 198.51.100.0/24, 2001:db8::/48)")
        raise ValueError(message.format(text=text)) from None


def _outgoing(text: str) -> str:
    place, _colon, port = text.rpartition(":")
    if not re.fullmatch("[0-9]{1,5}", port) or not 1 <= int(port) <= 65535:
        message = _("'{text}' has no port (smtp.example.org:587, 198.51.100.0/24:443, any:443, proxy:443)")
        raise ValueError(message.format(text=text))
    if place in ("any", "proxy") or re.fullmatch(NAME, place):
        return text
    return f"{_network(place.strip('[]'))}:{port}"


Network = Annotated[str, AfterValidator(_network)]
Outgoing = Annotated[str, AfterValidator(_outgoing)]


def _needed(text: str) -> str:
    return text if re.fullmatch(r"setting:[A-Z][A-Z0-9_]*", text) else _outgoing(text)


class Egress(Model):
    """One thing outside that a service needs to work. What is not listed cannot be reached."""

    to: Annotated[str, AfterValidator(_needed)] = Field(
        description="host:port, network:port, any:443 (the internet), proxy:443 (services on this host), or "
        "setting:NAME: the host and port of the URL in that setting.",
        examples=["downloads.example.org:443"],
    )
    when: str = Field(
        default="", pattern=r"^([A-Z][A-Z0-9_]*=\S*)?$", description="Only while a setting has this value: NAME=value."
    )
    why: Text
