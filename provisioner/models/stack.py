"""stack.yaml: the services of one association, on one host. stack.lock.yaml: the exact images they run."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, WrapValidator, field_validator
from pydantic_core import PydanticKnownError

from provisioner.i18n import _
from provisioner.models.backup import Backups
from provisioner.models.base import Model, Slug
from provisioner.models.outgoing import Outgoing
from provisioner.models.security import Security
from provisioner.models.service import Variable

Domain = Annotated[str, StringConstraints(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}$")]
OneLine = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{0,200}$")]
AGE_KEY = r"^age1[0-9a-z]{58}$"
AgeRecipient = Annotated[str, StringConstraints(pattern=AGE_KEY)]


class Association(Model):
    """Whose stack it is."""

    id: Slug = Field(description="Short name: letters, digits, hyphens. It names instances and never changes.")
    name: OneLine = Field(min_length=1, description="The name people know.")
    contact: str = Field(pattern=r"^[^@\s\"'{}\\]+@[^@\s\"'{}\\]+$", description="A role's e-mail, not a person's.")
    language: Literal["fr", "en"] = "fr"
    timezone: str = Field(default="Europe/Paris", pattern=r"^[A-Za-z_]+(/[A-Za-z_+-]+)*$")

    @field_validator("id")
    @classmethod
    def _not_ours(cls, value: str) -> str:
        if value == "provisioner":
            raise ValueError(_("this id belongs to the provisioner itself; choose another"))
        return value


class Host(Model):
    """Where it runs, and how we reach it by SSH."""

    name: Slug
    address: str = Field(pattern=r"^[A-Za-z0-9.:-]+$", description="IP address or DNS name.")
    port: int = Field(default=22, ge=1, le=65535)
    user: str = Field(default="root", pattern=r"^[a-z_][a-z0-9_-]*$", description="root, or a user with sudo.")
    key: str = Field(default="", description="SSH private key; empty: those of your agent and ~/.ssh.")
    known_hosts: str = Field(default="known_hosts", description="File, beside this one, that pins the host's key.")


class Images(Model):
    """Where images come from."""

    source: Literal["registry", "build", "auto"] = Field(
        default="registry",
        description="registry: upstream images. build: stand-ins made from distribution packages. "
        "auto: upstream's, and a stand-in for what cannot be had.",
    )
    registry: str = Field(default="", pattern=r"^[a-z0-9.:-]*$", description="Your own registry, as host:port.")
    registry_mirror: str = Field(
        default="",
        pattern=r"^([a-z0-9.:-]+(/[a-z0-9._/{}-]*)?)?$",
        description="A mirror of upstream's registries: host[:port][/path]; {registry} stands for docker.io, ghcr.io.",
    )
    insecure: bool = Field(default=False, description="The registry speaks plain HTTP (a lab).")


MAIL_VARIABLES = ("MAIL_HOST", "MAIL_PORT", "MAIL_SECURITY", "MAIL_USER", "MAIL_FROM")


class Mail(Model):
    """The relay that takes the association's outgoing mail; its password: `provisioner secrets set`."""

    host: str = Field(pattern=r"^[A-Za-z0-9.:-]+$", description="Name or address of the relay.")
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = Field(default="starttls", description="tls: from the first byte.")
    user: str = Field(default="", pattern=r"^[^\s\"'{}$]*$", description="Login at the relay; empty: none needed.")
    sender: str = Field(default="", pattern=r"^([^@\s\"'{}]+@[^@\s\"'{}]+)?$", description="Default: the contact.")


class Portal(Model):
    """The association's start page: its services in plain words."""

    subdomain: Slug = Field(default="accueil", description="Name before the domain.")
    ask: OneLine = Field(default="", description="Whom people may ask, beside the contact: 'The office, Tuesdays'.")


class Recipient(Model):
    """Who can read secrets.age, with a name, so that people know whose key it is."""

    key: AgeRecipient = Field(description="The age public key.")
    name: OneLine = Field(min_length=1, description="Who holds its identity.")
    offline: bool = Field(default=False, description="Its identity lies in a safe and on no computer.")


def _one_of_both(value: Any, _chosen: Callable[[Any], Any]) -> str | Recipient:
    """Judge a recipient as what it looks like, so that an error speaks of that form alone."""
    if isinstance(value, str):
        if not re.fullmatch(AGE_KEY, value):
            raise PydanticKnownError("string_pattern_mismatch", {"pattern": AGE_KEY})
        return value
    if isinstance(value, dict | Recipient):
        return Recipient.model_validate(value)
    raise PydanticKnownError("string_type")


class Chosen(Model):
    """One service of the stack."""

    subdomain: Slug | None = Field(default=None, description="Name before the domain; default: the catalog's.")
    settings: dict[Variable, OneLine] = {}
    outgoing: list[Outgoing] = Field(
        default=[], description="What it may reach outside, beside what its catalog entry names: host:port, any:443."
    )


class Stack(Model):
    """stack.yaml."""

    stack: Literal["1.0"] = Field(description="Version of this format.")
    association: Association
    domain: Domain
    certificates: Literal["acme", "internal"] = Field(
        default="acme", description="acme: public certificates. internal: an own authority, for lab and LAN."
    )
    host: Host
    images: Images = Images()
    mail: Mail | None = Field(default=None, description="Outgoing mail; without it no service sends any.")
    recipients: list[Annotated[AgeRecipient | Recipient, WrapValidator(_one_of_both)]] = Field(
        min_length=1, description="Who can read secrets.age: age public keys, plain or with a name."
    )
    portal: Portal | None = Field(default=None, description="The start page; without it there is none.")
    backup: Backups | None = Field(default=None, description="Where copies go; without it nothing is backed up.")
    security: Security = Field(default=Security(), description="How strict the host is; the defaults are good.")
    services: dict[Slug, Chosen] = Field(description="May be empty, to take everything away.")

    @property
    def recipient_keys(self) -> list[str]:
        """The age public keys for which secrets are encrypted, each once."""
        return list(dict.fromkeys(each if isinstance(each, str) else each.key for each in self.recipients))


class LockedImage(Model):
    """What an upstream reference resolved to."""

    image: str = Field(pattern=r"^\S+@sha256:[0-9a-f]{64}$")
    source: Literal["upstream", "stand-in", "local"] = Field(
        description="upstream: as its makers published it. stand-in: our recipe's. local: built here by others."
    )
    version: str = ""


class Lock(Model):
    """stack.lock.yaml: upstream reference -> the exact image that runs."""

    lock: Literal["1.0"]
    images: dict[str, LockedImage]
