"""A choice counted a second time, from the specification: none of the optimiser's modules is used here."""

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

from provisioner.matching.candidates import Candidate, Offer, kept_candidates
from provisioner.matching.recount_money import backup_cents, standing_cents
from provisioner.matching.recount_reach import Worth, weight, worth
from provisioner.matching.recount_rules import bar, bar_for
from provisioner.models.matching import Rules
from provisioner.models.profile import NeedWish, Profile


@dataclass(frozen=True)
class Recount:
    """Everything offered and kept, what bars it, what each assignment is worth, and the price of a server in cents.

    `allowed` holds each need with each component that no rule bars from it, usable by people or not.
    """

    profile: Profile
    rules: Rules
    needs: dict[str, NeedWish]
    components: dict[str, Candidate]
    barred: dict[str, str]
    worth: dict[tuple[str, str], Worth]
    forced: frozenset[str]
    sso: Candidate | None
    standing: int
    ruled: dict[tuple[str, str], str]
    memory: dict[str, int]
    absent: frozenset[str]


def recount(profile: Profile, offer: Offer, rules: Rules) -> Recount:
    """Given the same as the optimiser, return what a choice is counted with."""
    required = profile.security.single_sign_on == "required"
    sso = next((item for item in offer.candidates if required and item.id == offer.sso), None)
    usable = sso if sso and not bar(sso, profile, offer) else None
    offered = [item for item in offer.candidates if not (required and item.id == offer.sso)]
    components = {item.id: item for item in [*offered, *kept_candidates(profile, rules)]}
    barred = _barred(profile, offer, components, usable)
    needs: dict[str, NeedWish] = {need.id: need for need in profile.needs if need.priority != "not_now"}
    ruled: dict[tuple[str, str], str] = {
        (need.id, name): bar_for(need, item, profile, rules.taxonomy.needs[need.id].mode)
        for need in needs.values()
        for name, item in components.items()
        if need.id in item.covers and name not in barred
    }  # fmt: skip
    able = _worth(needs, components, ruled, profile, rules)
    users = profile.people.concurrent_users
    memory = {item.id: memory_of(item, users) for item in offer.candidates}
    there = {item.id for item in offer.candidates} if offer.available is None else offer.available
    absent = frozenset(item.id for item in offer.candidates if item.deployable and item.id not in there)
    forced, standing = _forced(profile, components), standing_cents(profile, rules)
    return Recount(profile, rules, needs, components, barred, able, forced, usable, standing, ruled, memory, absent)


def with_profile(counted: Recount, profile: Profile) -> Recount:
    """Return the same for other people or another machine; what is barred and the prices stay."""
    able = _worth(counted.needs, counted.components, counted.ruled, profile, counted.rules)
    return replace(counted, profile=profile, worth=able)


def _worth(
    needs: dict[str, NeedWish], components: dict[str, Candidate], ruled: dict[tuple[str, str], str],
    profile: Profile, rules: Rules,
) -> dict[tuple[str, str], Worth]:  # fmt: skip
    found = {
        pair: worth(needs[pair[0]], components[pair[1]], profile, rules) for pair, code in ruled.items() if not code
    }
    return {pair: one for pair, one in found.items() if one.points > 0}


def _barred(profile: Profile, offer: Offer, components: dict[str, Candidate], sso: Candidate | None) -> dict[str, str]:
    """Return what bars each component: a rule of its own, or (H12) that something it requires is barred."""
    barred = {name: code for name, item in components.items() if (code := bar(item, profile, offer))}
    if profile.security.single_sign_on == "required" and sso is None:
        barred |= {name: "H13" for name, item in components.items() if not item.intent and name not in barred}
    while True:
        there = (components.keys() - barred.keys()) | ({sso.id} if sso else set())
        lacking = {name for name, item in components.items() if name not in barred and not set(item.requires) <= there}
        if not lacking:
            return barred
        barred |= dict.fromkeys(lacking, "H12")


def unknown_mandates(counted: Recount, sso: str) -> list[str]:
    """Return what is mandated and nothing known, sorted."""
    names = {name.replace("-", "_").removeprefix("keep:") for name in counted.components}
    names.add(sso.replace("-", "_"))
    return sorted(set(counted.profile.limits.mandated) - names)


def _forced(profile: Profile, components: dict[str, Candidate]) -> frozenset[str]:
    mandated = set(profile.limits.mandated)
    wanted = {name for name in components if name.replace("-", "_").removeprefix("keep:") in mandated}
    doubled = {name for name in wanted if "keep:" + name in wanted}
    return frozenset({*(wanted - doubled), *(name for name, item in components.items() if item.intent == "keep")})


