"""How people reach a service: names, paths and ports."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from provisioner.i18n import _
from provisioner.models.base import Model, Slug, Text

HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]{1,60}$")]
Pattern = Annotated[str, StringConstraints(pattern=r"^\*?[^*]+\*?$")]
SetHeader = Annotated[str, StringConstraints(pattern=r"^\??[A-Za-z][A-Za-z0-9-]{1,60}$")]
Size = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]*[KMG]$")]


class Also(Model):
    """A further way in: another host name below the service's own, or a path of it, answered by another container."""

    host: Slug | Literal[""] = Field(default="", description="Label before the service's own name.")
    path: str = Field(default="", pattern=r"^(/\S*)?$", description="Caddy path pattern of the main name.")
    container: Slug
    port: int = Field(ge=1, le=65535, description="Published on ${HTTP_PORT_2}, the next on ${HTTP_PORT_3}.")
    strip: bool = Field(default=False, description="The container does not see the path's prefix.")

    @model_validator(mode="after")
    def _one_of_both(self) -> "Also":
        if bool(self.host) == bool(self.path):
            raise ValueError(_("a further way in has either a host or a path"))
        return self


class SignIn(Model):
    """What a failed sign-in looks like at the proxy: asked so and answered so. Who fails often is shut out for a while.

    The proxy sees no body, so what else is asked and answered the same way counts too: choose what nobody does often.
    """

    path: str = Field(default="/*", pattern=r"^/\S*$", description="Caddy path pattern of the main name.")
    method: Literal["POST", "GET", "PUT", "any"] = Field(default="POST", description="How a password is sent.")
    query: dict[str, str] = Field(default={}, description="Arguments of the address; * stands for any text.")
    with_header: HeaderName | None = Field(default=None, description="Counted only when this header was sent.")
    failed: list[int] = Field(min_length=1, max_length=6, description="Statuses of the answer to a wrong password.")
    answer: dict[HeaderName, Pattern] = Field(
        default={}, description="Headers of that answer; a value may begin or end with *."
    )
    tried: str = Field(default="", description="The version it was tried on for real; empty: from documents alone.")


class Route(Model):
    """How the proxy reaches the service."""

    subdomain: Slug = Field(description="Default name before the association's domain.")
    container: Slug = Field(description="The container that answers.")
    port: int = Field(ge=1, le=65535, description="Port inside that container; published on ${HTTP_PORT}.")
    also: list[Also] = Field(default=[], max_length=8, description="Further ways in.")
    fixed_domain: str = Field(default="", description="Why the name can never change, where it cannot.")
    max_body: Size = Field(default="10M", description="Largest upload.")
    redirects: dict[str, str] = Field(default={}, description="Path -> path, permanent.")
    deny: list[str] = Field(default=[], description="Paths nobody may reach from outside.")
    security_headers: dict[SetHeader, str] = Field(
        default={},
        description="Headers that differ from the strict defaults. ?Name: only where the application says nothing.",
    )
    secure_cookies: bool = Field(
        default=False, description="None of its cookies says Secure: the proxy adds it to each."
    )
    sign_in: list[SignIn] = Field(default=[], max_length=8, description="What failed sign-ins look like.")

    @property
    def port_variables(self) -> list[str]:
        """The variable of each way in: HTTP_PORT, then HTTP_PORT_2 and on for those under `also`."""
        return ["HTTP_PORT", *(f"HTTP_PORT_{number}" for number, _also in enumerate(self.also, 2))]

    def published(self, container: str) -> list[str]:
        """Return the ports that a container has to publish for the proxy, as compose.yaml says them."""
        ways = [(self.container, self.port), *((way.container, way.port) for way in self.also)]
        named = zip(self.port_variables, ways, strict=True)
        return [f"127.0.0.1:${{{variable}}}:{port}" for variable, (name, port) in named if name == container]


class OpenPort(Model):
    """A port of the host that must be open beside 80 and 443, published by a container on all addresses."""

    container: Slug
    port: int = Field(ge=1, le=65535)
    protocol: Literal["tcp", "udp"] = "tcp"
    purpose: Text

    @property
    def published(self) -> str:
        """The port as compose.yaml says it."""
        return f"{self.port}:{self.port}" + ("/udp" if self.protocol == "udp" else "")
