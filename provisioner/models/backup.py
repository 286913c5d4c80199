"""The block `backup` of stack.yaml: where copies go, how often, how long they are kept, who is told when they fail."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from provisioner.i18n import _
from provisioner.models.base import Model, Slug

# What restic itself calls a repository: a path, or a protocol of its own. No login inside: those are secrets.
Repository = Annotated[
    str,
    StringConstraints(pattern=r"^(/[^\s:@]+|sftp:[^\s@:/]+@[^\s@:/]+:\S+|rest:https?://[^\s@]+|s3:https?://[^\s@]+)$"),
]
HostKey = Annotated[str, StringConstraints(pattern=r"^(ssh-ed25519|ecdsa-sha2-nistp\d+|ssh-rsa) [A-Za-z0-9+/=]+$|^$")]
Window = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$|^$")]


class Destination(Model):
    """One restic repository, with a key of its own."""

    name: Slug = Field(description="Short name: disk, offsite.")
    url: Repository = Field(
        description="/path, sftp:user@host:/path, rest:https://host/path or s3:https://host/bucket",
        examples=["/mnt/backup/asso", "rest:https://backup.example.org/asso"],
    )
    offsite: bool = Field(default=True, description="At another place than the host: survives a fire.")
    append_only: bool = Field(default=False, description="The server refuses to delete: survives a stolen host.")
    upload_kib: int = Field(default=0, ge=0, description="Most KiB per second sent; 0: no limit.")
    host_key: HostKey = Field(default="", description="sftp: the server's public key, as ssh-keyscan prints it.")
    port: int = Field(default=22, ge=1, le=65535, description="sftp: the server's SSH port.")
    certificate: str = Field(default="", description="rest, s3: the server's own certificate authority (PEM text).")

    @property
    def kind(self) -> Literal["path", "sftp", "rest", "s3"]:
        """How restic reaches it."""
        head = self.url.partition(":")[0]
        return "sftp" if head == "sftp" else "rest" if head == "rest" else "s3" if head == "s3" else "path"

    @property
    def elsewhere(self) -> bool:
        """Whether somebody else may hold the copies: at another place, and no disk that one carries there."""
        return self.offsite and self.kind != "path"

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "Destination":
        if self.kind == "sftp" and not self.host_key:
            raise ValueError(_("an sftp destination needs host_key: what ssh-keyscan prints after the name"))
        if self.kind == "path" and self.append_only:
            raise ValueError(_("a path cannot be append_only: whoever holds the host can delete there"))
        return self


class Keep(Model):
    """How many snapshots stay. Where the server refuses to delete, `within` is what an admin prunes by."""

    hourly: int = Field(default=0, ge=0, le=1000)
    daily: int = Field(default=7, ge=1, le=1000)
    weekly: int = Field(default=4, ge=0, le=520)
    monthly: int = Field(default=2, ge=0, le=120)
    within: str = Field(default="90d", pattern=r"^(\d+y)?(\d+m)?(\d+d)?(\d+h)?$", min_length=2)


class Backups(Model):
    """The block as a whole."""

    destinations: list[Destination] = Field(min_length=1, description="Nearest first: it is read from live data.")
    every_hours: int = Field(default=24, ge=1, le=168, description="Hours between two backups of an instance.")
    window: Window = Field(default="22:00-06:00", description="When they may run, in the host's time; empty: always.")
    keep: Keep = Keep()
    drill_days: int = Field(default=30, ge=0, le=366, description="Days between two restores for practice; 0: none.")
    late_hours: int = Field(default=36, ge=2, le=1000, description="A good backup older than this is an alert.")
    mail: list[Annotated[str, StringConstraints(pattern=r"^[^@\s\"'{}]+@[^@\s\"'{}]+$")]] = Field(
        default=[], description="Who gets alerts by e-mail, through the stack's mail relay; default: the contact."
    )

    @model_validator(mode="after")
    def _names_differ(self) -> "Backups":
        names = [each.name for each in self.destinations]
        if len(set(names)) < len(names):
            raise ValueError(_("two destinations have the same name"))
        return self
