"""Secrets of a service, commands inside its containers, and how a secret gets a new value."""

from typing import Literal

from pydantic import Field, model_validator

from provisioner.i18n import _
from provisioner.models.base import Model, Slug, Text


class Command(Model):
    """A command inside a container, as a list. {instance}, {domain}, {url}, {language}, {contact} are filled in."""

    in_: Slug = Field(alias="in", description="The container, as compose.yaml calls it.")
    run: list[str] = Field(min_length=1)


class Rotation(Model):
    """How a secret gets a new value: a database's own account, steps of the application, or never (`fixed`).

    Steps read two lines on standard input: the value that is to hold from now on, and the one before. Each may be
    repeated. `before`: while the containers still run with the value before; `after`: once they run with the new one.
    """

    postgres: str = Field(default="", description="The role of PostgreSQL whose password it is.")
    mariadb: str = Field(default="", description="The account of MariaDB whose password it is.")
    mysql: str = Field(default="", description="The account of MySQL whose password it is.")
    in_: Slug = Field(default="db", alias="in", description="The container of that database.")
    before: list[Command] = []
    after: list[Command] = []
    fixed: Text | None = Field(default=None, description="Why it stays: what would be lost with it.")

    @model_validator(mode="after")
    def _says_one_thing(self) -> "Rotation":
        ways = [self.postgres, self.mariadb, self.mysql, self.before or self.after, self.fixed]
        if sum(bool(way) for way in ways) != 1:
            raise ValueError(_("one of: postgres, mariadb, mysql, before and after, fixed"))
        return self


class Secret(Model):
    """A secret made once and kept: letters and digits only, because most end up unescaped in URLs or shells."""

    length: int = Field(default=32, ge=16, le=128)
    purpose: Text
    shown: bool = Field(default=False, description="A person signs in with it: `provisioner secrets show`.")
    given: bool = Field(default=False, description="Given by a person (`secrets set`), one per association; or empty.")
    environment: str = Field(
        default="",
        min_length=15,
        description="Why it is in the environment of the application's processes: it is taken no other way.",
    )
    rotate: Literal["restart"] | Rotation | None = Field(
        default=None,
        description="How a new value is told to the application; restart: it reads the file at each start, no more.",
    )
