"""What is not deployed, because of what the data is, where it would lie and who it is about. Pure."""

import re
from collections.abc import Iterator
from typing import get_args

from provisioner.adequacy import ground
from provisioner.catalog import Catalog
from provisioner.errors import Finding
from provisioner.i18n import _, language
from provisioner.load import Document
from provisioner.models.protection import Processor, Protection
from provisioner.models.service import Sensitivity
from provisioner.models.stack import Stack
from provisioner.protection import Answers
from provisioner.vocabulary import vocabulary

LEVELS = get_args(Sensitivity)
OPENS = re.compile(r"REGISTRATIONS?|SIGN_?UPS?")
HOLD_COPIES = ("backup", "maintenance")
OPEN = ("true", "open", "yes", "1")


def refusals(stack: Stack, document: Document, answers: Answers | None, catalog: Catalog) -> list[Finding]:
    """Given a stack as read, its gdpr.yaml and the catalog, return what forbids deploying it, each with what is right.

    Without gdpr.yaml only health data and services that say nothing of data protection are refused.
    """
    found = [*_without_sheet(stack, document, catalog), *health(stack, document, answers, catalog)]
    if answers:
        found += _transfers(answers)
        found += _too_sensitive(stack, answers, catalog)
        found += _minors(stack, answers, catalog)
    return found


def health(stack: Stack, document: Document, answers: Answers | None, catalog: Catalog) -> list[Finding]:
    """Return what speaks against health data on this host: it is neither the association's own nor certified."""
    data = answers.data if answers else None
    found = []
    if stack.security.data == "health":
        found.append(document.finding(("security", "data"), _way_out(data)))
    if not answers:
        return found
    for name, about in answers.data.services.items():
        for number, key in enumerate(about.sensitive):
            if key == "health":
                found.append(answers.document.finding(("services", name, "sensitive", number), _way_out(data)))
    for number, own in enumerate(answers.data.own):
        if "health" in own.data and tool_here(own.tool, stack, catalog):
            found.append(answers.document.finding(("own", number, "data"), _way_out(data)))
    copies = [
        answers.document.finding(("processors", number, "hds"), _("{name} would hold copies of health data and is not "
                                 "certified (HDS): take another place").format(name=each.name))
        for number, each in enumerate(answers.data.processors) if each.role in HOLD_COPIES and not each.hds
    ]  # fmt: skip
    return [*([] if houses_health(answers.data) else found), *(copies if found else [])]


def houses_health(data: Protection) -> bool:
    """Tell whether the host may hold health data: the association's own, or every host of it certified."""
    hosts = [each for each in data.processors if each.role == "host"]
    return data.own_host or (bool(hosts) and all(each.hds for each in hosts))


def tool_here(tool: str, stack: Stack, catalog: Catalog) -> str | None:
    """Return the service of the stack that an activity is done with: its tool is, or mentions, its name or title."""
    for service in [name for name in stack.services if name in catalog.services]:
        names = (service, catalog.outline(service).title)
        if any(re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", tool.casefold()) for name in names):
            return service
    return None


def transfer_refused(processor: Processor, transfers: str) -> bool:
    """Tell whether data may not go to a processor: outside the EEA while that is forbidden, or without a safeguard."""
    found = ground(processor.country)
    if found in ("eea", "adequate"):
        return found == "adequate" and transfers == "forbidden"
    proved = found == "certified" and processor.document
    return transfers == "forbidden" or not (processor.safeguard or proved)


def open_to_all(stack: Stack, catalog: Catalog) -> list[str]:
    """Return the services in which anybody may make an account, as their settings say."""
    found = []
    for name, chosen in stack.services.items():
        settings = catalog.entry(name).service.settings
        values = {key: chosen.settings.get(key, each.default) for key, each in settings.items()}
        if any(OPENS.search(key) and value.lower() in OPEN for key, value in values.items()):
            found.append(name)
    return found


def too_sensitive(stack: Stack, data: Protection, catalog: Catalog) -> Iterator[tuple[str, int, str]]:
    """Yield service, number and key of each sensitive category put where the catalog does not allow it."""
    words = vocabulary().data
    for name, about in data.services.items():
        if name not in stack.services:
            continue
        most = LEVELS.index(catalog.outline(name).matching.max_data)
        for number, key in enumerate(about.sensitive):
            wanted = (
                "health" if key == "health" else "sensitive" if key in words and words[key].sensitive else "personal"
            )
            if LEVELS.index(wanted) > most:
                yield name, number, key


def _way_out(data: Protection | None) -> str:
    if data is None:
        return _(
            "health data: gdpr.yaml must say own_host: true, or name a host with hds: true (provisioner gdpr init)"
        )
    hosts = ", ".join(each.name for each in data.processors if each.role == "host") or "-"
    return _(
        "health data at {hosts}, which is not certified (HDS): take a certified host and say hds: true, "
        "or run it on your own premises and say own_host: true"
    ).format(hosts=hosts)


def _without_sheet(stack: Stack, document: Document, catalog: Catalog) -> list[Finding]:
    found = []
    for name in stack.services:
        sheet = catalog.entry(name).service.gdpr
        if not sheet or not sheet.activities:
            text = _("its service.yaml does not say what it processes: add the block gdpr with its activities")
            found.append(document.finding(("services", name), text))
        elif any(not each.legal_basis for each in sheet.activities):
            text = _("an activity in its service.yaml has no legal_basis: say one (art. 6)")
            found.append(document.finding(("services", name), text))
    return found


def _transfers(answers: Answers) -> list[Finding]:
    found, forbidden = [], answers.data.transfers == "forbidden"
    for number, each in enumerate(answers.data.processors):
        if not transfer_refused(each, answers.data.transfers):
            continue
        text = (
            _("{name} is in {country}, outside the EEA, and transfers are forbidden: take another, or allow them")
            if forbidden
            else _(
                "{name} is in {country}: say its safeguard (scc, bcr, derogation), "
                "or the document that proves it certified"
            )
        )
        place = ("processors", number, "country" if forbidden else "safeguard")
        found.append(answers.document.finding(place, text.format(name=each.name, country=each.country)))
    return found


def _too_sensitive(stack: Stack, answers: Answers, catalog: Catalog) -> list[Finding]:
    found, words = [], vocabulary().data
    for name, number, key in too_sensitive(stack, answers.data, catalog):
        label = words[key].label.in_language(language()) if key in words else key
        most = catalog.outline(name).matching.max_data
        text = _("{service} is not made for '{label}': it may hold {most} data at most; keep that elsewhere")
        text = text.format(service=name, label=label, most=most)
        found.append(answers.document.finding(("services", name, "sensitive", number), text))
    return found


def _minors(stack: Stack, answers: Answers, catalog: Catalog) -> list[Finding]:
    minors = answers.data.minors
    if not minors or not minors.concerned or minors.consent.strip():
        return []
    if names := open_to_all(stack, catalog):
        text = _("children may make an account in {services}: say how a parent consents, or close registration")
        return [answers.document.finding(("minors", "consent"), text.format(services=", ".join(names)))]
    return []
