"""What all models share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class Model(BaseModel):
    """A frozen record that refuses unknown keys and silent conversions."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=False, str_strip_whitespace=False, allow_inf_nan=False
    )


class Text(Model):
    """A text that people read, in each language we speak."""

    fr: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def in_language(self, language: str) -> str:
        """Return the text in "fr" or "en"."""
        return self.fr if language == "fr" else self.en


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?$")]
NeedId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{2,40}$")]
