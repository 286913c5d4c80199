"""The means of a needs profile: connection, host, money, and the rules the data must follow."""

from typing import Annotated, Literal

from pydantic import Field

from provisioner.models.profile_base import Block, Country, Date, Optional, ToolId, Unique


class Connectivity(Block):
    """The server's link to the world."""

    mode: Literal["good", "limited", "intermittent", "offline_lan"]
    uplink_mbps: Optional[Annotated[float, Field(ge=0, le=100_000)]] = Field(
        default=None, description="Measured upload rate at the server."
    )
    inbound: Literal["all", "web_only", "none"] = Field(
        default="all", description="Which incoming connections reach the server."
    )
    sync_window_hours_per_week: Optional[Annotated[float, Field(ge=0, le=168)]] = None


class HostResources(Block):
    """What the machine has."""

    ram_mb: int = Field(ge=256, le=4_194_304)
    cpu_cores: int = Field(default=1, ge=1, le=1024)
    disk_gb: int = Field(ge=4, le=1_048_576)


class Hosting(Block):
    """The machine, and who runs it."""

    kind: Literal["vps", "own_server", "refurbished_pc", "lent_by_federation", "offline_box", "undecided"]
    operated_by: Literal["association", "federation", "third_party"] = "association"
    country: Optional[Country] = None
    health_data_certified: bool = False
    architecture: Literal["amd64", "arm64"] = "amd64"
    power: Literal["reliable", "unreliable"] = "reliable"
    resources: HostResources


class Budget(Block):
    """Euros, taxes included."""

    monthly_eur: float = Field(ge=0, le=1_000_000)
    one_off_eur: float = Field(default=0, ge=0, le=10_000_000)


class DataProtection(Block):
    """Which data, and the rules they must follow."""

    dpo: Literal["none", "internal", "shared", "external"] = "none"
    processing_register: Literal["none", "partial", "complete"] = "none"
    minors: bool
    special_categories: Unique[
        Literal[
            "health", "religion", "political_opinion", "union_membership", "ethnic_origin", "sexual_life",
            "genetic", "biometric", "criminal_record", "social_hardship",
        ]
    ]  # fmt: skip
    health_context: Literal["none", "incidental", "care_or_social_followup"]
    hosts_data_of_other_bodies: bool = False
    transfers_outside_eea: Literal["forbidden", "avoid", "accepted"] = "avoid"
    retention_rules: bool = False


class Accessibility(Block):
    """Who must not be shut out by a screen."""

    target: Literal["none", "wcag_a", "wcag_aa"] = "none"
    screen_reader_users: bool = False
    plain_language: bool = False


class DomainEmail(Block):
    """The association's name on the internet, and how mail leaves."""

    domain: Literal["none", "planned", "owned"] = "none"
    dns_access: bool = False
    mailboxes: Literal[
        "none", "personal_addresses", "shared_provider", "google", "microsoft", "federation", "own_server"
    ] = "personal_addresses"
    sending: Literal["none", "provider_smtp", "relay"] = "none"


class Destination(Block):
    """One place where backups go."""

    kind: Literal["same_provider", "other_provider", "federation", "own_disk", "rotated_usb"]
    country: Optional[Country] = None
    health_data_certified: bool = False


class Backups(Block):
    """What may be lost, and for how long."""

    destinations: list[Destination] = []
    max_data_loss_hours: int = Field(default=24, ge=1, le=8760)
    max_downtime_hours: int = Field(default=72, ge=1, le=8760)
    last_restore_test: Optional[Date] = None


class Security(Block):
    """How people sign in, and what is done today."""

    single_sign_on: Literal["required", "preferred", "not_needed"] = "preferred"
    two_factor: Literal["none", "admins", "everyone"] = "none"
    shared_accounts: bool = False
    updates_today: Literal["none", "manual", "automatic", "unknown"] = "unknown"
    it_charter: bool = False
    incident_in_last_two_years: bool = False


class Limits(Block):
    """What others decided already."""

    max_tools: Optional[Annotated[int, Field(ge=0, le=30)]] = None
    mandated: Unique[ToolId] = []
    excluded: Unique[ToolId] = []
    mandated_by: Optional[Literal["federation", "funder", "law", "board"]] = None


class Federation(Block):
    """For a federation: its member associations."""

    member_associations: int = Field(ge=2, le=100_000)
    instances_planned: Optional[Annotated[int, Field(ge=1, le=100_000)]] = None
    tenancy: Literal["one_instance_each", "shared", "mixed"]
    common_base: Unique[ToolId] = []
    waves: list[Annotated[int, Field(ge=1)]] = []
    members_may_add: bool = True
    members_may_leave_with_data: bool = True
