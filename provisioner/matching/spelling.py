"""Names of components in a profile that nobody knows, and what was perhaps meant."""

from difflib import get_close_matches

from provisioner.matching.candidates import KEEP
from provisioner.matching.problem import Problem
from provisioner.matching.rules import Reason, canonical
from provisioner.matching.words import joined, say
from provisioner.models.base import Text

ALIKE = 0.7


def known_names(problem: Problem) -> set[str]:
    """Return all names a profile may write for components and tools, known to catalog or registry."""
    names = {canonical(name).removeprefix(KEEP) for name in problem.everything}
    return names | problem.rules.tools.tools.keys() | {canonical(problem.rules.weights.single_sign_on)}


def unknown_names(problem: Problem, names: list[str]) -> Text:
    """Return names nobody knows, each with the known one that it resembles most."""
    return joined([_perhaps(problem, name) for name in names])


def tool_titles(problem: Problem, names: tuple[str, ...]) -> Text | None:
    """Return what people call these tools where each is one of the registry, else None."""
    tools = problem.rules.tools.tools
    return joined([tools[name].label for name in names]) if all(name in tools for name in names) else None


def _perhaps(problem: Problem, name: str) -> Text | str:
    near = get_close_matches(name, sorted(known_names(problem)), n=1, cutoff=ALIKE)
    return say(problem.rules, Reason("perhaps", {"name": name, "near": near[0]})) if near else name
