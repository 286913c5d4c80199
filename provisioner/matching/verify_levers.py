"""Check the levers of a plan: the choice each names is counted again with that one limit relaxed."""

from collections.abc import Iterator
from typing import Any

from provisioner.matching.check import compared
from provisioner.matching.recount import Recount, assigned, index, limits, score, with_profile
from provisioner.matching.verify_limits import violations
from provisioner.models.explanation import Lever
from provisioner.models.proposal import Proposal

RAISED = {
    "memory": ("memory_mb",),
    "admin_hours": ("admin_minutes",),
    "tool": ("community_tools", "tools"),
    "disk": ("disk_mb",),
    "budget": ("cents",),
    "training": (),
}


def lever_problems(plan: Proposal, counted: Recount) -> Iterator[str]:
    """Yield what is wrong with the levers."""
    names = [lever.lever for lever in plan.levers]
    if len(names) != len(set(names)) or (
        plan.verdict != "mandate_impossible" and not {"memory", "admin_hours", "tool", "training"} <= set(names)
    ):
        yield ", ".join(names)
    for lever in plan.levers:
        yield from _lever(plan, counted, lever)


def _lever(plan: Proposal, counted: Recount, lever: Lever) -> Iterator[str]:
    relaxed, ids = _relaxed(counted, lever.lever), frozenset(lever.components)
    there, then = assigned(counted, frozenset(plan.components)), assigned(relaxed, ids)
    gained = [need for need in then if need not in there]
    labels = [counted.rules.taxonomy.needs[need].label.model_dump() for need in gained]
    points = score(relaxed, ids)
    expected = [points, points - plan.score, index(relaxed, ids), gained, labels]
    found = [lever.score, lever.gain, lever.coverage_index, lever.gained, [text.model_dump() for text in lever.labels]]
    yield from (f"{lever.lever} {text}" for text in compared("", expected, found).detail.splitlines())
    if lever.gain < 0:
        yield f"{lever.lever} {lever.gain:g}"
    for text in violations(relaxed, ids):
        broken = text.split()[1] if " > " in text else ""
        used = int(text.split()[2]) if broken else 0
        if broken not in RAISED[lever.lever] or used > _raised(counted, lever.lever, broken):
            yield f"{lever.lever} {text}"


def _raised(counted: Recount, lever: str, name: str) -> int:
    """Return the limit a lever allows."""
    known = limits(counted)[name]
    return {"memory": 2 * known, "disk": 2 * known, "admin_hours": known + 120, "budget": known + 1000}.get(
        lever, known + 1
    )


def _relaxed(counted: Recount, lever: str) -> Recount:
    """Return the same for a machine with twice the memory, or for people half of whom were trained; else the same."""
    profile = counted.profile
    data: dict[str, Any] = profile.model_dump(mode="json", exclude_none=True)
    if lever == "memory":
        data["hosting"]["resources"]["ram_mb"] *= 2
    elif lever == "training":
        unknown = counted.rules.weights.unknown_skills.model_dump()
        for group in data["people"].values():
            if isinstance(group, dict):
                skills = {**(group.get("skills") or unknown)}
                half = skills["basic"] // 2
                group["skills"] = skills | {
                    "basic": skills["basic"] - half,
                    "comfortable": skills["comfortable"] + half,
                }
    else:
        return counted
    return with_profile(counted, type(profile).model_validate(data))
