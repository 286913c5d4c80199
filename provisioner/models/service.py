"""service.yaml: everything about a service that Docker does not know. What Docker can enforce is in compose.yaml."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from provisioner.i18n import _
from provisioner.models.base import Model, NeedId, Slug, Text
from provisioner.models.gdpr import Gdpr, Key
from provisioner.models.outgoing import Egress
from provisioner.models.route import OpenPort, Route
from provisioner.models.secret import Command, Secret
from provisioner.models.sign_in_log import SignInLog
from provisioner.models.step import ProbeStep
from provisioner.models.upstream import Upstream

Skill = Literal["none", "email", "basic", "comfortable", "advanced"]
Sensitivity = Literal["public", "internal", "personal", "sensitive", "health"]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
Day = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-[01][0-9]-[0-3][0-9]$")]
Figure = Literal["memory_mb", "memory_mb_per_concurrent_user", "disk_gb"]


class Coverage(Model):
    """How well a service covers a need: 100 made for it, 85 very good, 70 good enough, 55 partial, 40 stop-gap."""

    quality: int = Field(ge=40, le=100, description="Usable quality for this need, 40 to 100.", examples=[85])
    min_skill: Skill = Field(description="The least skill a person needs to use it.", examples=["basic"])
    reason: str = Field(
        default="", min_length=10, description="Why this quality, in one line; the catalog asks for it."
    )


class Matching(Model):
    """What the optimiser reads about people: effort, attention and limits of use."""

    tool: Slug = Field(description="What people learn; add-ons share the tool of their host.", examples=["nextcloud"])
    facing: Literal["community", "backoffice"] = Field(description="Used by everybody, or by a few operators.")
    training_hours: float = Field(ge=0, le=100, description="Hours to learn it, per person.")
    admin_minutes_per_month: int = Field(ge=0, le=6000, description="Care it asks each month.")
    requires: list[Slug] = Field(default=[], description="Services that must be there too.")
    conflicts: list[Slug] = Field(default=[], description="Services that exclude it.")
    offline_ok: bool = Field(default=False, description="Works on a local network without internet.")
    intermittent_ok: bool = Field(default=True, description="Bears a link that comes and goes.")
    needs_smtp: bool = Field(default=False, description="Useless without outgoing e-mail.")
    needs_udp: bool = Field(default=False, description="Needs media ports beside 80 and 443.")
    uplink_mbps_per_user: float = Field(default=0, ge=0, description="Upload rate per concurrent user.")
    accounts: bool = Field(default=True, description="People sign in with an account.")
    sso: bool = Field(default=False, description="Can use the association's single sign-on.")
    max_data: Sensitivity = Field(default="personal", description="The most sensitive data it may hold.")
    mobile_ok: bool = Field(default=True, description="Usable on a phone.")
    architectures: list[Literal["amd64", "arm64"]] = Field(default=["amd64", "arm64"])
    languages: list[Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]] = Field(
        default=["fr", "en"], min_length=1, description="Languages of its interface."
    )
    accessibility: Literal["unknown", "ok", "blocking"] = Field(default="unknown")
    estimate: bool = Field(default=True, description="True while the figures are estimates, not measurements.")
    source: str = Field(min_length=3, description="Where the figures come from, with the date.")


class Origin(Model):
    """Where one figure comes from: measured on a machine, declared by its makers, or our estimate."""

    kind: Literal["measured", "declared", "estimate"]
    date: Day
    note: str = Field(min_length=10, description="Machine and way of measuring, page it was read on, or reasoning.")


class Resources(Model):
    """Memory and disk, used to match, to place on hosts and to refuse what does not fit."""

    memory_mb: int = Field(ge=8, description="All containers together, idle, in MiB.")
    memory_mb_per_concurrent_user: float = Field(ge=0)
    disk_gb: float = Field(ge=0.1, description="Images and empty data, in GiB.")
    source: str = Field(min_length=3, description="Measured when and how, or 'estimate'.")
    origins: dict[Figure, Origin] = Field(default={}, description="The origin of each figure.")


class Setting(Model):
    """One thing an association may choose. It becomes a variable of .env."""

    default: str
    help: Text
    pattern: str = Field(default="^.*$", description="What a value must look like.")
    examples: list[str] = []
    retention: Key | None = Field(
        default=None, description="The key of the retention map it is bound to: its value is that period, in `unit`."
    )
    unit: Literal["days", "hours", "months"] = "days"


class NotNeeded(Model):
    """Why there is no first administrator to make."""

    not_needed: str = Field(min_length=10)


class Probe(Model):
    """Writes a marker through the application's own interface and reads it back. {marker} is letters and digits.

    Texts may name {marker}, {domain}, {secret.NAME}, {setting.NAME} and captures {NAME}. Cookies are kept from
    step to step. `write` may be run again with another marker; `read` returns texts of which one contains the marker.
    """

    write: list[ProbeStep] = Field(min_length=1)
    read: list[ProbeStep] = Field(min_length=1)


class Dump(Model):
    """A database dump: the restore reads on standard input what `run` wrote on standard output."""

    in_: Slug = Field(alias="in")
    run: list[str] = Field(min_length=1)
    restore: list[str] = Field(min_length=1)
    covers: list[Slug] = Field(description="Volumes that need no file copy because of this dump.")
    complete_when: str = Field(default="", description="Text that ends a complete dump, if any.")


class Backup(Model):
    """What must be kept, and how it is taken consistently."""

    before: list[Command] = []
    after: list[Command] = []
    dumps: dict[Slug, Dump] = {}
    volumes: list[Slug] = []
    not_kept: dict[Slug, str] = Field(default={}, description="Volumes left out, each with the reason.")
    restore_order: list[Slug] = []
    after_restore: list[Command] = []
    counts: dict[Slug, Command] = Field(default={}, description="Each prints how many there are of something.")


class Upgrade(Model):
    """How versions may follow each other."""

    version_of: Slug = Field(description="The container whose image tag is the service's version.")
    steps: Literal["any", "one-major-at-a-time"] = "any"
    via: list[str] = Field(default=[], description="Image references instances that lag behind must pass through.")
    rollback: Literal["image", "restore"] = "restore"


class Export(Model):
    """One way out: how people take their data away when they leave the service."""

    format: str = Field(min_length=2, examples=["CSV"])
    how: str = Field(min_length=5, description="Where it is asked for, as a menu, page or command.")
    tried: bool = Field(default=False, description="True once the export was really taken and read elsewhere.")


class Outline(Model):
    """What the matching and the reports read. Alone, without a compose.yaml, it is a service not deployable yet."""

    name: Slug
    title: str
    summary: Text
    homepage: str = Field(pattern=r"^https://")
    license: str = Field(description="SPDX expression of the application's licence.")
    license_scope: str = Field(default="", description="What its makers sell apart; such features are not counted.")
    needs: dict[NeedId, Coverage] = {}
    matching: Matching
    resources: Resources
    exports: list[Export] = Field(default=[], description="Ways to take the data away, as far as known.")
    upstream: dict[str, Upstream] = Field(default={}, description="Image repository -> evidence, as far as known.")
    not_yet: str = Field(default="", description="Why it cannot be deployed yet; only without a compose.yaml.")


class Service(Outline):
    """A catalog entry that can be deployed."""

    settings: dict[Variable, Setting] = {}
    secrets: dict[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")], Secret] = {}
    route: Route
    sign_in_logs: list[SignInLog] = Field(
        default=[], max_length=8, description="Failed sign-ins that only the application's own log tells."
    )
    open_ports: list[OpenPort] = Field(
        default=[], description="Ports of the host beside 80 and 443, where unavoidable."
    )
    egress: list[Egress] = Field(default=[], description="What it needs to reach outside; anything else is refused.")
    setup: list[Command] = Field(default=[], description="After every healthy start; each must be idempotent.")
    first_admin: Command | NotNeeded = Field(description="Exits 0 once the first administrator exists.")
    admin_user: str = Field(default="", description="Name the first administrator signs in with; may be {contact}.")
    backup: Backup
    upgrade: Upgrade
    gdpr: Gdpr
    probe: Probe
    upstream: dict[str, Upstream] = Field(description="Image repository -> evidence, for each image.")
    waivers: dict[str, str] = Field(default={}, description="container.rule -> reason; none may be idle.")

    @model_validator(mode="after")
    def _egress_names_settings(self) -> "Service":
        named = [e.when.partition("=")[0] for e in self.egress]
        named += [e.to.removeprefix("setting:") for e in self.egress if e.to.startswith("setting:")]
        unknown = sorted({name for name in named if name} - set(self.settings))
        if unknown:
            raise ValueError(_("egress names settings that are not there: {names}").format(names=", ".join(unknown)))
        return self

    @model_validator(mode="after")
    def _waivers_have_reasons(self) -> "Service":
        short = [key for key, reason in self.waivers.items() if len(reason) < 15]
        if short:
            raise ValueError(_("waivers need a written reason: {keys}").format(keys=", ".join(short)))
        return self
