"""A second, independent reading of the specification: fractions, plain data, and every subset tried one by one."""

from fractions import Fraction
from itertools import combinations
from math import floor
from typing import Any

LEVELS = ["none", "email", "basic", "comfortable", "advanced"]
DATA = ["public", "internal", "personal", "sensitive", "health"]
UNKNOWN = {"none": 10, "email": 30, "basic": 35, "comfortable": 20, "advanced": 5}
OUTSIDE = {"none": 10, "email": 20, "basic": 40, "comfortable": 25, "advanced": 5}
PRIORITY = {"must": 10, "should": 4, "could": 1}
GOVERNANCE = {"date_polling", "surveys_forms", "decision_making", "formal_voting"}
TOOL = {"novice": 60, "progressing": 40, "experienced": 25}
CAP = {"novice": 3, "progressing": 5, "experienced": 8}
SWITCH = {"high": 60, "medium": 40}


def best_plan(
    profile: dict[str, Any], fixture: dict[str, Any], modes: dict[str, str]
) -> tuple[Fraction, tuple[str, ...]] | None:
    """Given plain data, return score and ids of the best allowed subset, or None; by trying all of them."""
    pool = {c["id"]: c for c in fixture["components"] if _possible(profile, c)}
    pool |= {c["id"]: c for c in _kept(profile, fixture)}
    limits = profile.get("limits", {})
    needed = set(limits.get("mandated", []))
    needed |= {"keep:" + t["tool"] for t in profile["existing_tools"] if t["intent"] == "keep"}
    best = None
    for size in range(len(pool) + 1):
        for ids in combinations(sorted(pool), size):
            chosen = [pool[name] for name in ids]
            figures = _figures(profile, fixture, chosen)
            if not needed <= set(ids) or not _allowed(profile, chosen, figures):
                continue
            score = _score(profile, pool, chosen, figures, modes)
            key = (-score, figures["tools"], figures["ram"], figures["admin"], ids)
            best = min(best, key) if best else key
    return (-best[0], best[4]) if best else None


def _possible(profile: dict[str, Any], c: dict[str, Any]) -> bool:
    link, people = profile["connectivity"], profile["people"]
    wanted = c["uplink_mbps_per_user"] * people["concurrent_users"]
    return not (
        c["id"] in profile.get("limits", {}).get("excluded", [])
        or profile["hosting"].get("architecture", "amd64") not in c["architectures"]
        or not {x[:2] for x in profile["organisation"]["languages"]} & set(c["languages"])
        or (link["mode"] == "offline_lan" and not c["offline_ok"])
        or (link["mode"] == "intermittent" and not c["intermittent_ok"])
        or (c["needs_udp"] and link.get("inbound", "all") != "all")
        or (wanted and wanted > link.get("uplink_mbps", 0))
        or (c["needs_smtp"] and profile.get("domain_email", {}).get("sending", "none") == "none")
        or (_sso(profile) == "required" and c["accounts"] and not c["sso"])
    )


