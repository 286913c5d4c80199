"""The map of a questionnaire: which column of an export goes where in a profile, and how many answers become one."""

from typing import Literal

from pydantic import Field

from provisioner.models.base import Model
from provisioner.models.profile_base import Date, Priority, Unique

Value = bool | int | float | str
Aggregate = Literal["median", "share", "union", "max", "count", "mode"]
Role = Literal["board", "director", "employee", "volunteer", "member", "beneficiary", "adviser"]


class Where(Model):
    """Only the rows in which another column says one of these words."""

    column: str = Field(min_length=1)
    is_: list[str] = Field(alias="is", min_length=1)


class ColumnRule(Model):
    """One column and the place its answers go to.

    to: a JSON pointer into the profile; needs by id (/needs/file_sharing/priority), tools as a whole (/existing_tools).
    values: what an answer stands for; their order is the order of `median`, and decides ties of `mode`.
    thresholds: with `share` on a priority, the percent of "yes" from which the need has that priority.
    split: the sign between several answers in one cell.
    """

    column: str = Field(min_length=1)
    to: str = Field(pattern=r"^(/[^/]+)+$")
    aggregate: Aggregate
    values: dict[str, Value] = {}
    where: Where | None = None
    split: str = Field(default="", max_length=3)
    thresholds: dict[Priority, int] = {"must": 60, "should": 30, "could": 1}


class ImportMap(Model):
    """A map. `constants` are values nobody was asked for: each is written and noted as assumed."""

    import_map: Literal["1.0"]
    importer: str = Field(default="csv.generic", pattern=r"^[a-z0-9_.-]{1,60}$")
    step: Literal["pre_diagnostic", "questionnaire", "interview", "team_workshop", "import"] = "questionnaire"
    date: Date | None = None
    respondent_roles: Unique[Role] = []
    columns: list[ColumnRule] = Field(min_length=1)
    constants: dict[str, Value | list[Value]] = {}
