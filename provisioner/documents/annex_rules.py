"""The rules of the count with their numbers, and the coverage index need by need: what the score rests on."""

from typing import Literal

from provisioner.documents.annex_people import weights_of
from provisioner.documents.paper import Part, Table
from provisioner.documents.tools import items_of
from provisioner.documents.words import need_words, plain, say
from provisioner.models.base import Text
from provisioner.models.matching import Weights
from provisioner.models.profile import NeedWish
from provisioner.models.proposal import Proposal

WIDEST: tuple[Literal["beneficiaries", "members", "volunteers"], ...] = ("beneficiaries", "members", "volunteers")


def rules(proposal: Proposal) -> Part:
    """Return the weights as sentences; where this program has other weights than the plan, only their version."""
    weights = weights_of(proposal)
    if weights is None:
        return Part(title=say("annex_rules"), lines=[say("rules_other_version", version=proposal.versions.weights)])
    return Part(title=say("annex_rules"), lines=[say("rules_floor")], points=_rules(weights, proposal))


def _rules(weights: Weights, proposal: Proposal) -> list[Text]:
    level = proposal.content.maturity.level
    shares: dict[str, int] = dict([*weights.priority.items(), *weights.audience.items()])
    leaving: dict[str, int] = dict(weights.switching.items())
    values: dict[str, dict[str, Text | str | int]] = {
        "rule_value": {**shares},
        "rule_threshold": {"threshold": weights.coverage_threshold, "floor": weights.governance_floor},
        "rule_governance": {},
        "rule_tools": {"cost": weights.tool_cost[level], "level": say(f"level_of_{level}")},
        "rule_care": {"minutes": weights.admin_minutes_per_point, "base": weights.admin_base_minutes},
        "rule_training": {"points": weights.training_points_per_hour},
        "rule_memory": {"points": weights.memory_points, "system": weights.system_memory_mb},
        "rule_disk": {"system": weights.system_disk_gb, "percent": weights.usable_disk_percent},
        "rule_switching": {**leaving},
        "rule_account": {"points": weights.no_single_sign_on},
        "rule_outside": {"points": weights.outside_eea},
    }  # fmt: skip
    return [say(key, **numbers) for key, numbers in values.items()]


def index(proposal: Proposal) -> Part | None:
    """Return the coverage index as a sum over all needs, those without a tool included."""
    weights = weights_of(proposal)
    wishes = [wish for wish in proposal.content.needs if wish.priority != "not_now"]
    if weights is None or not wishes:
        return None
    usable = {c.need: (c.quality, c.reach) for item in items_of(proposal) for c in item.covers}
    labels = {c.need: c.label for item in items_of(proposal) for c in item.covers}
    labels |= {gap.need: gap.label for gap in proposal.not_covered}
    rows, whole, covered = [], 0, 0
    for wish in wishes:
        weight, (quality, reach) = _weight(wish, weights), usable.get(wish.id, (0, 0))
        whole, covered = whole + weight, covered + weight * quality * reach
        priority = _priority(wish, weights)
        figures: list[str | int] = [
            f"{priority} x {weight // priority} = {weight}",
            quality,
            reach,
            weight * quality * reach,
        ]
        rows.append([labels.get(wish.id) or need_words(wish.id).use, *(plain(figure) for figure in figures)])
    rows.append([say("total"), plain(whole), plain("–"), plain("–"), plain(covered)])
    heads = ("head_need", "head_weight", "head_quality", "head_reach", "head_product")
    table = Table(head=[say(key) for key in heads], rows=rows, figures=[1, 2, 3, 4])
    line = say("annex_index_how", covered=covered, whole=whole, percent=proposal.coverage_index)
    return Part(title=say("annex_index_title"), lines=[line], table=table)


def _weight(wish: NeedWish, weights: Weights) -> int:
    widest = {weights.audience[name] for name in WIDEST if name in wish.audience}
    return _priority(wish, weights) * max(widest, default=weights.audience["other"])


def _priority(wish: NeedWish, weights: Weights) -> int:
    return weights.priority[wish.priority] if wish.priority != "not_now" else 0
