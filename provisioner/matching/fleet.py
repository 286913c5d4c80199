"""Whether the instances of a federation's members fit on its host, beside the federation's own services."""

from provisioner.matching.problem import Problem
from provisioner.matching.rules import Reason, canonical
from provisioner.matching.score import Plan
from provisioner.matching.words import joined, say
from provisioner.models.base import Text
from provisioner.models.costs import Fleet, Wave
from provisioner.models.profile_means import Federation

INSTANCE_USERS = 5


def fleet_of(problem: Problem, plan: Plan | None) -> Fleet | None:
    """Return the capacity for instances of the common base, counted at 5 people each at the same time.

    None without a federation, a common base or instances of their own, and where a part of the base is unknown.
    """
    federation = problem.profile.federation
    if federation is None or not federation.common_base or federation.tenancy == "shared":
        return None
    names = {canonical(name): name for name in problem.everything}
    if not set(federation.common_base) <= names.keys():
        return None
    base = [names[name] for name in federation.common_base]
    each = sum(problem.everything[name].memory_for(INSTANCE_USERS) for name in base)
    free = problem.limits.memory_mb - (plan.used if plan and plan.used.memory_mb else problem.base).memory_mb
    fit = max(0, free) // each if each else 0
    waves = _waves(federation, fit)
    return Fleet(
        base=base,
        memory_mb_each=each,
        free_memory_mb=free,
        instances_planned=sum(wave.instances for wave in waves),
        instances_fit=fit,
        waves=waves,
        sentence=say(problem.rules, _sentence(problem, base, each, free, fit, waves)),
    )


def _waves(federation: Federation, fit: int) -> list[Wave]:
    sizes = federation.waves or [federation.instances_planned or federation.member_associations]
    waves, left = [], fit
    for number, size in enumerate(sizes, 1):
        waves.append(Wave(wave=number, instances=size, fit=min(size, left)))
        left -= min(size, left)
    return waves


def _sentence(problem: Problem, base: list[str], each: int, free: int, fit: int, waves: list[Wave]) -> Reason:
    titles = joined([problem.everything[name].title for name in base])
    planned = sum(wave.instances for wave in waves)
    values: dict[str, str | int | Text] = {
        "base": titles,
        "each": each,
        "free": max(0, free),
        "fit": fit,
        "planned": planned,
    }
    short = next((wave for wave in waves if wave.fit < wave.instances), None)
    if short is None:
        return Reason("fleet_fits", values)
    return Reason("fleet_short", {**values, "wave": short.wave, "part": short.fit, "size": short.instances})
