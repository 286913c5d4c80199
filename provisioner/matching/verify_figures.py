"""Check the score of a plan: its lines, the computation each line shows, the index, the verdict."""

import ast
import re
from fractions import Fraction
from math import ceil, floor

from provisioner.i18n import _
from provisioner.matching.check import Check, compared
from provisioner.matching.recount import Recount, amounts, assigned, index, penalties, score
from provisioner.models.explanation import Term
from provisioner.models.proposal import Proposal

LONGEST = 1000
FORM = re.compile(r"^(floor\(|ceil\(|round\(|[0-9 x()+/.-])*$")


def figure_checks(plan: Proposal, counted: Recount) -> list[Check]:
    """Return the checks of score, lines, index and verdict."""
    ids = frozenset(plan.components)
    wrong = [f"{term.how}: {term.points:g}" for term in plan.terms if computed(term.how) != abs(term.points)]
    below = [need for need, name in assigned(counted, ids).items() if not _passes(counted, need, name)]
    return [
        compared(_("the score is that of the choice"), score(counted, ids), plan.score),
        compared(_("the lines are all values and costs of the choice"), _lines(counted, ids), _shown(plan.terms)),
        compared(_("the lines add up to the score"), plan.score, sum(term.points for term in plan.terms)),
        Check(_("each line's computation gives its points"), not wrong, "; ".join(wrong[:3])),
        Check(_("each coverage passes the thresholds"), not below, ", ".join(below)),
        compared(_("the coverage index is that of the choice"), index(counted, ids), plan.coverage_index),
        _verdict(plan, counted, ids),
    ]


def computed(how: str) -> Fraction | None:
    """Return what the computation of a line gives, or None when it is none or contradicts itself."""
    left, equals, right = how.partition(" = ")
    if len(how) > LONGEST or not FORM.match(left):
        return None
    try:
        tree = ast.parse(left.replace("x", "*"), mode="eval").body
        found = _value(tree)
        return found if not equals or found == Fraction(right) else None
    except (SyntaxError, ValueError, ZeroDivisionError):
        return None


def _value(node: ast.expr) -> Fraction:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return Fraction(str(node.value))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        value, name = _value(node.args[0]), node.func.id
        return Fraction(floor(value) if name == "floor" else ceil(value) if name == "ceil" else round(value))
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left), _value(node.right)
        if isinstance(node.op, ast.Add | ast.Sub):
            return left + right if isinstance(node.op, ast.Add) else left - right
        return left * right if isinstance(node.op, ast.Mult) else left / right
    raise ValueError(ast.dump(node))


def _passes(counted: Recount, need: str, name: str) -> bool:
    found, weights = counted.worth[need, name], counted.rules.weights
    governance = counted.rules.taxonomy.needs[need].family == "governance"
    floor_kept = not governance or found.least >= weights.governance_floor
    return found.quality * found.mean >= 100 * weights.coverage_threshold and floor_kept


def _lines(counted: Recount, ids: frozenset[str]) -> list[tuple[str, str, str, float]]:
    values = [("value", need, name, counted.worth[need, name].points) for need, name in assigned(counted, ids).items()]
    return sorted([*values, *((kind, "", name, -points) for (kind, name), points in penalties(counted, ids).items())])


def _shown(terms: list[Term]) -> list[tuple[str, str, str, float]]:
    return sorted((str(term.kind), term.need, term.component, term.points) for term in terms)


def _verdict(plan: Proposal, counted: Recount, ids: frozenset[str]) -> Check:
    open_ = [name for name, need in counted.needs.items() if need.priority == "must"]
    missing = set(open_) - assigned(counted, ids).keys()
    allowed = {"deploy_partly"} if missing else {"deploy"}
    if not amounts(counted, ids)["admin_minutes"] and all(counted.components[name].intent for name in ids):
        allowed = {"delegate", "no_tool_needed"}
    return Check(_("the verdict follows from the needs that are a must"), plan.verdict in allowed, plan.verdict)
