"""A proposal: which services for which needs, and why; what is kept, left out or not covered. Written as JSON, 1.0."""

from typing import Annotated, Literal

from pydantic import Field

from provisioner.models.base import Model, Text

Verdict = Literal["deploy", "deploy_partly", "delegate", "mandate_impossible", "no_tool_needed"]


class ProfileRef(Model):
    """The profile a proposal answers, so that the result can be reproduced years later."""

    id: str
    revision: int = 1
    sha256: str = Field(description="SHA-256 of the profile file.")
    public_name: str = ""
    languages: list[str] = []


class Versions(Model):
    """Versions of everything the result depends on, beside the profile."""

    taxonomy: str
    weights: str
    tools: str
    catalog: str = Field(description="Digest of the catalog.")
    images: str = Field(default="auto", description="Where images may come from: auto, registry or build.")


class Covered(Model):
    """One need a component covers."""

    need: str
    label: Text
    priority: Literal["must", "should", "could"]
    quality: int = Field(description="How well it is made for this need, percent.")
    reach: int = Field(description="Percent of the people meant who can use it, mean over the groups.")
    reach_least: int = Field(description="Percent in the group that is reached least.")


class Chosen(Model):
    """One service to deploy."""

    service: str
    title: Text
    covers: list[Covered] = []
    mandated: bool = False
    reason: Text
    memory_mb: int
    disk_gb: float
    admin_minutes: int


class Kept(Model):
    """One tool of others that stays, or was undecided and goes."""

    tool: str
    title: Text
    covers: list[Covered] = []
    reason: Text


class Excluded(Model):
    """One service that was not chosen."""

    service: str
    title: Text
    code: str = Field(description="Hard rule (H..), reason (U..) or N when no need asks for it.")
    needs: list[str] = Field(default=[], description="The needs of the profile it could have served.")
    reason: Text


class NotCovered(Model):
    """One need without coverage, with the first reason that applies."""

    need: str
    label: Text
    priority: Literal["must", "should", "could"]
    code: Annotated[str, Field(pattern=r"^U[1-6]$")]
    reason: Text


class Total(Model):
    """What is used of one limited thing."""

    used: float
    limit: float


class Totals(Model):
    """What the choice takes, against what there is."""

    memory_mb: Total
    disk_gb: Total
    admin_minutes: Total
    monthly_eur: Total
    community_tools: Total
    tools: Total


class Decision(Model):
    """The verdict, and the sentence for it."""

    verdict: Verdict
    reason: Text


class Proposal(Model):
    """The answer to one needs profile."""

    proposal: Literal["1.0"] = "1.0"
    profile: ProfileRef
    versions: Versions
    decision: Decision
    chosen: list[Chosen] = []
    kept: list[Kept] = []
    dropped: list[Kept] = []
    excluded: list[Excluded] = []
    not_covered: list[NotCovered] = []
    score: float = Field(description="Points: value of the usable coverage minus its cost.")
    coverage_index: int = Field(description="Percent of the weighted needs that people can really use.")
    target_index: int
    totals: Totals
    proved_optimal: bool = True
    warnings: list[Text] = []

    @property
    def verdict(self) -> Verdict:
        """Return the verdict."""
        return self.decision.verdict

    @property
    def services(self) -> list[str]:
        """Return the names of the services to deploy."""
        return [item.service for item in self.chosen]
