"""What a user's program does with a service: a request through the proxy, or a command inside a container."""

from pydantic import Field

from provisioner.models.base import Model
from provisioner.models.secret import Command


class Request(Model):
    """One HTTPS request by name, through the proxy, as a user's program would send it."""

    request: str = Field(pattern=r"^(GET|POST|PUT|DELETE|PROPFIND|MKCOL|REPORT) /\S*$")
    headers: dict[str, str] = {}
    basic: str = Field(default="", description="user:password for HTTP basic authentication.")
    form: dict[str, str] = Field(default={}, description="Sent as application/x-www-form-urlencoded.")
    json_: dict[str, object] | None = Field(default=None, alias="json")
    body: str = ""
    expect: list[int] = Field(default=[200], description="Status codes that are right.")
    contains: str = Field(default="", description="Text the answer must contain.")
    capture: dict[str, str] = Field(default={}, description="Name -> regular expression with one group.")


ProbeStep = Request | Command
