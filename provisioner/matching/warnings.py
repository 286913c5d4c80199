"""What a board should hear beside the proposal: people left out, rules of the place, doubtful names, prices."""

from collections.abc import Iterator

from provisioner.matching.beside import titles
from provisioner.matching.prices import machine
from provisioner.matching.problem import Problem
from provisioner.matching.rules import Reason, health_allowed
from provisioner.matching.score import Plan
from provisioner.matching.spelling import known_names, unknown_names
from provisioner.matching.verdict import more_time
from provisioner.matching.words import labels, say
from provisioner.models.base import Text

MANY_MUSTS, MANY_NEEDS, MANY_WITHOUT = 7, 20, 10
GROUPS = ("board", "employees", "volunteers", "members", "beneficiaries")


def warnings(problem: Problem, plan: Plan | None) -> list[Text]:
    """Return the warnings of a proposal, in the order of their weight."""
    found = list(_of_the_profile(problem))
    hosted = [name for name in plan.ids if problem.candidates[name].hosted] if plan else []
    if plan and hosted:
        found += [*_of_the_choice(problem, plan, hosted), *_of_the_place(problem, plan, hosted)]
    elif plan:
        found += [reason for reason in [more_time(problem, plan)] if reason]
    if plan and not plan.proved:
        found.append(Reason("warn_time"))
    return [say(problem.rules, reason) for reason in found]


def _of_the_profile(problem: Problem) -> Iterator[Reason]:
    musts = [need for need in problem.needs.values() if need.priority == "must"]
    if len(musts) > MANY_MUSTS or len(problem.needs) > MANY_NEEDS:
        yield Reason("warn_musts")
    known = known_names(problem)
    strange = [name for name in problem.profile.limits.excluded if name not in known]
    if strange:
        yield Reason("warn_excluded", {"names": unknown_names(problem, strange)})


def _of_the_choice(problem: Problem, plan: Plan, hosted: list[str]) -> Iterator[Reason]:
    served = [need for need, name in plan.assigned.items() if name in hosted]
    if len(served) == 1:
        yield Reason("warn_one_need", {"needs": labels(problem.rules, served)})
    outlines = [name for name in hosted if not problem.candidates[name].deployable]
    if outlines:
        key = "warn_outline" if len(outlines) == 1 else "warn_outlines"
        yield Reason(key, {"names": titles(problem, outlines)})
    absent = problem.absent & set(hosted)
    if absent:
        yield Reason("warn_images", {"names": titles(problem, absent)})
    if not health_allowed(problem.profile):
        yield Reason("warn_health", {"names": titles(problem, hosted)})
    wanted = problem.profile.accessibility
    unknown = [name for name in hosted if problem.candidates[name].accessibility == "unknown"]
    if unknown and (wanted.target == "wcag_aa" or wanted.screen_reader_users):
        yield Reason("warn_accessibility", {"names": titles(problem, unknown)})


def _of_the_place(problem: Problem, plan: Plan, hosted: list[str]) -> Iterator[Reason]:
    profile = problem.profile
    if profile.connectivity.mode == "offline_lan":
        yield Reason("warn_offline")
    yield from _never(problem, plan, hosted)
    if plan.assigned.get("offline_library") in hosted:
        free = (problem.limits.disk_mb - plan.used.disk_mb) // 1024
        spoken = ", ".join(profile.organisation.languages)
        yield Reason("warn_library", {"free": free, "languages": spoken})
    if problem.rules.prices and machine(profile, problem.rules.prices) is None:
        yield Reason("warn_price")


def _never(problem: Problem, plan: Plan, hosted: list[str]) -> Iterator[Reason]:
    """Tell which large share of a group that is meant uses no screen at all: somebody must stand between."""
    meant = {group for need, name in plan.assigned.items() if name in hosted for group in problem.needs[need].audience}
    for name in GROUPS:
        group = getattr(problem.profile.people, name)
        if name in meant and group and group.skills and group.skills.none >= MANY_WITHOUT:
            who = say(problem.rules, Reason(f"group_{name}"))
            yield Reason("warn_never", {"percent": group.skills.none, "group": who})
