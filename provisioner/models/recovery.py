"""The recovery sheet as a machine reads it: from it alone a stack is rebuilt. Written by us, or typed from paper."""

import hashlib
import json
import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from provisioner.i18n import _
from provisioner.models.backup import HostKey, Repository
from provisioner.models.base import Model, Slug
from provisioner.models.stack import Domain, OneLine
from provisioner.ssh_keys import ssh_private, ssh_seed

GROUP, CHECK = 4, 4
TYPED = re.compile(r"(?P<value>[^=]*)=(?P<check>[0-9a-fA-F]{4})")


def check_characters(value: str) -> str:
    """Return the four characters printed after a secret: the first of its SHA-256, so that typing errors show."""
    return hashlib.sha256(value.encode()).hexdigest()[:CHECK]


def printed(value: str) -> str:
    """Return a key as it stands on paper: in groups of four, then = and its check characters."""
    groups = [value[start : start + GROUP] for start in range(0, len(value), GROUP)]
    return f"{' '.join(groups)} = {check_characters(value)}"


def typed(text: object) -> object:
    """Given a key as a machine wrote it or a person typed it, return the key. Raise ValueError for a typing error.

    Blanks do not count; after = may stand the check characters.
    """
    if not isinstance(text, str) or text.startswith("-----BEGIN "):
        return text
    plain = "".join(text.split())
    match = TYPED.fullmatch(plain)
    if match and check_characters(match["value"]) != match["check"].lower():
        raise ValueError(_("a typing error: the four check characters after = do not fit what stands before them"))
    found = match["value"] if match else plain
    if not found.isascii() or not found.isprintable():
        raise ValueError(_("a typing error: keys have letters without accents and digits only"))
    return found


Typed = Annotated[str, BeforeValidator(typed)]


class SheetDestination(Model):
    """One place where copies lie, with all that is needed to read them."""

    name: Slug
    url: Repository
    offsite: bool = True
    append_only: bool = False
    host_key: HostKey = ""
    port: int = 22
    certificate: str = ""
    user: str = ""
    password: str = ""
    key: Typed = Field(min_length=1, description="The repository's key.")
    ssh: Typed = Field(default="", description="SSH private key: as OpenSSH writes it, or its 64 hexadecimal digits.")

    @field_validator("ssh")
    @classmethod
    def _whole_key(cls, value: str) -> str:
        try:
            whole = ssh_private(value.lower() if len(value) == 64 else value)
            return whole if not whole or ssh_seed(whole) else ""
        except ValueError as error:
            raise ValueError(_("this is no SSH key: 64 digits 0 to 9 and a to f, or the file of OpenSSH")) from error


class Sheet(Model):
    """The recovery sheet."""

    format: Literal[1]
    association: Slug = Field(description="The association's short name.")
    name: OneLine = Field(min_length=1, description="The association's name.")
    written: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="The day it was written.")
    domain: Domain
    services: list[Slug] = []
    destinations: list[SheetDestination] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_differ(self) -> "Sheet":
        names = [each.name for each in self.destinations]
        if len(set(names)) < len(names):
            raise ValueError(_("two destinations have the same name"))
        return self

    @property
    def fingerprint(self) -> str:
        """What tells this sheet from others: of its content, however it is written. The day is no part of it."""
        data = self.model_dump(mode="json", exclude={"written"})
        for each in data["destinations"]:
            each["ssh"] = ssh_seed(each["ssh"]) if each["ssh"] else ""
        text = json.dumps(data, sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        return " ".join(digest[start : start + GROUP] for start in range(0, 16, GROUP))
