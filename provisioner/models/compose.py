"""The part of compose.yaml that we check. It stays ordinary Compose: Docker reads the file itself, not this model."""

import re
from typing import Any

from pydantic import Field

from provisioner.models.base import Model


class Healthcheck(Model):
    """How Docker sees that the application itself works."""

    test: list[str] | str
    interval: str = "30s"
    timeout: str = "30s"
    retries: int = 3
    start_period: str = "0s"
    start_interval: str = ""


class Container(Model):
    """One container of an instance (what Compose calls a service)."""

    image: str
    user: str = ""
    command: list[str] | str | None = None
    entrypoint: list[str] | str | None = None
    working_dir: str = ""
    hostname: str = ""
    environment: dict[str, Any] = {}
    secrets: list[str | dict[str, Any]] = []
    volumes: list[str] = []
    tmpfs: list[str] | str = []
    ports: list[str] = []
    depends_on: dict[str, Any] | list[str] = {}
    networks: dict[str, Any] | list[str] = []
    network_mode: str = ""
    healthcheck: Healthcheck | None = None
    read_only: bool = False
    init: bool = False
    privileged: bool = False
    cap_drop: list[str] = []
    cap_add: list[str] = []
    security_opt: list[str] = []
    restart: str = ""
    pids_limit: int = 0
    mem_limit: str = ""
    cpus: float | str = 0
    shm_size: str = ""
    stop_grace_period: str = ""
    stop_signal: str = ""
    logging: dict[str, Any] = {}
    ulimits: dict[str, Any] = {}
    sysctls: dict[str, Any] = {}
    extra_hosts: list[str] = []

    def secret_names(self) -> list[str]:
        """Return the names of the secrets this container reads."""
        return [item if isinstance(item, str) else str(item.get("source", "")) for item in self.secrets]

    def named_volumes(self) -> list[str]:
        """Return the named volumes it mounts (binds begin with . or /)."""
        sources = [item.split(":", 1)[0] for item in self.volumes]
        return [source for source in sources if not source.startswith((".", "/"))]

    def binds(self) -> list[str]:
        """Return the host paths it mounts."""
        sources = [item.split(":", 1)[0] for item in self.volumes]
        return [source for source in sources if source.startswith((".", "/"))]


class SecretFile(Model):
    """Where Compose finds a secret."""

    file: str


class Compose(Model):
    """compose.yaml."""

    services: dict[str, Container] = Field(min_length=1)
    volumes: dict[str, Any] = {}
    networks: dict[str, Any] = {}
    secrets: dict[str, SecretFile] = {}

    def images(self) -> list[str]:
        """Return each image reference once, in order of appearance."""
        return list(dict.fromkeys(container.image for container in self.services.values()))


def repository(reference: str) -> str:
    """Return the repository of an image reference, without tag and digest: etherpad/etherpad:3 -> etherpad/etherpad."""
    name = reference.partition("@")[0]
    head, slash, tail = name.rpartition("/")
    return f"{head}{slash}{tail.partition(':')[0]}"


def tag(reference: str) -> str:
    """Return the tag of an image reference, or an empty text."""
    return reference.partition("@")[0].rpartition("/")[2].partition(":")[2]


def megabytes(size: str) -> int | None:
    """Return a size as Compose writes it (256m, 1g) in MiB, None when it is none."""
    found = re.fullmatch(r"([0-9]+)([bkmg])b?", size.lower())
    factors = {"b": 2**-20, "k": 2**-10, "m": 1.0, "g": 1024.0}
    return int(int(found[1]) * factors[found[2]]) if found else None