def _kept(profile: dict[str, Any], fixture: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for tool in profile["existing_tools"]:
        known = fixture["kept_tools"][tool["tool"]]
        barred = _transfers(profile) == "forbidden" and known["outside_eea"] and known["max_data"] != "public"
        if tool["intent"] == "keep" or (tool["intent"] == "undecided" and not barred):
            name = "keep:" + tool["tool"]
            covers = {need: c for need, c in known["covers"].items() if need in (tool.get("covers") or known["covers"])}
            found.append({**known, **tool, "covers": covers, "id": name, "tool": name, "kept": True,
                          "training_h": 0, "mobile_ok": True, "requires": [], "conflicts": []})  # fmt: skip
    return found


def _figures(profile: dict[str, Any], fixture: dict[str, Any], chosen: list[dict[str, Any]]) -> dict[str, Any]:
    users, hosted = profile["people"]["concurrent_users"], [c for c in chosen if not c.get("kept")]
    sso = fixture["sso"] if hosted and _sso(profile) == "required" else {"ram_mb": 0, "admin_min_per_month": 0}
    facing: dict[str, set[str]] = {}
    for c in chosen:
        facing.setdefault(c["tool"], set()).add(c["facing"])
    ram = sum(c["ram_mb"] + c["ram_mb_per_concurrent_user"] * users for c in hosted)
    return {
        "hosted": hosted,
        "ram": ram + sso["ram_mb"] + 500 if hosted else 0,
        "disk": sum(c["disk_gb"] for c in hosted) + 10 if hosted else 0,
        "admin": sum(c["admin_min_per_month"] for c in hosted) + sso["admin_min_per_month"] + 90 if hosted else 0,
        "eur": sum(Fraction(str(c.get("monthly_eur", 0))) for c in chosen),
        "community": sum("community" in kinds for kinds in facing.values()),
        "tools": len(facing),
    }


def _allowed(profile: dict[str, Any], chosen: list[dict[str, Any]], figures: dict[str, Any]) -> bool:
    ids, resources = {c["id"] for c in chosen}, profile["hosting"]["resources"]
    cap = profile.get("limits", {}).get("max_tools", CAP[profile["maturity"]["level"]])
    return (
        all(set(c["requires"]) <= ids and not set(c["conflicts"]) & ids for c in chosen)
        and figures["ram"] <= resources["ram_mb"]
        and figures["disk"] * 100 <= 80 * resources["disk_gb"]
        and figures["admin"] <= 60 * Fraction(str(profile["referents"]["admin_hours_per_month"]))
        and figures["eur"] <= Fraction(str(profile["budget"]["monthly_eur"]))
        and figures["community"] <= cap
        and figures["tools"] <= cap + 3
    )


def _score(
    profile: dict[str, Any], pool: dict[str, Any], chosen: list[dict[str, Any]], figures: dict[str, Any],
    modes: dict[str, str],
) -> Fraction:  # fmt: skip
    total = Fraction(0)
    for need in profile["needs"]:
        if need["priority"] != "not_now":
            total += max((_value(profile, need, c, modes) for c in chosen), default=Fraction(0))
    community, ids = figures["community"], {c["id"] for c in chosen}
    total -= TOOL[profile["maturity"]["level"]] * (
        Fraction(community * (community + 1), 2) + figures["tools"] - community
    )
    total -= floor(Fraction(figures["admin"], 2))
    total -= floor(15 * sum(Fraction(str(c["training_h"])) for c in chosen))
    total -= floor(Fraction(100 * figures["ram"], profile["hosting"]["resources"]["ram_mb"]))
    for tool in profile["existing_tools"]:
        if tool["intent"] == "undecided" and "keep:" + tool["tool"] not in ids:
            total -= SWITCH.get(tool.get("adoption", "unknown"), 20)
    if _sso(profile) == "preferred":
        total -= 15 * sum(c["accounts"] and not c["sso"] for c in figures["hosted"])
    if _transfers(profile) == "avoid":
        total -= 150 * sum(bool(c.get("outside_eea")) and c["max_data"] != "public" for c in chosen)
    return total


def _value(profile: dict[str, Any], need: dict[str, Any], c: dict[str, Any], modes: dict[str, str]) -> Fraction:
    data = need.get("data", "personal")
    forbidden = _transfers(profile) == "forbidden" and c.get("outside_eea") and data != "public"
    if need["id"] not in c["covers"] or DATA.index(data) > DATA.index(c["max_data"]) or forbidden:
        return Fraction(0)
    if data == "health" and not c.get("kept") and not _health(profile):
        return Fraction(0)
    quality = c["covers"][need["id"]]["quality"]
    mean, least = _reach(profile, need, c, modes)
    governance = need["id"] in GOVERNANCE
    if quality * mean < 4000 or (governance and least < 60):
        return Fraction(0)
    people = need["audience"]
    audience = 130 if "beneficiaries" in people else 120 if "members" in people else 100 + 10 * ("volunteers" in people)
    weight = PRIORITY[need["priority"]]
    value = Fraction(floor(Fraction(weight * audience * quality * mean, 10**4)))
    return value - floor(Fraction(weight * (100 - least), 2)) if governance else value


def _reach(profile: dict[str, Any], need: dict[str, Any], c: dict[str, Any], modes: dict[str, str]) -> tuple[int, int]:
    level = LEVELS.index(c["covers"][need["id"]]["min_skill"])
    reached, able, trainable = [], False, False
    for group in need["audience"]:
        outside = group in ("public", "partners")
        skills = OUTSIDE if outside else profile["people"][group].get("skills", UNKNOWN)
        hours = 0 if outside else profile["referents"].get("training_hours_per_person", 0)
        share = Fraction(sum(skills[x] for x in LEVELS[level:]))
        able |= share > 0
        if hours >= c["training_h"] and level >= 2:
            trainable |= skills[LEVELS[level - 1]] > 0
            share = Fraction(floor(share + Fraction(skills[LEVELS[level - 1]], 2)))
        if group in ("members", "volunteers", "beneficiaries"):
            share = min(share, Fraction(100 - profile["people"].get("no_device_percent", 0)))
            if not c["mobile_ok"]:
                share = Fraction(floor(share * (100 - profile["people"].get("smartphone_only_percent", 0)) / 100))
        reached.append(share)
    if modes[need["id"]] == "O":
        return (100, 100) if able else (50, 50) if trainable else (0, 0)
    return floor(sum(reached) / len(reached)), floor(min(reached))


def _health(profile: dict[str, Any]) -> bool:
    host, data = profile["hosting"], profile["data_protection"]
    if data["health_context"] != "care_or_social_followup":
        return True
    own = host["kind"] in ("own_server", "refurbished_pc", "offline_box")
    own = own and host.get("operated_by", "association") == "association"
    return bool(host.get("health_data_certified")) or (own and not data.get("hosts_data_of_other_bodies"))


def _sso(profile: dict[str, Any]) -> str:
    return str(profile.get("security", {}).get("single_sign_on", "preferred"))


def _transfers(profile: dict[str, Any]) -> str:
    return str(profile["data_protection"].get("transfers_outside_eea", "avoid"))