def amounts(counted: Recount, ids: frozenset[str]) -> dict[str, int]:
    """Return what a choice takes of everything limited (MB, minutes, cents, tools)."""
    weights, profile = counted.rules.weights, counted.profile
    chosen = [counted.components[name] for name in ids]
    hosted = [item for item in chosen if not item.intent]
    running = [*hosted, counted.sso] if hosted and counted.sso else hosted
    everyday = {item.tool for item in chosen if item.facing == "community"}
    memory = sum(counted.memory[item.id] for item in running)
    backups = sum(backup_cents(profile, counted.rules, item.disk_mb) for item in running)
    money = sum(item.monthly_cents for item in chosen if item.intent) + backups
    return {
        "memory_mb": memory + weights.system_memory_mb if hosted else 0,
        "disk_mb": sum(item.disk_mb for item in running) + weights.system_disk_gb * 1024 if hosted else 0,
        "admin_minutes": sum(item.admin_minutes for item in running) + weights.admin_base_minutes if hosted else 0,
        "cents": money + (counted.standing if hosted else 0),
        "community_tools": len(everyday),
        "tools": len({item.tool for item in chosen}),
    }


def limits(counted: Recount) -> dict[str, int]:
    """Return what the profile allows of everything limited."""
    profile, weights = counted.profile, counted.rules.weights
    cap = profile.limits.max_tools
    cap = weights.tool_cap[profile.maturity.level] if cap is None else cap
    return {
        "memory_mb": profile.hosting.resources.ram_mb,
        "disk_mb": floor(Fraction(profile.hosting.resources.disk_gb * 1024 * weights.usable_disk_percent, 100)),
        "admin_minutes": floor(60 * Fraction(str(profile.referents.admin_hours_per_month))),
        "cents": floor(100 * Fraction(str(profile.budget.monthly_eur))),
        "community_tools": cap,
        "tools": cap + weights.backoffice_allowance,
    }


def assigned(counted: Recount, ids: frozenset[str]) -> dict[str, str]:
    """Return the component each covered need goes to: the largest value, then the smallest name."""
    found: dict[str, str] = {}
    for need in sorted(counted.needs):
        able = sorted(name for name in ids if (need, name) in counted.worth)
        if able:
            found[need] = max(able, key=lambda name: counted.worth[need, name].points)
    return found


def value(counted: Recount, ids: frozenset[str]) -> int:
    """Return the points of all coverage."""
    return sum(counted.worth[pair].points for pair in assigned(counted, ids).items())


def penalties(counted: Recount, ids: frozenset[str]) -> dict[tuple[str, str], int]:
    """Return the points of each cost, by kind and component ("" for the choice as a whole); none that is 0."""
    weights, profile, used = counted.rules.weights, counted.profile, amounts(counted, ids)
    community, price = used["community_tools"], weights.tool_cost[profile.maturity.level]
    hours = Fraction(sum(counted.components[name].training_minutes for name in ids), 60)
    found = {
        ("tools", ""): price * sum(range(1, community + 1)) + price * (used["tools"] - community),
        ("admin", ""): floor(Fraction(used["admin_minutes"], weights.admin_minutes_per_point)),
        ("training", ""): floor(weights.training_points_per_hour * hours),
        ("memory", ""): floor(Fraction(weights.memory_points * used["memory_mb"], profile.hosting.resources.ram_mb)),
    }
    for name, item in counted.components.items():
        if name not in ids and item.intent == "undecided":
            adoption = item.adoption if item.adoption in ("high", "medium") else "other"
            found["switching", name] = {str(key): cost for key, cost in weights.switching.items()}[adoption]
        if name in ids and not item.intent and item.accounts and not item.sso:
            found["single_sign_on", name] = weights.no_single_sign_on * (profile.security.single_sign_on == "preferred")
        if name in ids and item.outside_eea and item.max_data != "public":
            avoid = profile.data_protection.transfers_outside_eea == "avoid"
            found["outside_eea", name] = weights.outside_eea * avoid
    return {key: points for key, points in found.items() if points}


def score(counted: Recount, ids: frozenset[str]) -> int:
    """Return the points of a choice."""
    return value(counted, ids) - sum(penalties(counted, ids).values())


def index(counted: Recount, ids: frozenset[str]) -> int:
    """Return the coverage index in whole percent."""
    total = sum(weight(need, counted.rules) for need in counted.needs.values())
    covered = Fraction(0)
    for need, name in assigned(counted, ids).items():
        found = counted.worth[need, name]
        covered += weight(counted.needs[need], counted.rules) * Fraction(found.quality * found.mean, 10**4)
    return floor(100 * covered / total) if total else 0


def memory_of(item: Candidate, users: int) -> int:
    """Return the MB of a component with so many people at the same time, rounded up."""
    return item.memory_mb + ceil(Fraction(str(item.memory_mb_per_user)) * users)
