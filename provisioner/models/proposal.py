"""A proposal: which services for which needs, and why; what is kept, left out or not covered. Written as JSON, 1.0."""

from typing import Annotated, Literal

from pydantic import Field

from provisioner.models.base import Model, Text
from provisioner.models.costs import Costs, Fleet
from provisioner.models.explanation import Alternative, Lever, Loss, Outcome, Step, Term
from provisioner.models.profile import Profile

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
    prices: str = ""
    aliases: str = ""
    catalog: str = Field(description="Digest of the catalog.")
    images: str = Field(default="auto", description="Where images may come from: auto, any, registry or build.")
    unavailable: list[str] = Field(default=[], description="Services whose images could not be had, on that machine.")


class GroupReach(Model):
    """How many of one group of the audience can use it."""

    group: str
    percent: int
    people: int | None = Field(default=None, description="Size of the group; null for the public and partners.")


class Covered(Model):
    """One need a component covers."""

    need: str
    label: Text
    priority: Literal["must", "should", "could"]
    quality: int = Field(description="How well it is made for this need, percent.")
    reach: int = Field(description="Percent of the people meant who can use it, mean over the groups.")
    reach_least: int = Field(description="Percent in the group that is reached least.")
    mode: Literal["P", "R", "O"] = "P"
    data: str = "personal"
    min_skill: str = Field(default="", description="Level of skill it asks for.")
    phone: bool = Field(default=True, description="Whether a telephone is enough to use it.")
    groups: list[GroupReach] = Field(default=[], description="Each group that must take part; none in mode O.")
    points: float = Field(default=0, description="Points of this coverage in the score.")


class Chosen(Model):
    """One service to deploy."""

    service: str
    title: Text
    covers: list[Covered] = []
    mandated: bool = False
    reason: Text
    tool: str = Field(default="", description="What people learn; add-ons share the tool of their host.")
    facing: Literal["community", "backoffice"] = "community"
    deployable: bool = Field(default=True, description="False where no recipe or no image of it can be had here.")
    memory_mb: int
    disk_gb: float
    admin_minutes: int
    training_minutes: int = Field(default=0, description="To learn it, per person.")
    replaces: list[str] = Field(default=[], description="Labels of today's tools it takes the place of.")
    replaced: list[Text] = Field(default=[], description="The same labels in both languages.")
    loss: Loss | None = None
    alternatives: list[Alternative] = []


class Kept(Model):
    """One tool of others that stays, or was undecided and goes."""

    tool: str
    title: Text
    facing: Literal["community", "backoffice"] = "community"
    monthly_eur: float = 0
    outside_eea: bool = False
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
    content: Profile = Field(description="The whole profile, defaults filled in; every paper follows from it.")
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
    terms: list[Term] = []
    runner_up: Outcome | None = Field(default=None, description="The next best choice when within 3 percent.")
    without_mandate: Outcome | None = Field(default=None, description="The best choice if nothing were mandated.")
    levers: list[Lever] = []
    curve: list[Step] = []
    costs: Costs = Costs()
    fleet: Fleet | None = None
    single_sign_on: str = Field(default="", description="The service added because the profile requires it.")
    warnings: list[Text] = []

    def text(self) -> str:
        """Return the proposal as the text of its JSON file: what is absent is not written."""
        return self.model_dump_json(indent=2, exclude_none=True) + "\n"

    @property
    def verdict(self) -> Verdict:
        """Return the verdict."""
        return self.decision.verdict

    @property
    def services(self) -> list[str]:
        """Return the names of the services to deploy."""
        return [item.service for item in self.chosen]

    @property
    def components(self) -> list[str]:
        """Return the ids of everything chosen or kept, sorted; the single sign-on, which is added, left out."""
        hosted = [item.service for item in self.chosen if item.service != self.single_sign_on]
        return sorted([*hosted, *(item.tool for item in self.kept)])
