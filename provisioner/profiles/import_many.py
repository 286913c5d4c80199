"""Many answers -> one value: median, mode, share, union, max, count. Pure; the order of the rows changes nothing."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from provisioner.aliases import fold
from provisioner.models.import_map import ColumnRule, Value
from provisioner.models.profile_base import Priority
from provisioner.profiles.fields import LEVELS

YES, NO = {"oui", "yes", "y", "o", "x", "1", "true", "vrai", "coche"}, {"non", "no", "n", "0", "false", "faux"}
SMALLEST_GROUP = 5
PRIORITIES: tuple[Priority, ...] = ("must", "should", "could")


@dataclass(frozen=True)
class Answers:
    """The answers of one column that were understood, and the lines of those that were not."""

    values: list[Value]
    lost: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class One:
    """What the answers come to. value None: nothing can be written, `why` says so. guessed: a tie or a threshold."""

    value: Any = None
    guessed: bool = False
    differing: dict[str, int] = field(default_factory=dict)
    why: str = ""


def understood(rule: ColumnRule, cells: list[tuple[int, str]]) -> Answers:
    """Given a rule and the (line, cell) pairs of its column, return the answers; empty cells are no answer."""
    table, values, lost = {fold(key): value for key, value in rule.values.items()}, [], []
    for line, cell in cells:
        parts = cell.split(rule.split) if rule.split else [cell]
        for part in (part.strip() for part in parts if part.strip()):
            value = _value(rule, table, part)
            if value is None:
                lost.append(line)
            else:
                values.append(value)
    return Answers(values, sorted(set(lost)))


def _value(rule: ColumnRule, table: dict[str, Value], text: str) -> Value | None:
    if table:
        return table.get(fold(text))
    if rule.aggregate in ("median", "max"):
        return _number(text)
    if rule.aggregate == "share":
        word = fold(text)
        return True if word in YES else False if word in NO else None
    return text


def _number(text: str) -> int | float | None:
    plain = re.sub(r"[\s€%\u00a0\u202f]", "", text).replace(",", ".")
    if not re.fullmatch(r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?", plain):
        return None
    value = float(plain)
    return int(value) if value == int(value) else value


def one_of(rule: ColumnRule, answers: Answers) -> One:
    """Given a rule and its answers, return the one value they come to."""
    values = answers.values
    if rule.aggregate == "count":
        return One(len(values))
    if not values:
        return One(why="no answer")
    if rule.aggregate == "share":
        return _share(rule, values)
    if rule.aggregate == "union":
        return One(sorted(set(values), key=lambda value: _rank(rule, value)))
    if rule.aggregate == "max":
        return One(max(values, key=lambda value: _rank(rule, value)), differing=_differing(values))
    if rule.aggregate == "median":
        ordered = sorted(values, key=lambda value: _rank(rule, value))
        return One(ordered[(len(ordered) - 1) // 2])
    counts = Counter(values)
    best = min(counts, key=lambda value: (-counts[value], _rank(rule, value)))
    tied = [value for value in counts if counts[value] == counts[best]]
    return One(best, guessed=len(tied) > 1, differing=_differing(values))


def _rank(rule: ColumnRule, value: Value) -> tuple[int, float, str]:
    """Return the place of a value: numbers by size; words in the order of the value table, then of the alphabet."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (0, value, "")
    known = list(dict.fromkeys(rule.values.values()))
    return (1, known.index(value) if value in known else len(known), str(value))


def _differing(values: list[Value]) -> dict[str, int]:
    counts = Counter(str(value) for value in values)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))) if len(counts) > 1 else {}


def _share(rule: ColumnRule, values: list[Value]) -> One:
    if rule.to.endswith("/skills"):
        if len(values) < SMALLEST_GROUP:
            return One(why="fewer than five answers")
        return One(five_shares([str(value) for value in values]))
    percent = round_half_down(100 * sum(value is True for value in values), len(values))
    if rule.to.endswith("/priority"):
        reached = [name for name in PRIORITIES if percent >= rule.thresholds.get(name, 101)]
        return One(reached[0], guessed=True) if reached else One(why="too few want it")
    return One(percent)


def round_half_down(total: int, parts: int) -> int:
    """Return total / parts as a whole number, a half rounded down."""
    return (2 * total + parts - 1) // (2 * parts)


def five_shares(levels: list[str]) -> dict[str, int]:
    """Given the level of each person, return the share of each level in whole percent; they add up to 100.

    Largest remainder (Hamilton): every level gets the whole part, what is left goes to the largest remainders; where
    two are equal, to the lower level (the cautious one).
    """
    counts, total = Counter(levels), len(levels)
    shares = {level: 100 * counts[level] // total for level in LEVELS}
    by_rest = sorted(LEVELS, key=lambda level: (-(100 * counts[level] % total), LEVELS.index(level)))
    for level in by_rest[: 100 - sum(shares.values())]:
        shares[level] += 1
    return shares
