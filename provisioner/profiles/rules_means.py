"""Rules of a profile about host, mail, backups, limits and federation (NP212-216, 404-406, 410)."""

from collections.abc import Iterator
from typing import Any

from provisioner.errors import Finding
from provisioner.i18n import _
from provisioner.load import Document
from provisioner.profiles.fields import entries, mapping, sequence, whole, word, words

AT_HOME = ("own_server", "refurbished_pc", "offline_box")
THIRD_PARTIES = ("same_provider", "other_provider", "federation")


def offline(document: Document, data: dict[str, Any]) -> Iterator[Finding]:
    """Yield what an offline network cannot have: a rented server, e-mail that leaves."""
    if mapping(data, "connectivity").get("mode") != "offline_lan":
        return
    if mapping(data, "hosting").get("kind") == "vps":
        text = _("an offline local network cannot use a rented server (vps)")
        yield document.finding(("hosting", "kind"), text, "NP212")
    sending = word(mapping(data, "domain_email"), "sending")
    if sending in ("provider_smtp", "relay"):
        text = _("no e-mail leaves an offline local network, so sending cannot be '{sending}'").format(sending=sending)
        yield document.finding(("domain_email", "sending"), text, "NP213")


def domain(document: Document, data: dict[str, Any]) -> Iterator[Finding]:
    """Yield a warning where there is no domain; a network without the internet needs none."""
    mode = word(mapping(data, "connectivity"), "mode")
    if mode and mode != "offline_lan" and mapping(data, "domain_email").get("domain", "none") == "none":
        text = _("no domain name: every service of the plan needs one (about 15 euros a year)")
        yield document.finding(("domain_email", "domain"), text, "NP406", "warning")


def federation(document: Document, data: dict[str, Any]) -> Iterator[Finding]:
    """Yield a federation's block without a federation, and the reverse."""
    kind = word(mapping(data, "organisation"), "kind")
    if "federation" in data and kind and kind != "federation":
        text = _("this block is only for organisation.kind: federation")
        yield document.finding(("federation",), text, "NP214")
    if kind == "federation" and "federation" not in data:
        text = _("organisation.kind is federation: describe its member associations in a block 'federation'")
        yield document.finding(("organisation", "kind"), text, "NP214")


def limits(document: Document, data: dict[str, Any]) -> Iterator[Finding]:
    """Yield components both mandated and excluded, mandates that leave no room, and mandates nobody signed."""
    block = mapping(data, "limits")
    mandated = list(dict.fromkeys(words(block, "mandated")))
    excluded = set(words(block, "excluded"))
    for name in mandated:
        if name in excluded:
            text = _("'{name}' is both mandated and excluded").format(name=name[:60])
            yield document.finding(("limits",), text, "NP215")
    if whole(block, "max_tools") == 0 and mandated:
        text = _("{most} tools allowed, but {count} mandated").format(most=0, count=len(mandated))
        yield document.finding(("limits", "max_tools"), text, "NP216")
    if mandated and "mandated_by" not in block:
        text = _("say who mandates it (mandated_by)")
        yield document.finding(("limits", "mandated"), text, "NP404", "warning")


def backups(document: Document, data: dict[str, Any]) -> Iterator[Finding]:
    """Yield a warning where one failure takes server and copies, and where health data lies with nobody certified."""
    host = word(mapping(data, "hosting"), "kind")
    place = ("backups", "destinations")
    kinds = [word(item, "kind") for _index, item in entries(mapping(data, "backups"), "destinations")]
    inside = {"same_provider", *(["own_disk"] if host in AT_HOME else [])}
    inside |= {"federation"} if host == "lent_by_federation" else set()
    if host and len(kinds) == len(sequence(mapping(data, "backups"), "destinations")) and set(kinds) <= inside:
        if host in AT_HOME:
            text = _("no copy outside the place of the server: a fire, a flood or a theft would take everything")
        else:
            text = _("no copy outside the hosting provider: a single failure would lose everything")
        yield document.finding(place, text, "NP405", "warning")
    if mapping(data, "data_protection").get("health_context") != "care_or_social_followup":
        return
    for index, item in entries(mapping(data, "backups"), "destinations"):
        if word(item, "kind") in THIRD_PARTIES and item.get("health_data_certified", False) is False:
            text = _("health data would be copied to a third party that is not certified to host them")
            yield document.finding((*place, index), text, "NP410", "warning")
