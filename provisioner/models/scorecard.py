"""The scorecard of one host: what outside auditors said, kept beside stack.yaml so that the next one is compared."""

from typing import Literal

from pydantic import Field

from provisioner.models.base import Model, Text
from provisioner.models.security import Level

FORMAT = "scorecard 1.0"
Profile = Literal["anssi_bp28_minimal", "anssi_bp28_intermediary", "anssi_bp28_enhanced", "cis_level1_server"]
AuditorName = Literal[
    "anssi_bp28_minimal", "anssi_bp28_intermediary", "anssi_bp28_enhanced", "cis_level1_server",
    "lynis", "ssh_audit", "docker", "ports", "web",
]  # fmt: skip
AUDITORS: tuple[AuditorName, ...] = (
    "anssi_bp28_minimal", "anssi_bp28_intermediary", "anssi_bp28_enhanced", "cis_level1_server",
    "lynis", "ssh_audit", "docker", "ports", "web",
)  # fmt: skip


class Found(Model):
    """One thing an auditor holds against the host. Two scorecards are compared by `rule`."""

    rule: str = Field(description="The same from audit to audit: a rule's name, a container and a rule, a port.")
    kind: Literal["fail", "advice"] = Field(description="fail: a rule does not hold. advice: it could be better.")
    title: Text
    action: Text = Field(description="What to do about it.")
    waiver: Text | None = Field(default=None, description="Why it is accepted, where it is.")

    @property
    def counts(self) -> bool:
        """Whether it is a failure that nothing accepts."""
        return self.kind == "fail" and self.waiver is None


class Audited(Model):
    """What one auditor said, or why it said nothing."""

    name: AuditorName
    not_run: Text | None = Field(default=None, description="Why it could not run; then there are no figures.")
    version: str = ""
    seconds: float = 0
    figures: dict[str, float] = {}
    found: list[Found] = []
    notes: list[Text] = []


class Goal(Model):
    """A figure that the host's level asks for. `met` is None when the auditor did not run."""

    auditor: AuditorName
    figure: str
    least: float | None = None
    most: float | None = None
    value: float | None = None
    met: bool | None = None


class Content(Model):
    """Which SCAP content judged."""

    version: str
    sha256: str
    source: str = Field(description="Archive and suite it came from; file: handed over by the operator.")


class Scorecard(Model):
    """One audit of one host."""

    format: Literal["scorecard 1.0"]
    host: str
    time: str = Field(pattern=r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$", description="When it began, UTC.")
    release: int = Field(description="Release of Debian on the host; 0: it was not asked.")
    level: Level
    stacks: list[str] = Field(description="Ids of the associations whose stacks are on the host.")
    container: bool = Field(default=False, description="The host is a container (a rehearsal host).")
    content: Content | None = None
    auditors: list[Audited]
    goals: list[Goal] = []

    def auditor(self, name: str) -> Audited | None:
        """Return what an auditor said; None when it was not asked."""
        return next((each for each in self.auditors if each.name == name), None)


class Change(Model):
    """One figure beside that of another audit. `better` is None when the figure is neither."""

    auditor: AuditorName
    figure: str
    before: float
    now: float
    better: bool | None


class Comparison(Model):
    """A scorecard beside an earlier one."""

    time: str
    changes: list[Change] = []
    newly_failing: list[tuple[AuditorName, Found]] = []
    newly_passing: list[tuple[AuditorName, Found]] = []
    silent: list[AuditorName] = Field(default=[], description="Auditors that ran then and could not run now.")
    versions: list[tuple[AuditorName, str, str]] = []

    @property
    def regressed(self) -> bool:
        """Whether anything got worse."""
        return bool(self.newly_failing or self.silent or any(each.better is False for each in self.changes))
