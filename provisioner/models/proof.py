"""The proof of a service: which rungs of the ladder it climbed, how long each took, with which images."""

from typing import Literal

from pydantic import Field

from provisioner.models.base import Model, Slug

Outcome = Literal["passed", "failed", "left out", "later"]


class Rung(Model):
    """One rung: passed, failed (why), left out (why), or later: this version cannot do it yet."""

    name: Slug
    outcome: Outcome
    seconds: float = 0
    told: str = Field(default="", description="What was found, or why it failed or was left out.")


class Proof(Model):
    """What `provisioner catalog prove` found out about one service."""

    service: Slug
    version: str = Field(description="The version that ran: the image's own label, else its tag.")
    previous: str = Field(default="", description="The version the upgrade started from.")
    date: str
    debian: str = Field(description="Release of the rehearsal host.")
    images: dict[str, str] = Field(description="Upstream reference -> what ran for it: version and digest.")
    memory_mb: int = 0
    declared_mb: int = 0
    rungs: list[Rung]

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return all(rung.outcome != "failed" for rung in self.rungs)


class Proofs(Model):
    """docs/proofs.json: the newest proof of each service."""

    proofs: dict[Slug, Proof] = {}
