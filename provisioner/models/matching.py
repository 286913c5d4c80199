"""What the matching is told beside profile and catalog: taxonomy, weights, tools people may keep, words."""

from typing import Literal

from pydantic import Field

from provisioner.models.base import Model, NeedId, Text
from provisioner.models.prices import Prices
from provisioner.models.profile_people import Skills
from provisioner.models.service import Coverage, Export, Sensitivity

Taxonomies = Literal["chatons", "framasoft", "publiccode", "yunohost", "barometer", "software"]


class Mapping(Model):
    """What another list of usages calls a need. Unchecked: from memory, not read in that list."""

    name: str = Field(min_length=2)
    unchecked: bool = False


class NeedKind(Model):
    """One usage of the taxonomy. Mode: P participants, R recipients, O operators."""

    family: str
    mode: Literal["P", "R", "O"]
    label: Text
    definition: Text
    mappings: dict[Taxonomies, list[Mapping]] = {}
    signpost: Text | None = Field(default=None, description="Who helps where nothing here covers it well.")


class Refused(Model):
    """A usage we never take on, with the reason."""

    label: Text
    why: Text


class Taxonomy(Model):
    """All needs by id; ids kept for the next version; usages we refuse for good."""

    version: str
    families: dict[str, Text]
    needs: dict[str, NeedKind]
    reserved: dict[NeedId, Text] = {}
    refused: dict[NeedId, Refused] = {}


class Tool(Model):
    """A tool of others that an association may keep."""

    label: Text
    facing: Literal["community", "backoffice"]
    max_data: Sensitivity
    outside_eea: bool
    regulated: bool = Field(default=False, description="Payment or telecoms: nothing we may replace.")
    exports: list[Export] = Field(default=[], description="Ways to take the data away, as far as known.")
    covers: dict[str, Coverage]


class Tools(Model):
    """The registry of tools, and what to think of one that is not in it."""

    version: str
    tools: dict[str, Tool]
    unknown: Tool
    unknown_coverage: Coverage


class Weights(Model):
    """The constants of the matching, all whole numbers."""

    version: str
    priority: dict[Literal["must", "should", "could"], int]
    audience: dict[Literal["beneficiaries", "members", "volunteers", "other"], int]
    coverage_threshold: int
    governance_floor: int
    target: int
    tool_cost: dict[Literal["novice", "progressing", "experienced"], int]
    tool_cap: dict[Literal["novice", "progressing", "experienced"], int]
    backoffice_allowance: int
    admin_base_minutes: int
    admin_minutes_per_point: int = Field(ge=1)
    training_points_per_hour: int
    memory_points: int
    switching: dict[Literal["high", "medium", "other"], int]
    no_single_sign_on: int
    outside_eea: int
    single_sign_on: str
    system_memory_mb: int
    system_disk_gb: int
    usable_disk_percent: int = Field(ge=1, le=100)
    unknown_skills: Skills
    outside_skills: Skills


class Rules(Model):
    """Everything of the above together, and the sentences of a proposal by key."""

    taxonomy: Taxonomy
    weights: Weights
    tools: Tools
    sentences: dict[str, Text]
    prices: Prices | None = None
