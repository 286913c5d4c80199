"""What people say: names of products and everyday words, with the needs behind them."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from provisioner.i18n import _
from provisioner.models.base import Model, Slug, Text
from provisioner.models.profile_base import Need, ToolId, Unique

Decision = Literal["R", "K", "S", "D", "X"]
Word = Annotated[str, StringConstraints(pattern=r"^\S(?:.{0,58}\S)?$")]
REMARKED = ("S", "D", "X")


class Alias(Model):
    """One thing people say in several spellings; the first word is the one we show.

    A product carries what becomes of it: R replaced by a service of the catalog, K kept beside it, S signposted
    (people, money, training), D a program for one's own computer, X out of our scope. A product of our own catalog
    carries `service` instead. `tool` is the id under which a profile lists the product in existing_tools.
    """

    words: Unique[Word] = Field(min_length=1)
    kind: Literal["product", "word"]
    needs: Unique[Need] = []
    tool: ToolId | None = None
    service: Slug | None = None
    decision: Decision | None = None
    remark: Text | None = None
    export: Literal["open_format", "csv", "api", "none"] | None = None
    regulated: bool = False

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "word" and (self.tool or self.service or not (self.needs or self.decision)):
            raise ValueError(_("an everyday word has needs (or a decision), and no tool or service"))
        if self.kind == "product" and (self.service is None) == (self.decision is None):
            raise ValueError(_("a product has either a decision (R, K, S, D, X) or the name of our service"))
        if self.decision in REMARKED and self.remark is None:
            raise ValueError(_("a product that is signposted, for one's own computer or out of scope needs a remark"))
        return self


class Aliases(Model):
    """The registry of what people say."""

    version: str = Field(pattern=r"^[0-9]+\.[0-9]+$")
    aliases: list[Alias]
