"""What the blocks of a needs profile share: strict types, so that the model accepts what the JSON Schema accepts."""

from collections import Counter
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from provisioner.i18n import _
from provisioner.models.base import Model

T = TypeVar("T")


class Block(Model):
    """A frozen record without conversions: "4" is not 4, and a key written without a value is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def given(value: Any) -> Any:
    """Return a value that is there; raise an error of type for a key with nothing behind it."""
    if value is None:
        raise PydanticCustomError("nothing_type", _("a value is missing here: write it, or remove the key"))
    return value


def unique(values: list[T]) -> list[T]:
    """Return the list; raise ValueError naming what is in it twice."""
    twice = sorted(str(value) for value, count in Counter(values).items() if count > 1)
    if twice:
        raise ValueError(_("written twice: {words}").format(words=", ".join(twice)))
    return values


Optional = Annotated[T | None, BeforeValidator(given)]
Unique = Annotated[list[T], AfterValidator(unique)]
Date = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
ToolId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{2,40}$")]

Audience = Literal["board", "employees", "volunteers", "members", "beneficiaries", "public", "partners"]
Priority = Literal["must", "should", "could", "not_now"]
Need = Literal[
    "file_sharing", "collaborative_writing", "office_documents", "shared_calendar", "task_management",
    "knowledge_base", "email_accounts", "mailing_lists", "instant_messaging", "video_meetings", "discussion_forum",
    "member_space", "website", "newsletter", "social_presence", "video_publishing", "graphic_design", "date_polling",
    "surveys_forms", "decision_making", "formal_voting", "membership_management", "volunteer_management",
    "relationship_management", "online_payments", "donations_and_receipts", "grant_tracking", "accounting",
    "invoicing", "hr_time_tracking", "online_shop", "event_publishing", "event_registration", "online_learning",
    "offline_library", "flexible_database", "impact_reporting", "beneficiary_followup", "field_data_collection",
    "password_sharing",
]  # fmt: skip
