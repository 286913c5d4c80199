"""What a plan or an apply came to, per host and instance."""

from typing import Any, Literal

from provisioner.models.base import Model

Action = Literal["create", "update", "start", "resume", "remove", "orphan", "held", "none"]


class InstanceReport(Model):
    """One instance: what was (to be) done, and how it ended."""

    instance: str
    action: Action
    files: list[str] = []
    secrets: list[str] = []
    reason: str = ""
    before: dict[str, str] = {}
    ports: dict[str, int] = {}
    ok: bool | None = None
    message: str = ""
    container: str = ""
    logs: list[str] = []
    seconds: float = 0


class HostReport(Model):
    """One host: the tasks of the roles that change it, its instances, and what stopped it."""

    host: str
    tasks: list[str] = []
    instances: list[InstanceReport] = []
    refused: list[dict[str, Any]] = []
    failures: list[str] = []

    @property
    def changed(self) -> int:
        """Return how many things change: role tasks and instances."""
        return len(self.tasks) + sum(item.action not in ("none", "orphan", "held") for item in self.instances)

    @property
    def ok(self) -> bool:
        """Return whether nothing failed and nothing was refused."""
        return not (self.failures or self.refused) and all(item.ok is not False for item in self.instances)


class Report(Model):
    """All hosts."""

    check: bool
    hosts: list[HostReport]

    @property
    def changed(self) -> int:
        """Return how many things change on all hosts."""
        return sum(host.changed for host in self.hosts)

    @property
    def ok(self) -> bool:
        """Return whether every host and every instance is well."""
        return all(host.ok for host in self.hosts)
