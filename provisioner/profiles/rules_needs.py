"""Rules of a profile about needs and today's tools (NP203-208, 401, 407, 408)."""

from collections.abc import Iterator
from typing import Any

from provisioner.errors import Finding
from provisioner.i18n import _
from provisioner.load import Document
from provisioner.profiles.fields import GROUPS, entries, mapping, word, words
from provisioner.profiles.known import NEEDS, Known

MANY_MUSTS = 7
ABROAD = ("google", "microsoft")


def needs(document: Document, data: dict[str, Any]) -> Iterator[Finding]:
    """Yield needs listed twice, audiences nobody described, and health data the rest of the profile denies."""
    first: dict[str, int] = {}
    protection, people = mapping(data, "data_protection"), data.get("people")
    for index, need in entries(data, "needs"):
        name = word(need, "id")
        if name in NEEDS and first.setdefault(name, index) != index:
            text = _(
                "need '{need}' is listed twice (entries {first} and {second}); "
                "keep one, with the highest priority and both audiences"
            ).format(need=name, first=first[name], second=index)
            yield document.finding(("needs", index, "id"), text, "NP203")
        for group in dict.fromkeys(words(need, "audience")):
            if group in GROUPS and isinstance(people, dict) and group not in people:
                text = _("audience '{group}' is not described under people").format(group=group)
                yield document.finding(("needs", index, "audience"), text, "NP204")
        if need.get("data") == "health":
            yield from _health(document, ("needs", index, "data"), protection)


def _health(document: Document, place: tuple[str | int, ...], protection: dict[str, Any]) -> Iterator[Finding]:
    if protection.get("health_context") == "none":
        text = _("health data here, but data_protection.health_context says 'none'")
        yield document.finding(place, text, "NP205")
    categories = protection.get("special_categories")
    if isinstance(categories, list) and "health" not in categories:
        text = _("health data here, but 'health' is missing from data_protection.special_categories")
        yield document.finding(place, text, "NP206")


def priorities(document: Document, data: dict[str, Any]) -> Iterator[Finding]:
    """Yield a warning where nothing must be, or more than a first year can carry."""
    given = [word(need, "priority") for _index, need in entries(data, "needs")]
    musts = given.count("must")
    if given and not musts and set(given) <= {"should", "could", "not_now"}:
        text = _("no need has the priority must: say what the association cannot do without")
        yield document.finding(("needs",), text, "NP407", "warning")
    if musts > MANY_MUSTS:
        text = _("{count} needs have the priority must: with more than {most}, nothing comes first")
        yield document.finding(("needs",), text.format(count=musts, most=MANY_MUSTS), "NP408", "warning")


def tools(document: Document, data: dict[str, Any], known: Known) -> Iterator[Finding]:
    """Yield tools with two intents, tools and mailboxes that contradict the rule on transfers, needs not protected."""
    yield from _two_intents(document, data)
    if mapping(data, "data_protection").get("transfers_outside_eea") == "forbidden":
        yield from _transfers(document, data, known)
    yield from _unprotected(document, data)


def _two_intents(document: Document, data: dict[str, Any]) -> Iterator[Finding]:
    first: dict[tuple[str, str], str] = {}
    for index, tool in entries(data, "existing_tools"):
        name, intent = word(tool, "tool"), word(tool, "intent")
        if not name or not intent:
            continue
        before = first.setdefault((name, word(tool, "label") if name == "other" else ""), intent)
        if before != intent:
            text = _("tool '{tool}' is listed twice with intents '{first}' and '{second}'")
            text = text.format(tool=name[:60], first=before[:60], second=intent[:60])
            yield document.finding(("existing_tools", index), text, "NP207")


def _transfers(document: Document, data: dict[str, Any], known: Known) -> Iterator[Finding]:
    for index, tool in entries(data, "existing_tools"):
        name = word(tool, "tool")
        if tool.get("intent") == "keep" and len(name) <= 60 and known.outside(name):
            text = _("keeping '{tool}' contradicts transfers_outside_eea: forbidden").format(tool=name)
            yield document.finding(("existing_tools", index, "intent"), text, "NP208")
    mailboxes = word(mapping(data, "domain_email"), "mailboxes")
    if mailboxes in ABROAD:
        text = _("mailboxes at '{where}' contradict transfers_outside_eea: forbidden").format(where=mailboxes)
        yield document.finding(("domain_email", "mailboxes"), text, "NP208")


def _unprotected(document: Document, data: dict[str, Any]) -> Iterator[Finding]:
    """Yield needs that a kept tool covers and the list of needs leaves out; a tool kept once counts as kept."""
    wanted = {word(need, "id") for _index, need in entries(data, "needs")}
    kept = {word(tool, "tool") for _index, tool in entries(data, "existing_tools") if tool.get("intent") == "keep"}
    for index, tool in entries(data, "existing_tools"):
        if word(tool, "tool") not in kept or (tool.get("tool") == "other" and tool.get("intent") != "keep"):
            continue
        for need in dict.fromkeys(words(tool, "covers")):
            if need in NEEDS and need not in wanted:
                text = _(
                    "'{need}' is covered by a tool you keep, but is not listed under needs: it will not be protected"
                ).format(need=need)
                yield document.finding(("existing_tools", index, "covers"), text, "NP401", "warning")
