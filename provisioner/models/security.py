"""stack.yaml, block `security`: how strict the host is, who may come in, what containers may reach outside."""

from typing import Literal

from pydantic import Field

from provisioner.models.base import Model
from provisioner.models.outgoing import Network
from provisioner.models.service import Sensitivity

Level = Literal["none", "minimal", "intermediary", "enhanced"]
LEVELS: tuple[Level, ...] = ("none", "minimal", "intermediary", "enhanced")
# ANSSI BP-028 speaks of levels by exposure; what an association has to lose is the sensitivity of its data.
LEVEL_OF_DATA: dict[Sensitivity, Level] = {
    "public": "minimal", "internal": "intermediary", "personal": "intermediary",
    "sensitive": "enhanced", "health": "enhanced",
}  # fmt: skip


class Security(Model):
    """How the host is hardened. Two stacks on one host: the stricter level counts, the rest must be equal."""

    level: Literal["auto", "none", "minimal", "intermediary", "enhanced"] = Field(
        default="auto", description="auto: from `data`. none: only firewall and containers; the host stays as it is."
    )
    data: Sensitivity = Field(default="personal", description="The most sensitive data people keep here.")
    ssh_from: list[Network] = Field(default=[], description="Networks that may use SSH; empty: everywhere.")
    never_banned: list[Network] = Field(default=[], description="Addresses that sign-in limits never shut out.")
    reboot: str = Field(
        default="04:00", pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|never)$",
        description="When the host may restart after security updates, in its own time; never: by hand.",
    )  # fmt: skip
    log_days: int = Field(
        default=183, ge=183, le=366,
        description="How long the host keeps its logs (CNIL: 6-12 months). With a gdpr.yaml, its map says it instead.",
    )  # fmt: skip
    tls: Literal["intermediate", "modern"] = Field(
        default="intermediate", description="Mozilla's levels. modern: TLS 1.3 only."
    )

    @property
    def effective(self) -> Level:
        """The level that counts."""
        return LEVEL_OF_DATA[self.data] if self.level == "auto" else self.level


def strictest(levels: list[Level]) -> Level:
    """Return the strictest of the levels, "none" when there is none."""
    return max(levels, key=LEVELS.index, default="none")
