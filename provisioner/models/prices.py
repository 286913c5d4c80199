"""The dated price file: what hosting, a domain, backups and electricity cost. Euros, taxes included."""

from typing import Literal

from pydantic import Field

from provisioner.models.base import Model, Text

HostingKind = Literal["vps", "own_server", "refurbished_pc", "lent_by_federation", "offline_box", "undecided"]
Unit = Literal["eur_per_month", "eur_per_year", "eur_once", "eur_per_month_per_100_gb", "eur_per_kwh"]
HOURS_PER_MONTH = 730


class Price(Model):
    """One price: how much, of what, where it was read. An estimate asks the reader for the price of their provider."""

    amount: float = Field(ge=0)
    unit: Unit
    label: Text
    source: Text = Field(description="Address and date, or the reasoning of an estimate.")
    estimate: bool = True


class Tier(Model):
    """A machine that may be had: the smallest one that is large enough is taken."""

    ram_mb: int = Field(ge=256)
    disk_gb: int = Field(ge=1)
    label: Text
    monthly_eur: float = Field(default=0, ge=0)
    one_off_eur: float = Field(default=0, ge=0)
    watts: int = Field(default=0, ge=0, description="Mean draw of a machine at home, for the electricity shown beside.")
    counted: bool = Field(default=True, description="False for what others pay.")
    source: Text = Field(description="Address and date, or the reasoning of an estimate.")
    estimate: bool = True


class Prices(Model):
    """All prices of one day."""

    version: str
    date: str = Field(pattern=r"^20[0-9]{2}-[01][0-9]-[0-3][0-9]$")
    remark: Text
    hosting: dict[HostingKind, list[Tier]]
    domain_yearly_eur: Price
    backup_monthly_eur_per_100_gb: Price
    mail_monthly_eur: Price
    electricity_eur_per_kwh: Price

    def tier(self, kind: HostingKind, ram_mb: int, disk_gb: float) -> Tier | None:
        """Given a kind and what a machine must have, return the cheapest tier that has it, or None."""
        found = [tier for tier in self.hosting.get(kind, []) if tier.ram_mb >= ram_mb and tier.disk_gb >= disk_gb]
        return min(found, key=lambda tier: (tier.monthly_eur, tier.one_off_eur, tier.ram_mb), default=None)

    def electricity_monthly_eur(self, tier: Tier) -> float:
        """Return what the electricity of a machine at home costs a month: watts x 730 hours x price, in cents."""
        return round(tier.watts * HOURS_PER_MONTH / 1000 * self.electricity_eur_per_kwh.amount, 2)
