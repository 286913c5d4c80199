"""Rules of a profile about people: shares, counts, maturity, referents (NP201, 202, 209-211, 402, 403, 409)."""

from collections.abc import Iterator
from typing import Any

from provisioner.errors import Finding
from provisioner.i18n import _
from provisioner.load import Document
from provisioner.profiles.fields import GROUPS, LEVELS, mapping, number, whole, word

ITEMS = (
    "tools_fit_project", "rules_written", "users_chose_tools", "referents_named", "board_owns_topic", "costs_budgeted",
    "training_given", "use_evaluated", "security_basics", "tools_homogeneous",
)  # fmt: skip
MATURITY = ("novice", "progressing", "experienced")
# Four items not scored can move the result by more than one level (33 points of 100).
ENOUGH_SCORES = 7
SMALL_GROUP = 5
# Hours a month nobody exceeds: full-time work by law in France (151.67), and ten hours a week beside one's life.
EMPLOYED_HOURS, UNPAID_HOURS = 152, 40


def shares(document: Document, data: dict[str, Any]) -> Iterator[Finding]:
    """Yield groups whose shares of skill do not add up to 100, and groups so small that shares point at persons."""
    for name in GROUPS:
        group = mapping(data, "people", name)
        skills = group.get("skills")
        if not isinstance(skills, dict):
            continue
        place, given = ("people", name, "skills"), [whole({level: 0, **skills}, level) for level in LEVELS]
        known = [share for share in given if share is not None and share <= 100]
        if len(known) == len(LEVELS) and sum(known) != 100:
            text = _("the shares add up to {total}, they must add up to 100").format(total=sum(known))
            yield document.finding(place, text, "NP201")
        count = whole(group, "count")
        if count and count < SMALL_GROUP:
            text = _("a group of {count}: shares of fewer than five people can be traced to a person; leave skills out")
            yield document.finding(place, text.format(count=count), "NP409", "warning")


def busiest_moment(document: Document, data: dict[str, Any]) -> Iterator[Finding]:
    """Yield a finding where more people work at once than there are."""
    people = mapping(data, "people")
    counts = [count for name in GROUPS if (count := whole(mapping(people, name), "count")) is not None]
    wanted = whole(people, "concurrent_users")
    if counts and wanted is not None and wanted > sum(counts):
        text = _("{wanted} people at the same time, but only {count} people are declared")
        yield document.finding(("people", "concurrent_users"), text.format(wanted=wanted, count=sum(counts)), "NP202")


def maturity(document: Document, data: dict[str, Any]) -> Iterator[Finding]:
    """Yield a finding where the declared level is not that of the scores, and one where few items are scored."""
    block = mapping(data, "maturity")
    scores = [score for item in ITEMS if (score := whole(mapping(block, "scores"), item)) is not None and score <= 3]
    level = word(block, "level")
    if scores and level in MATURITY:
        percent = (200 * sum(scores) + 3 * len(scores)) // (6 * len(scores))
        found = MATURITY[(percent > 33) + (percent > 66)]
        if found != level:
            text = _("declared '{level}', but the {count} scores give {percent}% = '{found}'")
            text = text.format(level=level, count=len(scores), percent=percent, found=found)
            yield document.finding(("maturity", "level"), text, "NP209")
    if ("scores" in block or word(block, "measured_by") == "scored") and len(scores) < ENOUGH_SCORES:
        text = _("only {count} of {all} items scored").format(count=len(scores), all=len(ITEMS))
        yield document.finding(("maturity", "scores"), text, "NP402", "warning")


def referents(document: Document, data: dict[str, Any]) -> Iterator[Finding]:
    """Yield what cannot be true of the referents, and a warning where the tools would depend on one person."""
    block = mapping(data, "referents")
    count = whole(block, "count")
    if count == 0 and block.get("technical") is True:
        text = _("no referent is declared, so none can be technical")
        yield document.finding(("referents", "technical"), text, "NP210")
    hours, possible = number(block, "admin_hours_per_month"), _possible_hours(data)
    if hours is not None and possible is not None and hours > possible:
        text = _("{hours} hours per month is more than the declared people can give (unit is hours per month)")
        text = text.format(hours=f"{hours:g}")
        yield document.finding(("referents", "admin_hours_per_month"), text, "NP211")
    if count is not None and count < 2:
        text = _("fewer than two digital referents: the tools would depend on one person")
        yield document.finding(("referents", "count"), text, "NP403", "warning")


def _possible_hours(data: dict[str, Any]) -> float | None:
    """Return the hours all declared people have in a month, help from outside as one employee; None where none is."""
    people, hours, declared = mapping(data, "people"), 0.0, False
    for name in GROUPS:
        count = whole(mapping(people, name), "count")
        if count is None or name == "beneficiaries":
            continue
        declared, employed = True, number(mapping(people, name), "fte") if name == "employees" else None
        each = EMPLOYED_HOURS if name == "employees" else UNPAID_HOURS
        hours += EMPLOYED_HOURS * employed if employed is not None else each * count
    helped = word(mapping(data, "referents"), "outside_help") not in ("", "none")
    return hours + EMPLOYED_HOURS * helped if declared else None
