"""The report of a drill, as the host wrote and signed it."""

from typing import Literal

from pydantic import Field

from provisioner.models.base import Model


class Drilled(Model):
    """How practising with one instance went."""

    instance: str
    ok: bool
    code: str = ""
    message: str = ""
    destination: str = ""
    snapshot: str = ""
    version: str = ""
    taken: int = Field(default=0, description="When the snapshot was taken, in seconds since 1970.")
    rpo_seconds: int = Field(default=0, description="Age of the snapshot: work done since then would be lost.")
    rto_seconds: float = Field(default=0, description="From the beginning to the end, tear-down included.")
    ready_seconds: float = Field(default=0, description="Until what a user wrote was read again.")
    marker: str = Field(default="", description="What the probe once wrote and what was read again.")
    counts: dict[str, int] = {}
    erased: int = Field(default=0, description="People erased since the snapshot, erased again.")
    files: int = 0
    dump_bytes: int = 0


class DrillReport(Model):
    """All instances of one drill."""

    format: Literal[1]
    kind: Literal["drill"]
    association: str
    host: str
    time: int = Field(ge=0, le=4102444800)
    instances: list[Drilled]
    signed: Literal["yes", "no", "wrong"] = Field(default="no", description="Found out by who reads it.")

    @property
    def ok(self) -> bool:
        """Whether everything came back, and the host stands by it."""
        return bool(self.instances) and all(each.ok for each in self.instances) and self.signed != "wrong"
