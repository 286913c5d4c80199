"""The people of a needs profile: who they are, what they can do, who looks after the tools, what they use today."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from provisioner.models.profile_base import Block, Date, Need, Optional, ToolId, Unique

Percent = Annotated[int, Field(ge=0, le=100)]
Score = Annotated[int, Field(ge=0, le=3)]


class Source(Block):
    """One step of the diagnostic: who was heard, and when."""

    step: Literal["pre_diagnostic", "questionnaire", "interview", "team_workshop", "import", "estimate"]
    date: Optional[Date] = None
    respondents: Optional[Annotated[int, Field(ge=0)]] = None
    respondent_roles: Unique[
        Literal["board", "director", "employee", "volunteer", "member", "beneficiary", "adviser"]
    ] = []
    importer: Optional[Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]{1,60}$")]] = None


class About(Block):
    """Which profile this is and where it comes from."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")
    created: Date
    revision: int = Field(default=1, ge=1)
    sources: list[Source] = Field(min_length=1)
    assumed: Unique[Annotated[str, StringConstraints(pattern=r"^(/[^/]+)+$")]] = Field(
        default=[], description="JSON pointers of values nobody confirmed; listed in the report."
    )


class Organisation(Block):
    """What kind of association."""

    public_name: str = Field(default="", max_length=120)
    kind: Literal[
        "association", "siae", "cooperative", "foundation", "endowment_fund", "mutual", "informal_group",
        "federation", "other",
    ]  # fmt: skip
    sector: Literal[
        "culture", "sport", "leisure", "social", "health", "education", "environment", "international_solidarity",
        "work_integration", "rights", "local_economy", "other",
    ]  # fmt: skip
    budget_band: Literal["under_10k", "10k_50k", "50k_200k", "200k_1m", "over_1m"]
    sites: int = Field(default=1, ge=1, le=10000)
    country: str = Field(default="FR", pattern=r"^[A-Z]{2}$")
    languages: Unique[Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]] = Field(min_length=1)
    belongs_to_federation: bool = False


class Skills(Block):
    """Share (whole percent) of a group at each level of skill; the shares add up to 100."""

    none: Percent = 0
    email: Percent = 0
    basic: Percent = 0
    comfortable: Percent = 0
    advanced: Percent = 0


class Group(Block):
    """One group of people."""

    count: int = Field(ge=0, le=5_000_000)
    fte: Optional[Annotated[float, Field(ge=0, le=100_000)]] = None
    skills: Optional[Skills] = None
    skills_source: Literal[
        "observed", "declared", "pix_aggregate", "lesbonsclics_aggregate", "estimated", "unknown"
    ] = "unknown"


class People(Block):
    """The groups, and how they reach a screen."""

    board: Optional[Group] = None
    employees: Optional[Group] = None
    volunteers: Optional[Group] = None
    members: Group
    beneficiaries: Optional[Group] = None
    concurrent_users: int = Field(ge=1, le=20_000, description="Expected at the busiest moment.")
    smartphone_only_percent: Percent = 0
    no_device_percent: Percent = Field(default=0, description="People with no device or no access at all.")


class Scores(Block):
    """Ten items of digital maturity: 0 no, 1 a little, 2 mostly, 3 yes."""

    tools_fit_project: Optional[Score] = None
    rules_written: Optional[Score] = None
    users_chose_tools: Optional[Score] = None
    referents_named: Optional[Score] = None
    board_owns_topic: Optional[Score] = None
    costs_budgeted: Optional[Score] = None
    training_given: Optional[Score] = None
    use_evaluated: Optional[Score] = None
    security_basics: Optional[Score] = None
    tools_homogeneous: Optional[Score] = None


class Maturity(Block):
    """How far the association is with digital tools."""

    level: Literal["novice", "progressing", "experienced"]
    measured_by: Literal["self_declared", "scored", "adviser"]
    scores: Scores = Scores()
    main_difficulty: Unique[Literal["human", "financial", "technical", "strategic"]] = []


class Referents(Block):
    """Who looks after the tools, and the time there is."""

    count: int = Field(ge=0, le=50)
    technical: bool = Field(default=False, description="At least one can use a command line.")
    replacement_named: bool = False
    admin_hours_per_month: float = Field(ge=0, le=2000)
    outside_help: Literal["none", "volunteer", "federation", "paid"] = "none"
    training_hours_per_person: float = Field(default=0, ge=0, le=100)
    peer_sessions_possible: bool = False


class ExistingTool(Block):
    """A tool people use today, and what shall become of it."""

    tool: ToolId = Field(description="Id in the tool registry, or 'other'.")
    label: str = Field(default="", max_length=60)
    covers: Unique[Need] = []
    adoption: Literal["low", "medium", "high", "unknown"] = "unknown"
    effect: Literal["harmful", "none", "useful", "essential", "unknown"] = "unknown"
    intent: Literal["keep", "replace", "migrate", "undecided"]
    monthly_eur: float = Field(default=0, ge=0, le=100_000)
    contract_end: Optional[Date] = None
    export: Literal["open_format", "csv", "api", "none", "unknown"] = "unknown"
