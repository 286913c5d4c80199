"""What is known of an upstream image: where that was read, how far it was tried, how its makers sign it."""

from typing import Literal

from pydantic import Field, model_validator

from provisioner.i18n import _
from provisioner.models.base import Model


class Signature(Model):
    """How an upstream signs its image, as read in its own build files. Absent: nobody looked it up yet."""

    kind: Literal["cosign-keyless", "cosign-key", "none"]
    identity: str = Field(default="", description="keyless: who signed, as the certificate says; {tag} is filled in.")
    issuer: str = Field(default="", description="keyless: who vouched for that identity.")
    key: str = Field(default="", description="cosign-key: the public key (PEM).")
    evidence: str = Field(min_length=10, description="Where this was read, with the date.")

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> "Signature":
        needed = {"cosign-keyless": ("identity", "issuer"), "cosign-key": ("key",), "none": ()}[self.kind]
        given = tuple(name for name in ("identity", "issuer", "key") if getattr(self, name))
        if given != needed:
            text = _("a signature of kind {kind} has exactly: {needed}")
            raise ValueError(text.format(kind=self.kind, needed=", ".join(needed) or _("nothing but its evidence")))
        return self


class Upstream(Model):
    """What we know of an upstream image, and how far it was tried."""

    evidence: str = Field(min_length=10, description="Where tag and contract were read, with the date.")
    tried: Literal["upstream", "stand-in", "contract only", "nothing"] = Field(
        description="What really ran with this entry; nothing: it cannot be deployed yet."
    )
    signature: Signature | None = Field(default=None, description="How its makers sign it, once looked up.")
