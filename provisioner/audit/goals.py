"""What a host of a level is held to. The figures were reached on rehearsal hosts with Debian 12 and 13. Pure."""

from collections.abc import Iterable

from provisioner.audit.oscap import LEAST
from provisioner.models.scorecard import Audited, AuditorName, Goal
from provisioner.models.security import LEVELS, Level

# From which level on, auditor, figure, at least, at most.
GOALS: tuple[tuple[Level, AuditorName, str, float | None, float | None], ...] = (
    ("minimal", "anssi_bp28_minimal", "evaluated", LEAST["anssi_bp28_minimal"], None),
    ("minimal", "anssi_bp28_minimal", "left", None, 0),
    ("intermediary", "anssi_bp28_intermediary", "evaluated", LEAST["anssi_bp28_intermediary"], None),
    ("intermediary", "anssi_bp28_intermediary", "tailored", 95, None),
    ("intermediary", "anssi_bp28_intermediary", "raw", 83, None),
    ("enhanced", "anssi_bp28_enhanced", "evaluated", LEAST["anssi_bp28_enhanced"], None),
    ("enhanced", "anssi_bp28_enhanced", "tailored", 95, None),
    ("enhanced", "anssi_bp28_enhanced", "raw", 80, None),
    ("intermediary", "cis_level1_server", "evaluated", LEAST["cis_level1_server"], None),
    ("intermediary", "cis_level1_server", "raw", 85, None),
    ("intermediary", "lynis", "index", 85, None),
    ("minimal", "lynis", "warnings", None, 0),
    ("minimal", "ssh_audit", "fails", None, 0),
    ("minimal", "ssh_audit", "warnings", None, 0),
    ("none", "docker", "broken", None, 0),
    ("none", "ports", "unexpected", None, 0),
    ("none", "web", "problems", None, 0),
    ("none", "web", "lowest", 80, None),
)


def judge(level: Level, auditors: Iterable[Audited]) -> list[Goal]:
    """Return the goals of a level for the auditors that were asked: met, missed, or open where one did not run."""
    asked = {each.name: each for each in auditors}
    return [
        _goal(asked[name], figure, least, most)
        for start, name, figure, least, most in GOALS
        if name in asked and LEVELS.index(level) >= LEVELS.index(start)
    ]


def _goal(audited: Audited, figure: str, least: float | None, most: float | None) -> Goal:
    value = None if audited.not_run is not None else audited.figures.get(figure)
    met = None if value is None else (least is None or value >= least) and (most is None or value <= most)
    return Goal(auditor=audited.name, figure=figure, least=least, most=most, value=value, met=met)
