"""The hardening rules as data: what roles/hardening/files/rules.yaml and waivers.yaml hold."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from provisioner.models.base import Model, Slug, Text
from provisioner.models.security import LEVELS, Level

Mode = Annotated[str, StringConstraints(pattern=r"^0[0-7]{3}$")]
Absolute = Annotated[str, StringConstraints(pattern=r"^/[^\s]+$")]
Unit = Annotated[str, StringConstraints(pattern=r"^[a-z0-9@-]+\.(service|timer|socket|mount)$")]
Module = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+$")]
Observed = Literal["", "gateway_on_link", "no_slaac", "no_ipv6_containers"]
Group = Literal["updates", "accounts", "sudo", "logs", "kernel", "network"]
GROUPS: dict[Group, Text] = {
    "updates": Text(fr="Mises à jour", en="Updates"),
    "accounts": Text(fr="Comptes et mots de passe", en="Accounts and passwords"),
    "sudo": Text(fr="sudo et tâches planifiées", en="sudo and planned jobs"),
    "logs": Text(fr="Journaux, heure, surveillance", en="Logs, time, watching"),
    "kernel": Text(fr="Noyau, fichiers, AppArmor", en="Kernel, files, AppArmor"),
    "network": Text(fr="Réseau", en="Network"),
}
# What auditd and AppArmor need of a kernel; a host without it is told so, and nothing fails.
Ability = Literal["audit", "apparmor"]


class File(Model):
    """A file whose whole text is ours."""

    content: str
    mode: Mode = "0644"
    restart: Unit | Literal[""] = ""
    pam: bool = Field(default=False, description="A profile of pam-auth-update, which is run when it changes.")
    audit: bool = Field(default=False, description="Rules of auditd, loaded when they change.")
    check: list[str] = Field(default=[], description="A command that must accept the new text before it is in place.")


class Values(Model):
    """Keys and values in a file of the distribution; its other lines stay."""

    form: Literal["space", "equals", "ini"]
    section: str = ""
    restart: Unit | Literal[""] = ""
    set: dict[str, str]


class Line(Model):
    """A line in a file of the distribution: in the place of the first that matches, else at the end."""

    match: str
    line: str


class Access(Model):
    """The widest mode of paths that exist (never made), and whose they are."""

    mode: Mode
    group: str = ""
    kind: Literal["any", "file"] = "any"


class Measure(Model):
    """One thing that is done to a host, why, and whose rules ask for it."""

    id: Slug
    group: Group
    level: Level
    below: Level | None = Field(default=None, description="Only for levels under this one.")
    why: Text
    letter_only: Text | None = Field(default=None, description="Why the letter of a rule is kept, and not its effect.")
    xccdf: list[str] = []
    anssi: list[str] = []
    cis: list[str] = []
    lynis: list[str] = []
    when: Observed = ""
    packages: list[str] = []
    files: dict[Absolute, File] = {}
    values: dict[Absolute, Values] = {}
    lines: dict[Absolute, list[Line]] = {}
    pam_options: dict[Absolute, dict[str, list[str]]] = {}
    modes: dict[Absolute, Access] = {}
    groups: dict[str, int] = Field(default={}, description="Groups that exist, with nobody in them.")
    accounts: list[int] = Field(default=[], description="Numbers held by accounts that nobody can use.")
    root_password_age: int | None = None
    sysctls: dict[str, int | str] = {}
    modules: list[Module] = Field(default=[], description="Kernel modules that are never loaded.")
    mounts: dict[Absolute, list[str]] = {}
    units: list[Unit] = []
    optional_units: dict[Unit, Ability] = {}

    @model_validator(mode="after")
    def _sourced(self) -> "Measure":
        if not (self.xccdf or self.anssi or self.cis or self.lynis):
            raise ValueError(f"measure {self.id} names no source")
        return self

    def holds(self, level: Level) -> bool:
        """Return whether this measure is part of a level."""
        rank = LEVELS.index
        under = self.below is None or rank(level) < rank(self.below)
        return level != "none" and rank(level) >= rank(self.level) and under


class Rules(Model):
    """All measures, in the order in which they are done."""

    measures: list[Measure]


Class = Literal["container", "docker", "ansible", "infrastructure", "accessibility", "letter", "absent"]


class Waiver(Model):
    """One or more of the auditors' rules that are left out, and why."""

    rules: list[str] = Field(min_length=1)
    kind: Class = Field(alias="class")
    reason: Text
    only: list[Literal[12, 13]] = Field(default=[12, 13], description="Debian releases where it is needed.")


class Waivers(Model):
    """Every rule that is left out."""

    waivers: list[Waiver]


class Titles(Model):
    """The rules of the four profiles in one release: id -> title, ANSSI numbers, CIS numbers, profiles."""

    rules: dict[str, tuple[str, str, str, str]]
